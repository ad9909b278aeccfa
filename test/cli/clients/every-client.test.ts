import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { describe, expect, it } from "vitest";
import type { FileClient, Format } from "../../../src/cli/clients/client.ts";
import { FILE_CLIENTS } from "../../../src/cli/clients/clients.ts";
import type { ProgramDoor } from "../../../src/cli/clients/entry.ts";
import type { Place } from "../../../src/cli/clients/place.ts";
import { setUp, takeOut } from "../../../src/cli/clients/set-up.ts";
import { npxCommand, runningHere, startCommand } from "../../../src/cli/clients/start-command.ts";
import { Sandbox } from "../sandbox.ts";
import { CLIENT_FILES, type ClientFile, filesIn, readFile, type Start } from "./client-files.ts";

/** What people have in such files, the oddest first: comments, odd indentation, line ends of Windows, marks, commas too many. */
const USED: Record<Format, (key: string) => string[]> = {
  json: (key) => [
    `\ufeff// settings of mine\r\n{\r\n\t"zoom": 1.25, // large\r\n   "${key}": {\r\n\t\t/* the shed */ "shed": { "type": "stdio", "command": "shed", "args": ["-v"], },\r\n\t},\r\n\t"name": "Zoë 🐟 שלום",\r\n}\r\n`,
    `{\n   "${key}" : {\n      // "old": { "command": "old" },\n      "shed": {"command":"shed"}   // no comma\n         /* the end */\n   }\n\n\n}`,
    `{"zoom":1.0e2,"${key}":{"shed":{"command":"shed"}},"name":"\\u00e9\\/"}`,
    `{ "${key}": {} }\n`,
    `{\n    "theme": "dark", // at night\n}\n`,
    "{}",
    "",
    "\n",
  ],
  toml: (key) => [
    `\ufeff# mine\r\nmodel = "o5"   # spaces stay\r\n\r\n  [${key}.shed]\r\n  command = 'shed'\r\n  args = [\r\n\t"-v", # all of it\r\n  ]\r\n# last word, no line end`,
    `notes = """\n[${key}.headwater]\ncommand = "no"\n"""\nsince = 2026-01-31T10:00:00Z\n\n\n`,
    `${key}.shed.command = "shed"\n${key}."sea gull".command = 'gull'\n`,
    "[[rules]]\nname = 'a'\n\n[[rules]]\nname = 'b'\n",
    "",
  ],
  yaml: (key) => [
    `\ufeff# mine\r\nGOOSE_PROVIDER:   anthropic\r\n${key}:\r\n    shed: {type: stdio, cmd: shed,}   # mine\r\n\r\nzoom: "1.25"\r\n# the end`,
    `${key}:\n  # built in\n  shed:\n    enabled: true\n    about: |\n      line\n        more\n\nGOOSE_MODE: auto\n`,
    "note: >\n  a long\n  story 🐟\n",
    "GOOSE_PROVIDER: anthropic",
    "",
  ],
};

/** A system of which only the folder is ours: paths of Windows lead to the same names below it. */
interface Machine {
  folder: string;
  place: Place;
  onDisk(path: string): string;
}

function machine(platform: Place["platform"]): Machine {
  const folder = mkdtempSync(join(tmpdir(), `headwater-${platform}-`));
  if (platform !== "win32") return { folder, place: { platform, home: folder, env: {} }, onDisk: (path) => path };
  const home = "C:\\Users\\Zoë Müller";
  return {
    folder,
    place: { platform, home, env: { APPDATA: `${home}\\AppData\\Roaming`, LOCALAPPDATA: `${home}\\AppData\\Local` } },
    onDisk: (path) => path.replace(home, folder).replaceAll("\\", "/"),
  };
}

function on({ place, onDisk }: Machine, client: FileClient): FileClient {
  return { ...client, files: () => client.files(place).map(onDisk) };
}

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

const STARTED = new Map<string, Promise<string[]>>();

/** The tools of what the client's file says; the same words are started once. */
function toolsOf(start: Start, own: Record<string, string>): Promise<string[]> {
  const words = JSON.stringify([start, own]);
  const tools = STARTED.get(words) ?? startedTools(start, own);
  STARTED.set(words, tools);
  return tools;
}

/** Starts it as the client does, in a folder of the client's own. */
async function startedTools({ command, args, env }: Start, own: Record<string, string>): Promise<string[]> {
  const client = new Client({ name: "test", version: "1" });
  // The server's data goes elsewhere: it is not what is looked at here.
  const all = { ...own, XDG_DATA_HOME: mkdtempSync(join(tmpdir(), "headwater-served-")), ...env };
  await client.connect(new StdioClientTransport({ command, args, env: all, cwd: "/", stderr: "ignore" }));
  try {
    return (await client.listTools()).tools.map((tool) => tool.name);
  } finally {
    await client.close();
  }
}

const vendors = (id: string): ClientFile => CLIENT_FILES[id] as ClientFile;

it("every client has a reader in this test", () => {
  expect(Object.keys(CLIENT_FILES)).toEqual(FILE_CLIENTS.map(({ id }) => id));
});

