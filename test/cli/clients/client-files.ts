import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse as parseJson } from "jsonc-parser";
import { parse as parseToml } from "smol-toml";
import { parse as parseYaml } from "yaml";

// biome-ignore lint/suspicious/noExplicitAny: what a client finds in its file.
export type Tree = any;

/** What a client starts. */
export interface Start {
  command: string;
  args: string[];
  env: Record<string, string>;
}

/** One client as its vendor describes it: where its file lies below the home folder, and what it starts for an entry. */
export interface ClientFile {
  darwin: string;
  linux: string;
  win32: string;
  start(tree: Tree, name?: string): Start;
}

/** The clients by id. Written from the vendors' pages and from what they start, not from the code that writes the files. */
export const CLIENT_FILES: Record<string, ClientFile> = {
  "claude-desktop": inAppData("Claude/claude_desktop_config.json", plain("mcpServers")),
  "claude-code": inHome(".claude.json", plain("mcpServers")),
  cursor: inHome(".cursor/mcp.json", plain("mcpServers")),
  vscode: inAppData("Code/User/mcp.json", plain("servers")),
  "vscode-insiders": inAppData("Code - Insiders/User/mcp.json", plain("servers")),
  codex: inHome(".codex/config.toml", plain("mcp_servers")),
  gemini: inHome(".gemini/settings.json", plain("mcpServers")),
  antigravity: inHome(".gemini/antigravity/mcp_config.json", plain("mcpServers")),
  windsurf: inHome(".codeium/windsurf/mcp_config.json", plain("mcpServers")),
  goose: {
    ...inHome(".config/goose/config.yaml", ({ extensions }, name = "headwater") => {
      const { cmd, args, envs } = extensions[name];
      return { command: cmd, args, env: envs };
    }),
    win32: "AppData/Roaming/Block/goose/config/config.yaml",
  },
  opencode: inHome(".config/opencode/opencode.json", ({ mcp }, name = "headwater") => {
    const [command, ...args] = mcp[name].command;
    return { command, args, env: mcp[name].environment ?? {} };
  }),
  junie: inHome(".junie/mcp/mcp.json", plain("mcpServers")),
  zed: {
    ...inHome(".config/zed/settings.json", plain("context_servers")),
    win32: "AppData/Roaming/Zed/settings.json",
  },
  cline: inAppData(
    "Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json",
    plain("mcpServers"),
  ),
  kiro: inHome(".kiro/settings/mcp.json", plain("mcpServers")),
  "lm-studio": inHome(".lmstudio/mcp.json", plain("mcpServers")),
};

function inHome(file: string, start: ClientFile["start"]): ClientFile {
  return { darwin: file, linux: file, win32: file, start };
}

function inAppData(file: string, start: ClientFile["start"]): ClientFile {
  return {
    darwin: `Library/Application Support/${file}`,
    linux: `.config/${file}`,
    win32: `AppData/Roaming/${file}`,
    start,
  };
}

function plain(key: string): ClientFile["start"] {
  return (tree, name = "headwater") => {
    const { command, args, env = {} } = tree[key][name];
    return { command, args, env };
  };
}

/** What a client reads in its file. */
export function readFile(path: string): Tree {
  const text = readFileSync(path, "utf8").replace(/^\ufeff/, "");
  if (path.endsWith(".toml")) return parseToml(text);
  return path.endsWith(".yaml") ? parseYaml(text) : parseJson(text);
}

/** Every file below a folder with its bytes. */
export function filesIn(folder: string): Record<string, string> {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    all.map((entry) => join(entry.parentPath, entry.name)).map((path) => [path, readFileSync(path, "latin1")]),
  );
}
