import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { fileOf, isInstalled } from "../../../src/cli/clients/client.ts";
import { FILE_CLIENTS, HAND_CLIENTS } from "../../../src/cli/clients/clients.ts";
import { installLinks } from "../../../src/cli/clients/links.ts";
import type { Place } from "../../../src/cli/clients/place.ts";
import { npxCommand, startCommand } from "../../../src/cli/clients/start-command.ts";

const MAC: Place = { platform: "darwin", home: "~", env: {} };
const LINUX: Place = { platform: "linux", home: "~", env: {} };
const WINDOWS: Place = {
  platform: "win32",
  home: "%USERPROFILE%",
  env: { APPDATA: "%APPDATA%", LOCALAPPDATA: "%LOCALAPPDATA%" },
};
const SERVE = ["serve"];

function client(id: string) {
  const found = FILE_CLIENTS.find((one) => one.id === id);
  if (!found) throw new Error(`no client ${id}`);
  return found;
}

/** docs/clients.md between its markers, written anew with UPDATE_GOLDEN=1. */
function expectPart(file: string, marker: string, wanted: string): void {
  const path = fileURLToPath(new URL(`../../../${file}`, import.meta.url));
  const text = readFileSync(path, "utf8");
  const [start, end] = [`<!-- ${marker} -->\n`, `<!-- end of ${marker} -->`];
  const from = text.indexOf(start) + start.length;
  const to = text.indexOf(end);
  expect(to, `${file} has no ${marker}`).toBeGreaterThan(from - 1);
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(path, text.slice(0, from) + wanted + text.slice(to));
  else expect(text.slice(from, to)).toBe(wanted);
}

describe("where clients keep their files", () => {
  it("is in the documentation, for each and each system", () => {
    const rows = FILE_CLIENTS.map((one) => {
      const places = [MAC, LINUX, WINDOWS].map((place) => `\`${fileOf(one, place)}\``);
      return `| ${one.title} | \`${one.id}\` | ${[...new Set(places)].join("<br>")} | \`${one.keys.join(".")}\` |`;
    });
    const head = "| assistant | `--client` | file (macOS, Linux, Windows) | servers under |\n|---|---|---|---|\n";
    const byHand = HAND_CLIENTS.map(
      (one) => `| ${one.title} | \`${one.id}\` | in its own window: ${one.byHand.replace(/:$/, "")} | |`,
    );
    expectPart("docs/clients.md", "clients", `${head}${[...rows, ...byHand].join("\n")}\n`);
  });

  it.each([
    ["claude-desktop", MAC, "~/Library/Application Support/Claude/claude_desktop_config.json"],
    ["claude-desktop", LINUX, "~/.config/Claude/claude_desktop_config.json"],
    ["claude-desktop", WINDOWS, "%APPDATA%\\Claude\\claude_desktop_config.json"],
    ["claude-code", WINDOWS, "%USERPROFILE%\\.claude.json"],
    ["cursor", WINDOWS, "%USERPROFILE%\\.cursor\\mcp.json"],
    ["vscode", MAC, "~/Library/Application Support/Code/User/mcp.json"],
    ["vscode", LINUX, "~/.config/Code/User/mcp.json"],
    ["vscode", WINDOWS, "%APPDATA%\\Code\\User\\mcp.json"],
    ["codex", LINUX, "~/.codex/config.toml"],
    ["goose", MAC, "~/.config/goose/config.yaml"],
    ["goose", WINDOWS, "%APPDATA%\\Block\\goose\\config\\config.yaml"],
    ["opencode", WINDOWS, "%USERPROFILE%\\.config\\opencode\\opencode.json"],
    ["windsurf", MAC, "~/.codeium/windsurf/mcp_config.json"],
    ["zed", WINDOWS, "%APPDATA%\\Zed\\settings.json"],
    ["zed", MAC, "~/.config/zed/settings.json"],
  ] as const)("for %s is what its vendor says", (id, place, file) => {
    expect(fileOf(client(id), place)).toBe(file);
  });

  it("follows the variables that clients themselves follow", () => {
    const env = { CODEX_HOME: "/srv/codex", CLAUDE_CONFIG_DIR: "/srv/claude", XDG_CONFIG_HOME: "/srv/config" };
    const place: Place = { ...LINUX, env };
    expect(fileOf(client("codex"), place)).toBe("/srv/codex/config.toml");
    expect(fileOf(client("claude-code"), place)).toBe("/srv/claude/.claude.json");
    expect(fileOf(client("vscode"), place)).toBe("/srv/config/Code/User/mcp.json");
  });

  it("is the packed folder of Claude Desktop where Windows has one", () => {
    const local = mkdtempSync(join(tmpdir(), "headwater-local-"));
    const packed = join(local, "Packages", "Claude_pzs8sxrjxfjjc");
    mkdirSync(packed, { recursive: true });
    const place: Place = { ...WINDOWS, env: { ...WINDOWS.env, LOCALAPPDATA: local } };
    const chosen = fileOf(client("claude-desktop"), place).replaceAll("\\", "/");
    expect(chosen).toBe(`${packed}/LocalCache/Roaming/Claude/claude_desktop_config.json`.replaceAll("\\", "/"));
  });

  it("is the first that exists of several, and tells that the client is there", () => {
    const home = mkdtempSync(join(tmpdir(), "headwater-home-"));
    const place: Place = { platform: "darwin", home, env: {} };
    expect(FILE_CLIENTS.filter((one) => isInstalled(one, place))).toEqual([]);
    const opencode = join(home, ".config", "opencode");
    mkdirSync(opencode, { recursive: true });
    writeFileSync(join(opencode, "opencode.jsonc"), "{}");
    expect(fileOf(client("opencode"), place)).toBe(join(opencode, "opencode.jsonc"));
    expect(FILE_CLIENTS.filter((one) => isInstalled(one, place)).map(({ id }) => id)).toEqual(["opencode"]);
  });
});

