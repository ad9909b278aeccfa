import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { openStore } from "../../src/store/open.ts";
import { connect } from "../../src/store/sqlite/connect.ts";
import { loadDriver } from "../../src/store/sqlite/driver.ts";
import { schemaVersion } from "../../src/store/sqlite/migrations.ts";
import { SCHEMA_VERSION } from "../../src/store/sqlite/schema.ts";
import { batch, EVERYTHING, NOON, note, worlds } from "../contract/store/world.ts";

const { folder, tenant } = worlds((where, name) => openStore({ folder: where, tenant: name }));

/** A store as a headwater of that version left it. */
function left(version: number): string {
  const where = folder();
  const packed = readFileSync(new URL(`../fixtures/store/version-${version}.db.gz`, import.meta.url));
  writeFileSync(join(where, "default.db"), gunzipSync(packed));
  return where;
}

const RELEASED = [1];

test("every version before this one is tried", () => {
  expect(RELEASED).toEqual(Array.from({ length: SCHEMA_VERSION - 1 }, (_, index) => index + 1));
});

describe.each(RELEASED)("a store of version %i", (version) => {
  test("keeps what it held, and what is new works in it", async () => {
    const store = await tenant(left(version));
    expect(await store.verify("full")).toEqual([]);
    expect(await store.item("notes", "reiher", EVERYTHING)).toMatchObject({
      id: "heron",
      title: "The heron at the weir 🐦",
      container: "left-bank",
      authors: ["user:ida@mill.example"],
    });
    expect(await store.text("notes", "sluice", EVERYTHING)).toBe("The sluice gate sticks in frost.");
    expect((await store.search({ query: "sluice", limit: 9, viewer: EVERYTHING })).hits).toHaveLength(2);
    expect(await store.item("notes", "heron", { principals: ["user:tom@mill.example"] })).toBeUndefined();
    expect(await store.item("notes", "letter", EVERYTHING)).toBeUndefined();
    expect(await store.progress({ source: "notes" })).toMatchObject({ cursor: { revision: 42 } });
    expect(await store.runs({ limit: 9 })).toMatchObject([{ runId: "run_1", state: "succeeded", added: 5 }]);
    expect(await store.failures({ limit: 9 })).toMatchObject([{ id: "torn.pdf", kind: "bad_response" }]);
    expect(await store.bodiesDue("notes", 9)).toMatchObject([{ id: "plan" }]);

    await store.remember("notes", "etag", "a");
    expect(await store.recall("notes", "etag")).toBe("a");
    expect(await store.firstDelivery("notes", "72d3162e", NOON)).toBe(true);
    expect(await store.pauses()).toEqual([]);
    const lease = await store.lease("notes", 60_000);
    const news = batch({ upserts: [note("heron", { version: "2" }), note("new")] });
    const counts = await store.apply({ source: "notes" }, lease?.fence ?? 0, news, { cursor: 43, options: {} }, NOON);
    expect(counts).toMatchObject({ added: 1, updated: 1 });
    expect(await store.verify("full")).toEqual([]);
  });

  test("is copied beside itself before it is touched", async () => {
    const where = left(version);
    const file = join(where, "default.db");
    await tenant(where);
    const copy = `${file}.before-v${SCHEMA_VERSION}.bak`;
    expect(existsSync(copy)).toBe(true);
    const connection = connect(loadDriver(), copy, "reader");
    expect(schemaVersion(connection)).toBe(version);
    expect(connection.raw("SELECT count(*) FROM items").get()).toEqual([4]);
    connection.close();
  });
});
