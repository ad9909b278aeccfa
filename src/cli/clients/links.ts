import type { Door, Entry } from "./entry.ts";
import { plainShape, typedShape } from "./entry.ts";

export interface InstallLink {
  client: string;
  title: string;
  url: string;
}

/**
 * Links that set a client up with one click, for pages and for terminals. They hold the command and no secret.
 * https://cursor.com/docs/context/mcp/install-links and https://code.visualstudio.com/api/extension-guides/ai/mcp, checked
 * 2026-11-21.
 */
export function installLinks(name: string, door: Door): InstallLink[] {
  const config = encodeURIComponent(Buffer.from(JSON.stringify(cursorEntry(name, door))).toString("base64"));
  const code = vscodeEntry(name, door);
  const forBrowser = `name=${encodeURIComponent(name)}&config=${encodeURIComponent(JSON.stringify(code))}`;
  const query = `name=${encodeURIComponent(name)}&config=${config}`;
  return [
    { client: "cursor", title: "Cursor", url: `https://cursor.com/en/install-mcp?${query}` },
    {
      client: "cursor",
      title: "Cursor, without the browser",
      url: `cursor://anysphere.cursor-deeplink/mcp/install?${query}`,
    },
    { client: "vscode", title: "VS Code", url: `https://insiders.vscode.dev/redirect/mcp/install?${forBrowser}` },
    {
      client: "vscode-insiders",
      title: "VS Code Insiders",
      url: `https://insiders.vscode.dev/redirect/mcp/install?${forBrowser}&quality=insiders`,
    },
    {
      client: "vscode",
      title: "VS Code, without the browser",
      url: `vscode:mcp/install?${encodeURIComponent(JSON.stringify({ name, ...code }))}`,
    },
  ];
}

function cursorEntry(name: string, door: Door): Entry {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Cursor writes references to variables like this.
  return entry(plainShape("url", "${env:NAME}"), name, door);
}

function vscodeEntry(name: string, door: Door): Entry {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: VS Code writes references to variables like this.
  return entry(typedShape("${env:NAME}"), name, door);
}

function entry(shape: ReturnType<typeof plainShape>, name: string, door: Door): Entry {
  return "command" in door ? shape.program(door, name) : (shape.address?.(door, name) ?? {});
}
