import { copyFileSync, existsSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import { beforeAll, expect, test, vi } from "vitest";
import { openStore } from "../../src/store/open.ts";
import { CALLS } from "../../src/store/sqlite/calls.ts";
import { connect } from "../../src/store/sqlite/connect.ts";
import { loadDriver } from "../../src/store/sqlite/driver.ts";
import { storeError } from "../../src/store/sqlite/failure.ts";
import { newWriter } from "../../src/store/sqlite/writing.ts";
import type { Store } from "../../src/store/store.ts";
import { batch, EVERYTHING, NOON, note, worlds } from "../contract/store/world.ts";
import { bundledChild, startChild } from "./children.ts";

const { folder, world, tenant, hold } = worlds((where, name) => openStore({ folder: where, tenant: name }));
let child = "";

// Six processes are killed and sixteen files checked whole: seconds alone, much longer on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

beforeAll(async () => {
  child = await bundledChild();
});

/** Every page is whole or absent, and the cursor stands after the last whole one. */
async function expectWholePages(store: Store): Promise<number> {
  const { cursor } = await store.progress({ source: "notes" });
  const { items } = await store.items({ limit: 100_000, viewer: EVERYTHING });
  const pages = cursor === undefined ? 0 : Number(cursor) + 1;
  expect(items).toHaveLength(pages * 5);
  return pages;
}

test("a writer killed at any moment leaves whole pages, the cursor behind them, and a sound index", async () => {
  const where = folder();
  let before = 0;
  for (let kill = 0; kill < 6; kill++) {
    const writer = startChild(child, "write", where);
    while (writer.said.length < 3) await sleep(2);
    await sleep(7 * kill);
    writer.child.kill("SIGKILL");
    await writer.ended;
    const said = writer.said.length;
    const store = await openStore({ folder: where, tenant: "default" });
    const pages = await expectWholePages(store);
    expect(pages).toBeGreaterThanOrEqual(before + said);
    expect(await store.verify("full")).toEqual([]);
    before = pages;
    await store.close();
  }
});

test("the source of a killed process is free at once, and what it had running is closed", async () => {
  const where = folder();
  const writer = startChild(child, "write", where);
  while (writer.said.length < 1) await sleep(2);
  const store = await tenant(where);
  expect(await store.lease("notes", 60_000)).toBeUndefined();
  writer.child.kill("SIGKILL");
  await writer.ended;
  expect(await store.lease("notes", 60_000)).toBeDefined();
});

test("a log cut off at any byte loses the newest pages at most", async () => {
  const where = folder();
  const writer = startChild(child, "write", where);
  while (writer.said.length < 40) await sleep(2);
  writer.child.kill("SIGKILL");
  await writer.ended;
  const file = join(where, "default.db");
  const size = statSync(`${file}-wal`).size;
  for (const share of [0.999, 0.8, 0.5, 0.31, 0.05, 0]) {
    const copy = join(folder(), "default.db");
    copyFileSync(file, copy);
    copyFileSync(`${file}-wal`, `${copy}-wal`);
    truncateSync(`${copy}-wal`, Math.floor(size * share));
    const store = await tenant(join(copy, ".."));
    await expectWholePages(store);
    expect(await store.verify("full")).toEqual([]);
  }
});

test("a full disk stops a page cleanly, leaves all before it readable, and is over when there is space", () => {
  const file = join(folder(), "default.db");
  const writer = newWriter(connect(loadDriver(), file, "writer"), file, { process: "p", host: "h", pid: 1 });
  CALLS.migrate(writer);
  const fence = CALLS.takeLease(writer, "notes", 60_000) as number;
  const count = () => Number(writer.connection.raw("SELECT count(*) FROM items").get()?.[0]);
  const page = (from: number) => {
    const upserts = Array.from({ length: 20 }, (_, index) =>
      note(`n${from + index}`, { text: `heron ${from} `.repeat(400) }),
    );
    CALLS.apply(writer, { source: "notes" }, fence, batch({ upserts }), NOON, { cursor: from, options: {} });
  };
  let stopped = 0;
  for (let from = 0; stopped < 25; ) {
    const used = Number(writer.connection.raw("PRAGMA page_count").get()?.[0]);
    writer.connection.exec(`PRAGMA max_page_count = ${used + (stopped % 9)}`);
    const before = count();
    try {
      page(from);
      from += 20;
    } catch (error) {
      stopped += 1;
      expect(storeError(error)).toMatchObject({ kind: "store", message: expect.stringContaining("disk is full") });
      expect(count()).toBe(before);
      writer.connection.exec("PRAGMA max_page_count = 1000000");
      page(from);
      from += 20;
    }
    expect(count()).toBe(from);
  }
  expect(writer.connection.raw("PRAGMA quick_check").all()).toEqual([["ok"]]);
  writer.connection.close();
});

test("a damaged file is found or harmless: no reader is ever given wrong words", async () => {
  const w = await world();
  const words = (index: number) => `Heron number ${index} stood at the weir. `.repeat(60);
  for (let page = 0; page < 10; page++) {
    await w.apply({
      upserts: Array.from({ length: 20 }, (_, index) =>
        note(`n${page * 20 + index}`, { text: words(page * 20 + index) }),
      ),
    });
  }
  await w.lease.release();
  await w.store.close();
  const sound = readFileSync(join(w.folder, "default.db"));
  let found = 0;
  for (let seed = 1; seed <= 16; seed++) {
    const where = folder();
    const bytes = Buffer.from(sound);
    const pages = bytes.length / 16384;
    const at = 16384 * (1 + ((seed * 29) % (pages - 1))) + ((seed * 7919) % 15_900);
    for (let index = 0; index < 400; index++) bytes[at + index] = (seed * 31 + index * 17) & 0xff;
    writeFileSync(join(where, "default.db"), bytes);
    const complaints: unknown[] = [];
    const store = await openStore({ folder: where, tenant: "default" }).catch((error) => complaints.push(error));
    if (typeof store !== "number") {
      for (let index = 0; index < 200; index += 9) {
        const text = await store.text("notes", `n${index}`, EVERYTHING).catch((error) => void complaints.push(error));
        expect([undefined, words(index)]).toContain(text);
      }
      complaints.push(...(await store.verify("full")));
      await store.close();
    }
    for (const each of complaints) if (each instanceof Error) expect(each).toMatchObject({ name: "ConnectorError" });
    found += complaints.length > 0 ? 1 : 0;
  }
  expect(found).toBeGreaterThan(4);
});

test("after an unclean end the file is checked, and a damaged one is not written to", async () => {
  const where = folder();
  const writer = startChild(child, "write", where);
  while (writer.said.length < 60) await sleep(2);
  writer.child.kill("SIGKILL");
  await writer.ended;
  const file = join(where, "default.db");
  const sound = await openStore({ folder: where, tenant: "default" });
  await sound.backup(join(where, "copy.db"));
  await sound.close();
  for (const suffix of ["", "-wal", "-shm"]) if (existsSync(file + suffix)) rmSync(file + suffix);
  const bytes = readFileSync(join(where, "copy.db"));
  for (let page = 40; page * 16384 < bytes.length; page++) bytes.fill(0x5a, page * 16384, page * 16384 + 400);
  writeFileSync(file, bytes);
  const events: string[] = [];
  const store = await openStore({ folder: where, tenant: "default", log: (event) => events.push(event) });
  await store.requestCancel("nothing").catch(() => undefined);
  for (let wait = 0; events.length === 0 && wait < 500; wait++) await sleep(10);
  expect(events).toEqual(["store.damaged"]);
  await expect(store.requestCancel("nothing")).rejects.toMatchObject({
    kind: "store",
    message: "The store's file is damaged.",
    hint: expect.stringContaining("headwater doctor --repair"),
  });
  await store.close();
});

test("when the writer's thread dies, what waits is refused and the next call starts another", async () => {
  const threads: Worker[] = [];
  const watch = (worker: Worker) => threads.push(worker);
  process.on("worker", watch);
  const where = folder();
  const store = await tenant(where);
  const w = await hold(store, where);
  process.off("worker", watch);
  // A page that takes the thread far longer than it takes to end it.
  const upserts = Array.from({ length: 5000 }, (_, index) =>
    note(`a${index}`, { text: `heron ${index} `.repeat(300) }),
  );
  const waiting = w.apply({ upserts });
  await Promise.all(threads.map((thread) => thread.terminate()));
  await expect(waiting).rejects.toMatchObject({ kind: "store", message: expect.stringContaining("stopped") });
  expect(await w.apply({ upserts: [note("b")] })).toMatchObject({ added: 1 });
  expect(await w.ids()).toEqual(["b"]);
});

test("what cannot cross to the writer's thread is refused and harms nothing", async () => {
  const w = await world();
  await expect(w.apply({ upserts: [note("a")] }, { cursor: () => 1 })).rejects.toThrow();
  expect(await w.apply({ upserts: [note("a")] })).toMatchObject({ added: 1 });
});
