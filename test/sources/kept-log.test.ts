import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { keptLog } from "../../src/sources/kept-log.ts";
import { createLogger } from "../../src/sources/log.ts";
import { rememberSecret } from "../../src/sources/secret.ts";

const DIST = fileURLToPath(new URL("../../dist", import.meta.url));
let folder: string;
const said: string[] = [];
const stderr = createLogger({ level: "warn", pretty: false, write: (line) => void said.push(line) });
const path = () => join(folder, "headwater.log");
const lines = () =>
  readFileSync(path(), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "headwater-log-"));
  said.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("keeps more than it says, with process and source, for this user alone", () => {
  const log = keptLog(stderr, "info");
  log.warn("config.doubted", { says: "before the folder was known" });
  log.keepIn(folder);
  log.debug("request.sent");
  log.info("run.ended", { source: "notes", run: "r1" });
  log.warn("page.failed", { source: "notes" });
  expect(lines()).toMatchObject([
    { level: "info", event: "run.ended", source: "notes", run: "r1", pid: process.pid },
    { level: "warn", event: "page.failed" },
  ]);
  expect(said).toHaveLength(2);
  if (process.platform !== "win32") expect(statSync(path()).mode & 0o777).toBe(0o600);
});

it("holds no secret and no line break of a source", () => {
  rememberSecret("ghp_the-heron-at-the-weir");
  const log = keptLog(stderr, "info");
  log.keepIn(folder);
  log.info("item.failed", { title: "one\ntwo \u001b[31mred", header: "Bearer ghp_the-heron-at-the-weir" });
  const text = readFileSync(path(), "utf8");
  expect(text.split("\n")).toHaveLength(2);
  expect(text).not.toMatch(/heron-at-the-weir|\u001b/);
});

it("gives a file of 5 MB another name, and keeps five of those", () => {
  const log = keptLog(stderr, "info");
  log.keepIn(folder);
  for (let round = 1; round <= 7; round++) {
    log.info("round.began", { round });
    writeFileSync(path(), `${readFileSync(path(), "utf8")}${"x".repeat(5_000_000)}\n`);
  }
  log.info("round.began", { round: 8 });
  expect(lines()).toMatchObject([{ round: 8 }]);
  expect(readdirSync(folder).sort()).toEqual(["headwater.log", ...[1, 2, 3, 4, 5].map((n) => `headwater.log.${n}`)]);
  expect(readFileSync(`${path()}.5`, "utf8")).toContain('"round":3');
});

it("that cannot be written stops nothing", () => {
  const log = keptLog(stderr, "info");
  log.keepIn(join(folder, "not", "there"));
  log.warn("page.failed");
  expect(said).toHaveLength(1);
  expect(existsSync(join(folder, "not"))).toBe(false);
});

it("every door keeps it: the server started as its own program too", async () => {
  const notes = join(folder, "Notes");
  mkdirSync(notes);
  writeFileSync(join(notes, "Weir.md"), "The weir.\n");
  writeFileSync(join(folder, "headwater.yaml"), "sources:\n  notes: { connector: files, paths: [Notes], every: 1h }\n");
  for (const door of ["server.js", "desktop.js"]) {
    const data = join(folder, door);
    const env = { PATH: process.env.PATH ?? "", HOME: folder, HEADWATER_DATA: data };
    const args = [`--config=${join(folder, "headwater.yaml")}`];
    const child = spawn(process.execPath, [join(DIST, door), ...args], { env, stdio: ["pipe", "ignore", "ignore"] });
    const ended = () => expect(readFileSync(join(data, "headwater.log"), "utf8")).toContain('"run.ended"');
    await vi.waitFor(ended, { timeout: 20_000, interval: 100 });
    child.stdin.end();
    await once(child, "close");
  }
}, 60_000);
