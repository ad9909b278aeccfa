// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of the configuration are written like this.
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect } from "../../src/store/sqlite/connect.ts";
import { loadDriver } from "../../src/store/sqlite/driver.ts";
import { expectAsStored } from "../golden/as-stored.ts";
import { CLI, outcomeOf, Sandbox, writeNotes } from "./sandbox.ts";

/** What a person in trouble is told, kept as files to be read by people. */
const FOLDER = fileURLToPath(new URL("../golden/doctor", import.meta.url));
const IS_ROOT = process.getuid?.() === 0;

interface World {
  name: string;
  /** From a folder of notes that was synced, and an assistant that knows headwater, to what the name says. */
  make(box: Sandbox): void;
  repair?: true;
  /** Nothing is closed to the superuser, unless that power is given up first. */
  asUser?: true;
}

const WORLDS: World[] = [
  { name: "healthy", make: () => {} },
  { name: "no-configuration", make: (box) => rmSync(join(box.home, ".config"), { recursive: true }) },
  { name: "missing-secret", make: (box) => withTickets(box, "secret://tickets-token") },
  { name: "missing-variable", make: (box) => withTickets(box, "${TICKETS_TOKEN}") },
  { name: "unreadable-folder", make: (box) => chmodSync(join(box.home, "Notes"), 0), asUser: true },
  { name: "missing-folder", make: (box) => rmSync(join(box.home, "Notes"), { recursive: true }) },
  { name: "damaged-store", make: (box) => change(box, "DELETE FROM fts WHERE rowid = 1") },
  { name: "mended-store", make: (box) => change(box, "DELETE FROM fts WHERE rowid = 1"), repair: true },
  { name: "newer-store", make: (box) => change(box, "PRAGMA user_version = 99") },
  { name: "no-clients", make: (box) => rmSync(join(box.home, ".cursor"), { recursive: true }) },
  { name: "unknowing-clients", make: forgetful },
  { name: "stale-client", make: (box) => void box.put(".cursor/mcp.json", JSON.stringify(STALE)) },
];

const STALE = {
  mcpServers: { headwater: { command: "/opt/node-20.9/bin/node", args: ["/opt/headwater/dist/cli.js"] } },
};

function forgetful(box: Sandbox): void {
  box.put(".cursor/mcp.json", "{}");
  mkdirSync(join(box.home, ".codex"));
}

function withTickets(box: Sandbox, token: string): void {
  const file = join(box.home, ".config/headwater/headwater.yaml");
  const tickets = `  tickets:\n    connector: github\n    repositories: [weir/gauges]\n    accessToken: ${token}\n`;
  writeFileSync(file, readFileSync(file, "utf8").replace(/\n*$/, `\n${tickets}`));
}

function change(box: Sandbox, sql: string): void {
  const connection = connect(loadDriver(), join(box.home, ".data/headwater/default.db"), "writer");
  try {
    connection.exec(sql);
  } finally {
    connection.close();
  }
}

/** What differs from machine to machine. */
function steady(text: string, box: Sandbox): string {
  return text
    .replaceAll("\r\n", "\n")
    .replaceAll(box.home, "~")
    .replace(/v\d+\.\d+\.\d+ on \w+ \w+/, "v24.0.0 on linux x64")
    .replace(/\d+\.\d GB/, "80.0 GB")
    .replace(
      /(?:better-sqlite3 [\d.]+|node:sqlite of Node [\d.]+) \(SQLite [\d.]+\)/g,
      "better-sqlite3 12.0.0 (SQLite 3.50.0)",
    )
    .replace(/damaged-[\d-]+T[\d-]+Z/g, "damaged-2026-01-01T09-00-00-000Z")
    .replace(
      "headwater runs in a container: mount the folder into it, for example with -v ~/Notes:/notes:ro.",
      SPELLING,
    );
}

/** Said of a folder that is not there; inside a container, as some machines that test are, it is another sentence. */
const SPELLING = "Check the spelling and capital letters of paths, or connect the drive and sync again.";

async function asked(box: Sandbox, args: string[], asUser = false): Promise<string> {
  if (!asUser || !IS_ROOT) return (await box.run(args)).stdout;
  const powerless = ["--bounding-set=-dac_override,-dac_read_search", process.execPath, CLI, ...args];
  return (await outcomeOf(spawn("setpriv", powerless, { cwd: box.home, env: box.env() }))).stdout;
}

describe.skipIf(process.platform === "win32")("what doctor says", () => {
  const box = new Sandbox();
  const asBegun = `${box.home} as begun`;

  beforeAll(async () => {
    writeNotes(box);
    mkdirSync(join(box.home, ".cursor"));
    expect((await box.run(["init", "--yes"])).code).toBe(0);
    expect((await box.run(["install", "--client", "cursor"])).code).toBe(0);
    execFileSync("cp", ["-a", box.home, asBegun]);
  }, 60_000);

  afterAll(() => {
    for (const folder of [box.home, asBegun]) rmSync(folder, { recursive: true });
  });

  it.each(WORLDS)(
    "is as stored: $name",
    async ({ name, make, repair, asUser }) => {
      rmSync(box.home, { recursive: true });
      execFileSync("cp", ["-a", asBegun, box.home]);
      make(box);
      const args = repair ? ["doctor", "--repair"] : ["doctor"];
      const said = steady(await asked(box, args, asUser), box);
      const file = `${FOLDER}/${name}.txt`;
      const actual = `$ headwater ${args.join(" ")}\n${said}`;
      expectAsStored(file, actual);
    },
    60_000,
  );

  it("every stored answer belongs to a world", () => {
    expect(readdirSync(FOLDER).sort()).toEqual(WORLDS.map(({ name }) => `${name}.txt`).sort());
  });
});
