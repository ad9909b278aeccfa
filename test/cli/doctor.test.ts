import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { spaceCheck } from "../../src/cli/doctor/machine.ts";
import { openStore } from "../../src/store/open.ts";
import { connect } from "../../src/store/sqlite/connect.ts";
import { loadDriver } from "../../src/store/sqlite/driver.ts";
import { Sandbox, writeNotes } from "./sandbox.ts";

const box = new Sandbox();
const data = (name = "") => join(box.home, ".data/headwater", name);

beforeAll(async () => {
  writeNotes(box);
  expect((await box.run(["init", "--yes"])).code).toBe(0);
});

interface Line {
  name: string;
  state: string;
  says: string;
}

/** The lines of doctor that are not "ok", but the one that nobody asks headwater here. */
async function complaints(...args: string[]): Promise<Line[]> {
  const { stdout } = await box.run(["doctor", ...args, "--json"]);
  return (JSON.parse(stdout) as { checks: Line[] }).checks.filter(
    (check) => check.state !== "ok" && check.name !== "assistants",
  );
}

/** Runs SQL on the closed store. */
function change(sql: string): void {
  const connection = connect(loadDriver(), data("default.db"), "writer");
  try {
    connection.exec(sql);
  } finally {
    connection.close();
  }
}

describe("doctor", () => {
  it("finds a full text index that lost its words, and makes it anew without losing anything", async () => {
    change("DELETE FROM fts WHERE rowid = (SELECT max(id) FROM items)");
    const [found] = await complaints();
    expect(found).toMatchObject({ name: "store", state: "bad", says: expect.stringContaining("full text index") });
    expect(found?.says).toContain("headwater doctor --repair");
    const [mended] = await complaints("--repair");
    expect(mended).toMatchObject({ name: "store", state: "mended", says: expect.stringContaining("Nothing was lost") });
    expect(await complaints()).toEqual([]);
    expect((await box.run(["search", "eels"])).stdout).toContain("Räuber");
    expect((await box.run(["sync"])).stdout).toContain("4 unchanged");
  });

  it("drops a text that is no longer what was stored, and the next sync brings it back", async () => {
    change("UPDATE bodies SET text = replace(text, 'Eels', 'Cats') WHERE text LIKE '%Eels%'");
    expect(await complaints()).toMatchObject([{ state: "bad", says: expect.stringContaining("other words") }]);
    expect(await complaints("--repair")).toMatchObject([
      { state: "mended", says: expect.stringContaining("headwater sync") },
    ]);
    expect((await box.run(["fetch", "notes/Räuber 🐟.md"])).stdout).not.toContain("Cats");
    expect((await box.run(["sync"])).code).toBe(0);
    expect((await box.run(["fetch", "notes/Räuber 🐟.md"])).stdout).toContain("Eels pass the weir");
  });

  it("saves what can be read of a broken file, keeps the broken one, and the history of changes stays", async () => {
    const before = await box.json<{ changes: unknown[] }>(["changes"]);
    const bytes = readFileSync(data("default.db"));
    const sound = Buffer.from(bytes);
    // The root page of the table of items.
    const connection = connect(loadDriver(), data("default.db"), "reader");
    const root = Number(connection.raw("SELECT rootpage FROM sqlite_master WHERE name = 'items'").get()?.[0]);
    connection.close();
    bytes.fill(0x5a, (root - 1) * 16_384, (root - 1) * 16_384 + 200);
    writeFileSync(data("default.db"), bytes);
    expect(await complaints()).toMatchObject([{ name: "store", state: "bad" }]);
    const [mended] = await complaints("--repair");
    const aside = /kept as (\S+\.damaged-\S+?)\. /.exec(mended?.says ?? "")?.[1] as string;
    expect(readFileSync(aside).equals(sound)).toBe(false);
    expect((await box.run(["sync"])).code).toBe(0);
    expect((await box.run(["search", "eels"])).stdout).toContain("Räuber");
    const after = await box.json<{ changes: unknown[] }>(["changes"]);
    expect(after.changes.length).toBeGreaterThanOrEqual(before.changes.length);
    expect(await complaints()).toEqual([]);
  });

  it("begins anew where nothing can be read", async () => {
    writeFileSync(data("default.db"), Buffer.alloc(100_000, 0x5a));
    expect((await complaints()).find((line) => line.name === "store")).toMatchObject({ state: "bad" });
    expect(await complaints("--repair")).toMatchObject([{ state: "mended", says: expect.stringContaining("0 items") }]);
    expect((await box.run(["sync"])).stdout).toContain("4 added");
  });

  it("mends nothing while somebody has the store open, and says so", async () => {
    change("DELETE FROM fts WHERE rowid = (SELECT max(id) FROM items)");
    const reader = await openStore({ folder: data(), tenant: "default" });
    await reader.stats();
    const [line] = await complaints("--repair");
    expect(line).toMatchObject({ state: "bad", says: expect.stringContaining("is in use by another headwater") });
    await reader.close();
    expect(await complaints("--repair")).toMatchObject([{ state: "mended" }]);
  });

  it("leaves a store of a newer headwater alone and says what to do", async () => {
    change("PRAGMA user_version = 99");
    const lines = await complaints("--repair");
    expect(lines[0]).toMatchObject({
      state: "bad",
      says: expect.stringContaining("npm install --global headwater@latest"),
    });
    change("PRAGMA user_version = 2");
    expect(await complaints()).toEqual([]);
    // No headwater wrote this number: it is damage, and not a newer store.
    change("PRAGMA user_version = 1325362919");
    expect(await complaints()).toMatchObject([{ name: "store", state: "bad" }, { name: "sources" }]);
    expect(await complaints("--repair")).toMatchObject([{ state: "mended" }]);
    change("PRAGMA user_version = 1");
    expect(await complaints()).toMatchObject([{ name: "store", state: "bad" }, { name: "sources" }]);
    expect(await complaints("--repair")).toMatchObject([{ state: "mended" }]);
    expect((await box.run(["sync"])).code).toBe(0);
  });

  it.skipIf(process.platform === "win32")("closes files that others may read", async () => {
    chmodSync(data("default.db"), 0o644);
    chmodSync(data(), 0o755);
    expect(await complaints()).toMatchObject([
      { state: "note", says: expect.stringContaining("chmod 700") },
      { state: "note", says: expect.stringContaining("chmod 600") },
    ]);
    expect(await complaints("--repair")).toMatchObject([{ state: "mended" }, { state: "mended" }]);
    expect([statSync(data()).mode & 0o777, statSync(data("default.db")).mode & 0o777]).toEqual([0o700, 0o600]);
  });

  it("removes locks and half-written files of processes that ended, and no others", async () => {
    await box.shell("printf 'a heron at the weir' | headwater secrets set gauge");
    const gone = 4_190_000; // above the largest number a process may have
    const owner = { token: "abc", pid: gone, host: (await hostOf()) as string, started: "", since: "2026-01-01" };
    writeFileSync(data("keys/key.lock"), JSON.stringify(owner), { mode: 0o600 });
    writeFileSync(data(`default.db.${gone}.part`), "half", { mode: 0o600 });
    writeFileSync(data(`default.db.${process.pid}.part`), "somebody is at it", { mode: 0o600 });
    expect((await complaints()).map((line) => line.name)).toEqual(["lock", "leftover"]);
    expect((await complaints("--repair")).map((line) => line.state)).toEqual(["mended", "mended"]);
    expect(readdirSync(data()).filter((name) => name.endsWith(".part"))).toEqual([`default.db.${process.pid}.part`]);
    expect(existsSync(data("keys/key.lock"))).toBe(false);
    rmSync(data(`default.db.${process.pid}.part`));
  });

  it("says that a key is missing, and which secrets were sealed with another", async () => {
    rmSync(data("keys/master.key"));
    expect(await complaints()).toMatchObject([
      { name: "key", state: "bad", says: expect.stringContaining("is missing") },
    ]);
    await box.shell("printf 'another heron' | headwater secrets set weir");
    expect(await complaints()).toMatchObject([
      { name: "secret", state: "bad", says: expect.stringContaining("headwater secrets set gauge") },
    ]);
  });

  it("says when the disk is nearly full", () => {
    expect(spaceCheck("/data", 2e9)).toMatchObject({ state: "ok" });
    expect(spaceCheck("/data", 3e8)).toMatchObject({ state: "note", says: expect.stringContaining("300 MB") });
    expect(spaceCheck("/data", 1e6)).toMatchObject({ state: "bad", says: expect.stringContaining("--data") });
  });
});

/** The name of this machine as a lock tells it. */
async function hostOf(): Promise<string | undefined> {
  const { acquireLock } = await import("../../src/sources/file-lock.ts");
  const { systemClock } = await import("../../src/sources/clock.ts");
  const lock = await acquireLock(data("probe.lock"), { longestMs: 1000, clock: systemClock });
  const { host } = JSON.parse(readFileSync(data("probe.lock"), "utf8")) as { host: string };
  lock.release();
  return host;
}
