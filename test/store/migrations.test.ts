import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openStore } from "../../src/store/open.ts";
import { connect } from "../../src/store/sqlite/connect.ts";
import { type Connection, loadDriver } from "../../src/store/sqlite/driver.ts";
import { MIGRATIONS, type Migration, migrate, schemaVersion } from "../../src/store/sqlite/migrations.ts";
import { SCHEMA_VERSION } from "../../src/store/sqlite/schema.ts";
import { EVERYTHING, note, worlds } from "../contract/store/world.ts";

const { folder, world } = worlds((where, name) => openStore({ folder: where, tenant: name }));

const NEXT = SCHEMA_VERSION + 1;
const step = (up: (connection: Connection) => void): Migration[] => [...MIGRATIONS, { version: NEXT, up }];
const adding = step((connection) => connection.exec("CREATE TABLE added (x); INSERT INTO added VALUES (1)"));
const rows = (connection: Connection) => Number(connection.raw("SELECT count(*) FROM items").get()?.[0]);

/** A closed store with one item, and a connection to it. */
async function filled() {
  const w = await world();
  await w.apply({ upserts: [note("a", { text: "heron" })] });
  await w.store.close();
  const file = join(w.folder, "default.db");
  return { file, folder: w.folder, connection: connect(loadDriver(), file, "writer") };
}

test("a store is brought to the newest version and copied beside itself first", async () => {
  const { file, connection } = await filled();
  migrate(connection, file, adding);
  expect(schemaVersion(connection)).toBe(NEXT);
  expect(rows(connection)).toBe(1);
  connection.close();
  const copy = connect(loadDriver(), `${file}.before-v${NEXT}.bak`, "reader");
  expect(schemaVersion(copy)).toBe(SCHEMA_VERSION);
  expect(rows(copy)).toBe(1);
  copy.close();
});

test("a step that fails in the middle leaves the store as it was, and the next try succeeds", async () => {
  const { file, connection, folder: where } = await filled();
  const dying = step((each) => {
    each.exec("CREATE TABLE half (x); DELETE FROM items");
    throw new Error("killed");
  });
  expect(() => migrate(connection, file, dying)).toThrow("killed");
  expect(schemaVersion(connection)).toBe(SCHEMA_VERSION);
  expect(rows(connection)).toBe(1);
  const again = await openStore({ folder: where, tenant: "default" });
  expect(await again.item("notes", "a", EVERYTHING)).toMatchObject({ id: "a" });
  expect(await again.verify("full")).toEqual([]);
  await again.close();
  migrate(connection, file, adding);
  expect(schemaVersion(connection)).toBe(NEXT);
  connection.close();
});

test("a step already taken by another process is not taken again", async () => {
  const { file, connection } = await filled();
  const other = connect(loadDriver(), file, "writer");
  migrate(other, file, adding);
  migrate(connection, file, adding);
  expect(connection.raw("SELECT count(*) FROM added").get()).toEqual([1]);
  other.close();
  connection.close();
});

test("a new store is made without a copy", async () => {
  const file = join(folder(), "default.db");
  const connection = connect(loadDriver(), file, "writer");
  migrate(connection, file);
  expect(existsSync(`${file}.before-v${SCHEMA_VERSION}.bak`)).toBe(false);
  expect(schemaVersion(connection)).toBe(SCHEMA_VERSION);
  connection.close();
});

test("a store of a newer headwater is refused with what to do, and left as it is", async () => {
  const { file, connection, folder: where } = await filled();
  migrate(connection, file, adding);
  connection.close();
  await expect(openStore({ folder: where, tenant: "default" })).rejects.toMatchObject({
    kind: "store",
    message: expect.stringContaining("newer headwater"),
    hint: expect.stringContaining("npm install"),
  });
  const untouched = connect(loadDriver(), file, "reader");
  expect(schemaVersion(untouched)).toBe(NEXT);
  untouched.close();
});
