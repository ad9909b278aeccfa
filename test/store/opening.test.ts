import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { openStore } from "../../src/store/open.ts";
import { connect } from "../../src/store/sqlite/connect.ts";
import { loadDriver } from "../../src/store/sqlite/driver.ts";
import { EVERYTHING, note, worlds } from "../contract/store/world.ts";
import { bundledChild, startChild } from "./children.ts";

const { folder, world, tenant } = worlds((where, name) => openStore({ folder: where, tenant: name }));
let child = "";

beforeAll(async () => {
  child = await bundledChild();
});

test("the folder and the file are for their owner alone", async () => {
  const where = join(folder(), "deep", "data");
  await tenant(where);
  expect(statSync(where).mode & 0o777).toBe(0o700);
  expect(statSync(join(where, "default.db")).mode & 0o777).toBe(0o600);
});

test.each(["", "Has Capitals", "../escape", "a/b", "x".repeat(65), "ümlaut", "a.b"])(
  "%j cannot be the name of a tenant",
  async (name) => {
    await expect(openStore({ folder: folder(), tenant: name })).rejects.toMatchObject({ kind: "store" });
  },
);

test("a driver that does not exist is refused with what to set", () => {
  expect(() => loadDriver("sqlite9")).toThrow(/sqlite9/);
  try {
    loadDriver("sqlite9");
  } catch (error) {
    expect(error).toMatchObject({ kind: "store", hint: expect.stringContaining("HEADWATER_SQLITE") });
  }
});

test("a new store takes no more memory for its pages than an old one", () => {
  const connection = connect(loadDriver(), join(folder(), "new.db"), "writer");
  connection.exec("CREATE TABLE pages (bytes BLOB)");
  const before = process.memoryUsage().rss;
  for (let round = 0; round < 30; round++) {
    connection.exec("BEGIN");
    for (let page = 0; page < 400; page++) connection.prepare("INSERT INTO pages VALUES (zeroblob(16000))").run();
    connection.exec("COMMIT");
  }
  const taken = process.memoryUsage().rss - before;
  connection.close();
  expect(taken).toBeLessThan(120e6); // 192 MB were written, 64 MB may stay
});

test("a file that is no store is refused in words", async () => {
  const where = folder();
  writeFileSync(join(where, "default.db"), "This is a shopping list.\n".repeat(200));
  await expect(openStore({ folder: where, tenant: "default" })).rejects.toMatchObject({
    kind: "store",
    message: "The store's file is damaged.",
  });
});

test("a folder that cannot be made is refused in words", async () => {
  const where = folder();
  writeFileSync(join(where, "file"), "");
  await expect(openStore({ folder: join(where, "file", "data"), tenant: "default" })).rejects.toMatchObject({
    kind: "store",
  });
  mkdirSync(join(where, "taken.db"));
  await expect(openStore({ folder: where, tenant: "taken" })).rejects.toMatchObject({ kind: "store" });
});

test("a process that only reads starts no thread", async () => {
  const w = await world();
  await w.apply({ upserts: [note("a", { text: "heron" })] });
  const reader = startChild(child, "read", w.folder);
  expect(await reader.ended).toMatchObject({ code: 0, errors: "" });
  expect(reader.said).toEqual([{ items: 1, threads: 0 }]);
});

test("a store that is open and idle lets its process end", async () => {
  const where = folder();
  const writer = startChild(child, "open", where);
  expect(await writer.ended).toMatchObject({ code: 0, errors: "" });
});

test("processes that open and write a new store at once all succeed", async () => {
  const where = folder();
  const names = ["one", "two", "three", "four"];
  const running = names.map((name) => startChild(child, "open", where, name));
  for (const each of running) expect(await each.ended).toEqual({ code: 0, errors: "" });
  const store = await tenant(where);
  expect((await store.stats()).map(({ source, items }) => `${source} ${items}`).sort()).toEqual(
    names.map((name) => `${name} 5`).sort(),
  );
  expect(await store.verify("full")).toEqual([]);
});

test("a reader sees what another process has committed, at once", async () => {
  const where = folder();
  const reader = await tenant(where);
  await startChild(child, "open", where).ended;
  expect((await reader.items({ limit: 10, viewer: EVERYTHING })).items).toHaveLength(5);
});
