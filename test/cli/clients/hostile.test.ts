// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are what must not be filled in.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FILE_CLIENTS } from "../../../src/cli/clients/clients.ts";
import { readTree, withEntry } from "../../../src/cli/clients/edit.ts";
import { valueAt } from "../../../src/cli/clients/editor.ts";
import { entryOf } from "../../../src/cli/clients/entry.ts";
import { addressDoor, serverName } from "../../../src/cli/clients/install-options.ts";
import { installLinks } from "../../../src/cli/clients/links.ts";
import type { Place } from "../../../src/cli/clients/place.ts";
import { npxCommand, startCommand } from "../../../src/cli/clients/start-command.ts";
import { Sandbox } from "../sandbox.ts";

const LINUX: Place = { platform: "linux", home: "/home/ada", env: {} };
const RUNNING = { folder: "/home/ada/headwater", node: "/usr/bin/node" };

const NAMES = [
  "",
  " ",
  "a b",
  "a;id",
  "$(id)",
  "`id`",
  "../x",
  "a/b",
  "a.b",
  '"',
  "'",
  "a\nb",
  "a\u0000b",
  "__proto__",
  "-x",
  "é",
  "🐟",
  "a".repeat(65),
];
const ADDRESSES = [
  "",
  "mcp",
  "//example.net/mcp",
  "http://example.net/mcp",
  "http://127.0.0.1.example.net/mcp",
  "http://[::ffff:8.8.8.8]/mcp",
  "http://2130706434/mcp",
  "file:///etc/passwd",
  "javascript:alert(1)",
  "data:text/html,x",
  "vscode:mcp/install?x",
  "cursor://x",
  "ws://127.0.0.1/mcp",
  "https://ada:hunter2@example.net/",
  "https://hunter2@example.net/",
  "https://example.net/?key=hunter2",
  "https://example.net/#hunter2",
  "http://localhost.example.net/",
  "https://",
  "$(id)",
  "calc.exe",
  "C:\\Windows\\calc.exe",
];
const VARIABLES = ["", "1A", "A B", "A-B", "$(id)", "ghp_0123456789abcdef!", "A=B", "A\nB", "${A}"];
const REFERENCES = [
  "/srv/${HOME}",
  "/srv/$HOME",
  "/srv/$(id)",
  "/srv/${env:HOME}",
  "/srv/{env:HOME}",
  "/srv/{file:~/.ssh/id_rsa}",
  "/srv/${input:x}",
];
/** Odd, and meant: these must come through as they are. */
const ODD_PATHS = [
  "/srv/a b",
  "/srv/;id;",
  "/srv/`id`",
  "/srv/'\"\\",
  "/srv/|&<>",
  "/srv/é 🐟 שלום",
  "/srv/a\nb",
  "/srv/%PATH%",
  "/srv/#{x}",
  "/srv/{{x}}",
  "/srv/*?",
];

describe("what is typed or named by others", () => {
  it.each(NAMES)("is no server's name when it is %j", (name) => {
    expect(() => serverName(name)).toThrow(/cannot be the name/);
  });

  it.each(ADDRESSES)("is no address when it is %j, and is not said again", (url) => {
    let told = "";
    try {
      addressDoor(url, undefined);
    } catch (error) {
      told = String(error);
    }
    expect(told).toMatch(/needs an https address|not written into files/);
    expect(told).not.toContain("hunter2");
  });

  it.each(VARIABLES)("is no variable when it is %j, and is not said again", (variable) => {
    expect(() => addressDoor("https://example.net/mcp", variable)).toThrow(/not the token itself\.$/);
  });

  it.each(REFERENCES)("is not written where an assistant would fill it in: %s", (path) => {
    expect(() => startCommand(LINUX, RUNNING, ["serve", "--config", path])).toThrow(/looks like a reference/);
  });

  it.each(ODD_PATHS)("stands in every client's file as it is: %j", (path) => {
    const door = startCommand(LINUX, RUNNING, ["serve", "--config", path]);
    for (const { format, keys, shape, title } of FILE_CLIENTS) {
      const entry = entryOf(shape, door, "headwater", title);
      const text = withEntry(format, "", "file", [...keys, "headwater"], entry);
      expect(JSON.stringify(valueAt(readTree(format, text, "file"), [...keys, "headwater"]))).toContain(
        JSON.stringify(path),
      );
    }
    for (const { url } of installLinks("headwater", door)) expect(url).toMatch(/^[\x21-\x7e]+$/);
  });

  it("runs no command: what it is given is only ever an argument", async () => {
    const box = new Sandbox();
    const config = box.put("a;touch pwned;`touch pwned` 'x' \"y\" & z/headwater.yaml", "version: 1\n");
    const { code, stderr } = await box.run([
      "install",
      "--client",
      "cursor",
      "codex",
      "goose",
      "opencode",
      "--config",
      config,
    ]);
    expect([code, stderr]).toEqual([0, ""]);
    await box.run(["uninstall"]);
    expect(readdirSync(box.home).filter((name) => name.includes("pwned") && !name.startsWith("a;"))).toEqual([]);
  });

  it("is refused on Windows where cmd.exe would read a command in it", () => {
    const windows: Place = { platform: "win32", home: "C:\\Users\\ada", env: {} };
    const plain = join("C:", "notes");
    expect(npxCommand(windows, ["--config", plain]).args).toContain(plain);
    for (const path of ["C:\\a&calc", "C:\\%TEMP%\\x", "C:\\a|b", "C:\\(x)", "C:\\a^&b"])
      expect(() => npxCommand(windows, ["--config", path])).toThrow(/cmd\.exe/);
  });
});
