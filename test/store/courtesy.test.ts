import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { openStore } from "../../src/store/open.ts";
import { CALLS } from "../../src/store/sqlite/calls.ts";
import { connect } from "../../src/store/sqlite/connect.ts";
import { answered, noAnswering } from "../../src/store/sqlite/courtesy.ts";
import { loadDriver } from "../../src/store/sqlite/driver.ts";
import { sqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { writerThread } from "../../src/store/sqlite/thread.ts";
import { newWriter } from "../../src/store/sqlite/writing.ts";
import { batch, NOON, note, worlds } from "../contract/store/world.ts";

const { folder } = worlds((where, name) => openStore({ folder: where, tenant: name }));
const identity = { process: "p", host: "h", pid: process.pid };
const driver = loadDriver();
const place = { source: "harbour" };

/** Wakes who waits on the first number, and notes it in the second. */
const WAKER = `
  const { answering, woken } = require("node:worker_threads").workerData;
  while (Atomics.load(woken, 0) === 0) {
    if (Atomics.notify(answering, 0) > 0) Atomics.store(woken, 0, 1);
    Atomics.wait(woken, 0, 0, 1);
  }`;

test("the writer stands aside in the middle of a page while a question is answered, and stores all of it", async () => {
  const { writer, answering, store } = writing();
  const woken = noAnswering();
  Atomics.store(answering, 0, 1);
  const waker = new Worker(WAKER, { eval: true, workerData: { answering, woken } });
  await once(waker, "online");
  for (let tries = 0; tries < 100 && Atomics.load(woken, 0) === 0; tries++) store(tries);
  expect(Atomics.load(woken, 0)).toBe(1);
  await waker.terminate();
  writer.connection.close();
});

test("questions without end do not stop a page", () => {
  const { writer, answering, store } = writing();
  Atomics.store(answering, 0, 1);
  expect(store(0)).toMatchObject({ added: 30 });
  writer.connection.close();
});

/** A writer on this thread, and a way to store one more page. */
function writing() {
  const file = join(folder(), "default.db");
  const answering = noAnswering();
  const writer = newWriter(connect(driver, file, "writer"), file, identity, answering);
  CALLS.migrate(writer);
  const fence = CALLS.takeLease(writer, place.source, 600_000) as number;
  const store = (number: number) => {
    const upserts = Array.from({ length: 30 }, (_, at) => note(`${number}/${at}.md`, { text: `Tide ${at} 🌊 عالٍ` }));
    return CALLS.apply(writer, place, fence, batch({ upserts }), NOON, { cursor: number, options: {} });
  };
  return { writer, answering, store };
}

test("a search says that it is being answered as long as it reads, and no longer, even when it fails", async () => {
  const where = folder();
  const file = join(where, "default.db");
  await (await openStore({ folder: where, tenant: "default" })).close();
  const answering = noAnswering();
  const reader = connect(driver, file, "reader");
  const heard: number[] = [];
  let broken = false;
  const connection = {
    ...reader,
    raw: (sql: string) => {
      heard.push(Atomics.load(answering, 0));
      if (broken) throw new Error("disk I/O error");
      return reader.raw(sql);
    },
  };
  const writer = writerThread({ file, driver: driver.name, identity, answering }, () => {});
  const none = { verify: async () => [], backup: async () => {}, close: async () => {} };
  const store = sqliteStore({ file, driver, connection, identity, answering, writer, ...none });
  await store.search({ query: "tide", limit: 5, viewer: "everything" });
  expect(new Set(heard)).toEqual(new Set([1]));
  expect(Atomics.load(answering, 0)).toBe(0);
  broken = true;
  await expect(store.search({ query: "tide", limit: 5, viewer: "everything" })).rejects.toThrow();
  expect(Atomics.load(answering, 0)).toBe(0);
  reader.close();
});

test("two questions at once are counted, so that the end of one does not free the writer", () => {
  const answering = noAnswering();
  answered(answering, () => {
    answered(answering, () => expect(Atomics.load(answering, 0)).toBe(2));
    expect(Atomics.load(answering, 0)).toBe(1);
  });
  expect(Atomics.load(answering, 0)).toBe(0);
});