describe("by the command line", () => {
  const all = FILE_CLIENTS.map(({ id }) => id);
  const every = (outcome: string) => all.map(() => outcome);
  const asks = (command: string) => [command, "--client", ...all];

  it("every client gets a file for its user alone, and uninstall leaves nothing", async () => {
    const box = new Sandbox();
    mkdirSync(join(box.home, ".config"));
    expect(outcomes(await box.json(asks("install")))).toEqual(every("added"));
    for (const id of all) expect(statSync(join(box.home, vendors(id).linux)).mode & 0o077, id).toBe(0);
    const { code, stdout } = await box.run(["uninstall"]);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^removed/)]);
    expect(readdirSync(box.home, { recursive: true })).toEqual([".config"]);
  });

  it("every client starts headwater as its file says, and gets its file back byte for byte", async () => {
    const box = new Sandbox();
    const paths = new Map(
      FILE_CLIENTS.map(({ id, format, keys }) => [
        id,
        box.put(vendors(id).linux, USED[format](keys[0] as string)[0] as string),
      ]),
    );
    const before = filesIn(box.home);
    expect(outcomes(await box.json(asks("install")))).toEqual(every("added"));
    const installed = filesIn(box.home);
    for (const [id, path] of paths) {
      expect(await toolsOf(vendors(id).start(readFile(path)), box.env()), id).toContain("fetch");
      expect(installed[`${path}.headwater-backup`], id).toBe(before[path]);
    }
    expect(outcomes(await box.json(asks("install")))).toEqual(every("unchanged"));
    expect(filesIn(box.home)).toEqual(installed);
    expect(outcomes(await box.json(asks("uninstall")))).toEqual(every("restored"));
    expect(filesIn(box.home)).toEqual(before);
  });
});

function outcomes({ clients }: { clients?: { outcome: string }[] }): string[] {
  return (clients ?? []).map(({ outcome }) => outcome);
}

describe.each(["darwin", "win32", "linux"] as const)("on %s", (platform) => {
  it.each(FILE_CLIENTS)("$title keeps its file where its vendor says", (client) => {
    const here = machine(platform);
    const [usual] = on(here, client).files(here.place);
    expect(usual).toBe(join(here.folder, vendors(client.id)[platform]));
  });

  it.each(FILE_CLIENTS)("$title gets every file back byte for byte, however it is written", async (client) => {
    const here = machine(platform);
    const path = join(here.folder, vendors(client.id)[platform]);
    const door = startCommand(here.place, runningHere(), ["serve"]);
    for (const text of USED[client.format](client.keys[0] as string)) {
      put(path, text);
      const before = filesIn(here.folder);
      expect((await setUp(on(here, client), here.place, "headwater", door)).outcome).toBe("added");
      expect(vendors(client.id).start(readFile(path))).toEqual({ ...door, env: {} });
      expect(readFile(path)).toMatchObject(text.trim() === "" ? {} : readText(client.format, text));
      expect(readFileSync(path, "utf8").startsWith("\ufeff")).toBe(text.startsWith("\ufeff"));
      expect((await takeOut(on(here, client), here.place, "headwater")).outcome).toBe("restored");
      expect(filesIn(here.folder)).toEqual(before);
    }
  });

  it.each(FILE_CLIENTS)("$title reads the very words that it is to start", async (client) => {
    const here = machine(platform);
    const path = join(here.folder, vendors(client.id)[platform]);
    for (const door of doorsOn(here.place)) {
      await setUp(on(here, client), here.place, "headwater", door);
      expect(vendors(client.id).start(readFile(path))).toEqual({ ...door, env: {} });
    }
  });
});

/** Programs as they are started on a system, with folders as people name them. */
function doorsOn(place: Place): ProgramDoor[] {
  const windows = { folder: "C:\\Users\\Zoë Müller\\head water", node: "C:\\Program Files\\nodejs\\node.exe" };
  const others = { folder: '/opt/Zoë\'s "tools" \\ 🐟', node: "/usr/local/bin/node" };
  const running = place.platform === "win32" ? windows : others;
  return [npxCommand(place, ["serve"]), startCommand(place, running, ["serve", "--tenant", "acme: yes # no"])];
}

function readText(format: Format, text: string) {
  const path = join(mkdtempSync(join(tmpdir(), "headwater-read-")), `file.${format}`);
  writeFileSync(path, text);
  return readFile(path);
}

describe.each(["darwin", "win32"] as const)("a file of %s", (platform) => {
  const home = mkdtempSync(join(tmpdir(), `headwater-${platform}-home-`));

  it.each(FILE_CLIENTS)("makes $title start headwater and list its tools", async (client) => {
    const here = machine(platform);
    const path = join(here.folder, vendors(client.id)[platform]);
    const text = USED[client.format](client.keys[0] as string)[0] as string;
    put(path, text);
    await setUp(on(here, client), here.place, "headwater", startCommand(here.place, runningHere(), ["serve"]));
    const own = { PATH: process.env.PATH ?? "", HOME: home, HEADWATER_KEYCHAIN: "off" };
    expect(await toolsOf(vendors(client.id).start(readFile(path)), own)).toContain("search");
    await takeOut(on(here, client), here.place, "headwater");
    expect(readFileSync(path, "utf8")).toBe(text);
  });
});
