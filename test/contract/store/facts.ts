import { expect, test } from "vitest";
import { NOON, note, type Worlds } from "./world.ts";

const later = (ms: number) => new Date(Date.parse(NOON) + ms).toISOString();
const HOURS = 3_600_000;

/** What is kept of a source beside its items: memory between runs, deliveries, pauses. */
export function testFacts({ world, tenant, hold, reopened }: Worlds): void {
  test("what a source remembers outlives the process, as it was given", async () => {
    const before = await world();
    const value = { etag: 'W/"5f-שלום"', pages: [1, 2.5, null], nested: { "": "🐦", lone: "\ud800" } };
    await before.store.remember("notes", "GET /repos/mill", value);
    await before.store.remember("notes", "odd \ud800 key", true);
    const w = await reopened(before);
    expect(await w.store.recall("notes", "GET /repos/mill")).toEqual(value);
    expect(await w.store.recall("notes", "odd \ud800 key")).toBe(true);
    expect(await w.store.recall("notes", "odd \ud801 key")).toBeUndefined();
    expect(await w.store.recall("mail", "GET /repos/mill")).toBeUndefined();
  });

  test("a newer value takes the place of an older one, and none forgets the key", async () => {
    const w = await world();
    await w.store.remember("notes", "etag", "a");
    await w.store.remember("notes", "etag", "b");
    expect(await w.store.recall("notes", "etag")).toBe("b");
    await w.store.remember("notes", "etag", undefined);
    expect(await w.store.recall("notes", "etag")).toBeUndefined();
  });

  test("a value above 64 KB is not kept, nor is what it should have replaced", async () => {
    const w = await world();
    await w.store.remember("notes", "page", "small");
    await w.store.remember("notes", "page", "ü".repeat(32 * 1024));
    expect(await w.store.recall("notes", "page")).toBeUndefined();
    await w.store.remember("notes", "page", "ü".repeat(32 * 1024 - 1));
    expect(await w.store.recall("notes", "page")).toHaveLength(32 * 1024 - 1);
  });

  test("above 10,000 keys the longest untouched go first, and another source keeps its own", async () => {
    const w = await world();
    await w.store.remember("mail", "kept", 1);
    const keys = Array.from({ length: 10_000 }, (_, index) => `k${index}`);
    await Promise.all(keys.map((key, index) => w.store.remember("notes", key, index)));
    await w.store.remember("notes", "k0", "touched");
    await w.store.remember("notes", "one more", 1);
    expect(await w.store.recall("notes", "k0")).toBe("touched");
    expect(await w.store.recall("notes", "k1")).toBeUndefined();
    expect(await w.store.recall("notes", "k2")).toBe(2);
    expect(await w.store.recall("mail", "kept")).toBe(1);
  });

  test("a delivery is the first once, whichever of two stores on the file hears of it", async () => {
    const w = await world();
    const other = await tenant(w.folder);
    const stores = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? w.store : other));
    const firsts = await Promise.all(stores.map((store) => store.firstDelivery("notes", "72d3162e", NOON)));
    expect(firsts.filter(Boolean)).toHaveLength(1);
    expect(await w.store.firstDelivery("mail", "72d3162e", NOON)).toBe(true);
    expect(await w.store.firstDelivery("notes", "72D3162e", NOON)).toBe(true);
  });

  test("a delivery is known for 72 hours, however long its id is", async () => {
    const w = await world();
    const long = "7".repeat(100_000);
    for (const id of ["72d3162e", long]) {
      expect(await w.store.firstDelivery("notes", id, NOON)).toBe(true);
      expect(await w.store.firstDelivery("notes", id, later(72 * HOURS))).toBe(false);
      expect(await w.store.firstDelivery("notes", id, later(73 * HOURS))).toBe(true);
    }
    expect(await w.store.firstDelivery("notes", `${long}8`, NOON)).toBe(true);
  });

  test("a pause is known until it is ended or replaced, also to another store on the file", async () => {
    const w = await world();
    const other = await tenant(w.folder);
    await w.store.setPause("notes", { until: later(HOURS), reason: "GitHub asked for it." });
    await w.store.setPause("notes", { until: later(2 * HOURS), reason: "GitHub asked again. \ud800" });
    await w.store.setPause("mail", { until: NOON, reason: "Over." });
    expect(await other.pauses()).toEqual([
      { source: "mail", until: NOON, reason: "Over." },
      { source: "notes", until: later(2 * HOURS), reason: "GitHub asked again. \ud800" },
    ]);
    await other.setPause("mail", undefined);
    expect((await w.store.pauses()).map((pause) => pause.source)).toEqual(["notes"]);
  });

  test("reset forgets what a source remembered and heard, not that it was asked to wait", async () => {
    const w = await world();
    await hold(w.store, w.folder, "mail");
    await w.apply({ upserts: [note("a")] });
    for (const source of ["notes", "mail"]) {
      await w.store.remember(source, "etag", source);
      await w.store.firstDelivery(source, "72d3162e", NOON);
      await w.store.setPause(source, { until: later(HOURS), reason: "GitHub asked for it." });
    }
    await w.store.resetSource("notes", w.fence);
    expect(await w.store.recall("notes", "etag")).toBeUndefined();
    expect(await w.store.recall("mail", "etag")).toBe("mail");
    expect(await w.store.firstDelivery("notes", "72d3162e", NOON)).toBe(true);
    expect(await w.store.firstDelivery("mail", "72d3162e", NOON)).toBe(false);
    expect(await w.store.pauses()).toHaveLength(2);
  });
}
