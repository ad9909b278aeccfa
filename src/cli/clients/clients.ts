// biome-ignore-all lint/suspicious/noTemplateCurlyInString: clients write references to variables like this.
import type { FileClient, HandClient } from "./client.ts";
import { CODEX, GOOSE, OPENCODE, PROGRAM_ONLY, plainShape, typedShape } from "./entry.ts";
import { claudeDesktopFolder, inAppData, inConfig, inFolderOf, inHome, type Place, pathOf } from "./place.ts";

const SERVERS = ["mcpServers"];

/** All clients whose files we know how to edit. Places and forms are those of the vendors' pages, read 2026-11-21. */
export const FILE_CLIENTS: readonly FileClient[] = [
  {
    id: "claude-desktop",
    title: "Claude Desktop",
    format: "json",
    files: (place) => [pathOf(place).join(claudeDesktopFolder(place), "claude_desktop_config.json")],
    keys: SERVERS,
    shape: PROGRAM_ONLY,
    afterwards: "Quit Claude Desktop altogether and open it again.",
  },
  {
    id: "claude-code",
    title: "Claude Code",
    format: "json",
    files: (place) => [inFolderOf(place, "CLAUDE_CONFIG_DIR", "", ".claude.json")],
    signs: (place) => [inFolderOf(place, "CLAUDE_CONFIG_DIR", ".claude")],
    keys: SERVERS,
    shape: typedShape("${NAME}"),
    afterwards: "Sessions that begin from now on have it.",
  },
  {
    id: "cursor",
    title: "Cursor",
    format: "json",
    files: (place) => [inHome(place, ".cursor", "mcp.json")],
    keys: SERVERS,
    shape: plainShape("url", "${env:NAME}"),
    afterwards: "Switch it on under Settings, MCP, if Cursor asks.",
  },
  {
    id: "vscode",
    title: "VS Code",
    format: "json",
    files: (place) => [inAppData(place, "Code", "User", "mcp.json")],
    keys: ["servers"],
    shape: typedShape("${env:NAME}"),
    afterwards: "Start it with the command MCP: List Servers.",
  },
  {
    id: "vscode-insiders",
    title: "VS Code Insiders",
    format: "json",
    files: (place) => [inAppData(place, "Code - Insiders", "User", "mcp.json")],
    keys: ["servers"],
    shape: typedShape("${env:NAME}"),
    afterwards: "Start it with the command MCP: List Servers.",
  },
  {
    id: "codex",
    title: "Codex",
    format: "toml",
    files: (place) => [inFolderOf(place, "CODEX_HOME", ".codex", "config.toml")],
    keys: ["mcp_servers"],
    shape: CODEX,
    afterwards: "Sessions that begin from now on have it.",
  },
  {
    id: "gemini",
    title: "Gemini CLI",
    format: "json",
    files: (place) => [inHome(place, ".gemini", "settings.json")],
    keys: SERVERS,
    shape: plainShape("httpUrl", "${NAME}"),
    afterwards: "Sessions that begin from now on have it.",
  },
  {
    id: "antigravity",
    title: "Antigravity",
    format: "json",
    files: (place) => [
      inHome(place, ".gemini", "antigravity", "mcp_config.json"),
      inHome(place, ".gemini", "config", "mcp_config.json"),
    ],
    keys: SERVERS,
    shape: plainShape("serverUrl", undefined),
    afterwards: "Press Refresh under Manage MCP Servers.",
  },
  {
    id: "windsurf",
    title: "Windsurf",
    format: "json",
    files: (place) => [inHome(place, ".codeium", "windsurf", "mcp_config.json")],
    keys: SERVERS,
    shape: plainShape("serverUrl", "${env:NAME}"),
    afterwards: "Press Refresh in the MCP settings of Cascade.",
  },
  {
    id: "goose",
    title: "Goose",
    format: "yaml",
    files: (place) => [gooseFile(place)],
    keys: ["extensions"],
    shape: GOOSE,
    afterwards: "Sessions that begin from now on have it.",
  },
  {
    id: "opencode",
    title: "opencode",
    format: "json",
    files: (place) => ["opencode.json", "opencode.jsonc"].map((name) => inConfig(place, "opencode", name)),
    keys: ["mcp"],
    newerKeys: ["mcp", "servers"],
    shape: OPENCODE,
    afterwards: "Sessions that begin from now on have it.",
  },
  {
    id: "junie",
    title: "Junie",
    format: "json",
    files: (place) => [inHome(place, ".junie", "mcp", "mcp.json")],
    signs: (place) => [inHome(place, ".junie")],
    keys: SERVERS,
    shape: PROGRAM_ONLY,
    afterwards: "Switch it on in the IDE under Settings, Tools, Junie, MCP Settings.",
  },
  {
    id: "zed",
    title: "Zed",
    format: "json",
    files: (place) => [
      place.platform === "win32" ? inAppData(place, "Zed", "settings.json") : inConfig(place, "zed", "settings.json"),
    ],
    keys: ["context_servers"],
    shape: plainShape("url", undefined),
    afterwards: "Zed starts it by itself.",
  },
  {
    id: "cline",
    title: "Cline",
    format: "json",
    files: (place) =>
      ["Code", "Cursor"].map((editor) =>
        inAppData(
          place,
          editor,
          "User",
          "globalStorage",
          "saoudrizwan.claude-dev",
          "settings",
          "cline_mcp_settings.json",
        ),
      ),
    keys: SERVERS,
    shape: plainShape("url", undefined, { type: "streamableHttp" }),
    afterwards: "Cline starts it by itself.",
  },
  {
    id: "kiro",
    title: "Kiro",
    format: "json",
    files: (place) => [inHome(place, ".kiro", "settings", "mcp.json")],
    signs: (place) => [inHome(place, ".kiro")],
    keys: SERVERS,
    shape: plainShape("url", "${NAME}"),
    afterwards: "Kiro starts it by itself.",
  },
  {
    id: "lm-studio",
    title: "LM Studio",
    format: "json",
    files: (place) => [inHome(place, ".lmstudio", "mcp.json"), inHome(place, ".cache", "lm-studio", "mcp.json")],
    keys: SERVERS,
    shape: plainShape("url", undefined),
    afterwards: "Switch it on under Program, Integrations.",
  },
];

/** Clients that are set up in their own windows. */
export const HAND_CLIENTS: readonly HandClient[] = [
  {
    id: "jetbrains",
    title: "JetBrains AI Assistant",
    byHand: "Paste this under Settings, Tools, AI Assistant, Model Context Protocol (MCP), Add, As JSON:",
    pastes: "json",
  },
  {
    id: "chatgpt",
    title: "ChatGPT",
    byHand:
      "Enter an https address that it can reach under Settings, Apps & Connectors, Advanced, Developer mode, Create:",
    pastes: "address",
  },
  {
    id: "claude-web",
    title: "Claude on the web and in teams",
    byHand: "Enter an https address that it can reach under Settings, Connectors, Add custom connector:",
    pastes: "address",
  },
];

/** https://block.github.io/goose/docs/guides/config-files */
function gooseFile(place: Place): string {
  return place.platform === "win32"
    ? inAppData(place, "Block", "goose", "config", "config.yaml")
    : inConfig(place, "goose", "config.yaml");
}