describe("the command that a client is given", () => {
  const cache = mkdtempSync(join(tmpdir(), "headwater-cache-"));
  const npx = (spec: string) => {
    const home = join(cache, "_npx", Buffer.from(spec).toString("hex"));
    const folder = join(home, "node_modules", "headwater");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(home, "package.json"), JSON.stringify({ dependencies: { headwater: spec } }));
    return { folder, node: "/usr/bin/node" };
  };

  it("is npx where npx fetched headwater from the registry", () => {
    for (const spec of ["^0.1.0", "0.1.0", "*", "latest"])
      expect(startCommand(LINUX, npx(spec), SERVE)).toEqual({ command: "npx", args: ["-y", "headwater", "serve"] });
  });

  it("is Node and our file by their full names from a file, a repository, a checkout or a global installation", () => {
    for (const running of [
      npx("file:../headwater-0.1.0.tgz"),
      npx("github:acme/headwater"),
      { folder: "/home/ada/headwater", node: "/usr/bin/node" },
      { folder: "/usr/lib/node_modules/headwater", node: "/usr/bin/node" },
    ])
      expect(startCommand(LINUX, running, SERVE)).toEqual({
        command: "/usr/bin/node",
        args: [join(running.folder, "dist", "cli.js"), "serve"],
      });
  });

  it("goes through cmd.exe on Windows, and never with a sign that cmd.exe would obey", () => {
    expect(npxCommand(WINDOWS, SERVE)).toEqual({ command: "cmd", args: ["/c", "npx", "-y", "headwater", "serve"] });
    const plain = ["serve", "--config", "C:\\Users\\Zoë Müller\\headwater.yaml"];
    expect(npxCommand(WINDOWS, plain).args.slice(4)).toEqual(plain);
    for (const name of ["a&calc", "a|b", "%PATH%", "a^b", 'a"b', "a>b", "a\nb", "!x!"])
      expect(() => npxCommand(WINDOWS, ["--config", `C:\\${name}\\headwater.yaml`])).toThrow(/cmd\.exe would take/);
  });
});

describe("links", () => {
  it("in the README start what npx starts", () => {
    const links = installLinks("headwater", npxCommand(LINUX, SERVE));
    const cursor = links.find(({ title }) => title === "Cursor")?.url;
    const code = links.find(({ title }) => title === "VS Code")?.url;
    expectPart("docs/clients.md", "links", `[Add to Cursor](${cursor}) · [Add to VS Code](${code})\n`);
    expectPart("README.md", "links", `[Add to Cursor](${cursor}) · [Add to VS Code](${code})\n`);
  });

  it("hold nothing but the name and the door", () => {
    const links = installLinks("work notes", { url: "https://example.net/mcp", tokenVariable: "HW_TOKEN" });
    for (const { url } of links) {
      expect(url).not.toMatch(/\s/);
      expect(new URL(url).protocol).toMatch(/^(https|cursor|vscode):$/);
    }
    const config = new URL(links[0]?.url as string).searchParams.get("config") as string;
    expect(JSON.parse(Buffer.from(config, "base64").toString())).toEqual({
      url: "https://example.net/mcp",
      headers: { Authorization: "Bearer $" + "{env:HW_TOKEN}" },
    });
  });
});
