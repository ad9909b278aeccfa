import { expect, test } from "vitest";
import type { Place } from "../../../src/store/store.ts";
import { EVERYTHING, GUARD, NOON, note, PROBLEM, type Worlds } from "./world.ts";

const many = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `n${index + from}`);

/** Full passes: what they remove, hold, recognise and survive. */
export function testPasses({ world, reopened }: Worlds): void {
  test("a complete pass removes what it did not meet", async () => {
    const w = await world();
    await w.apply({ upserts: [note("a"), note("b")] });
    await w.begin();
    await w.apply({ seenRows: await w.rows("a") });
    expect(await w.end()).toEqual({ deleted: 1, moved: 0 });
    expect(await w.ids()).toEqual(["a"]);
    expect(await w.lines({ verbs: ["deleted"] })).toEqual(["deleted b"]);
  });

  test("a pass from the start drops the cursor, one from the cursor keeps it", async () => {
    const w = await world();
    await w.apply({}, { cursor: 7 });
    expect(await w.begin("cursor")).toMatchObject({ cursor: 7, pass: { number: 1 } });
    const started = await w.begin("start");
    expect(started.cursor).toBeUndefined();
    expect(started.pass?.number).toBe(2);
    expect((await w.store.progress(w.place)).cursor).toBeUndefined();
  });

  test("a pass goes on after the process ended, with all it had met", async () => {
    const w = await world();
    await w.apply({ upserts: [note("a"), note("b"), note("c")] });
    await w.begin();
    await w.apply({ seenRows: await w.rows("a") }, { cursor: "half" });
    const again = await reopened(w);
    expect(await again.store.progress(again.place)).toMatchObject({ cursor: "half", pass: { number: 1 } });
    await again.apply({ seenRows: await again.rows("b") });
    expect(await again.end({ consent: true })).toMatchObject({ deleted: 1 });
    expect(await again.ids()).toEqual(["a", "b"]);
  });

  test("ids alone prove presence", async () => {
    const w = await world();
    await w.apply({ upserts: [note("a"), note("b")] });
    await w.begin();
    await w.store.sighted(w.place, w.fence, ["b", "unknown"]);
    await w.end();
    expect(await w.ids()).toEqual(["b"]);
  });

  test("what moved to another container while a large removal goes on is kept", async () => {
    const w = await world();
    const [yard, attic] = ["yard", "attic"].map((container) => ({ ...w.place, container })) as [Place, Place];
    const notes = many(2_500).map((id) => note(id, { container: "yard" }));
    await w.apply({ upserts: notes }, { place: yard });
    await w.store.beginPass(yard, w.fence, NOON, "start");
    const [ending] = await Promise.all([
      w.store.endPass(yard, w.fence, NOON, { ...GUARD, consent: true }),
      w.apply({ upserts: [note("n2499", { container: "attic" })] }, { place: attic }),
    ]);
    expect(ending).toMatchObject({ deleted: 2_499 });
    expect(await w.ids()).toEqual(["n2499"]);
  });

  test("what failed counts as met", async () => {
    const w = await world();
    await w.apply({ upserts: [note("a"), note("b")] });
    await w.begin();
    await w.apply({ seenRows: await w.rows("b"), failures: [{ id: "a", problem: PROBLEM }] });
    expect(await w.end()).toMatchObject({ deleted: 0 });
  });

  test("what arrives by itself while a pass runs counts as met", async () => {
    const w = await world();
    await w.apply({ upserts: [note("a"), note("b")] });
    await w.begin();
    await w.apply({ seenRows: await w.rows("a") });
    await w.loose({ upserts: [note("b"), note("c")] });
    expect(await w.end()).toMatchObject({ deleted: 0 });
    expect(await w.ids()).toEqual(["a", "b", "c"]);
  });

  test("a pass over one container leaves the others alone", async () => {
    const w = await world();
    await w.apply({
      upserts: [note("a", { container: "left" }), note("b", { container: "left" }), note("c", { container: "right" })],
    });
    const left = { source: "notes", container: "left" };
    await w.begin("start", left);
    await w.apply({ seenRows: await w.rows("a") }, { place: left });
    expect(await w.end({}, left)).toMatchObject({ deleted: 1 });
    expect(await w.ids()).toEqual(["a", "c"]);
  });

  test("a dropped pass removes nothing and is forgotten", async () => {
    const w = await world();
    await w.apply({ upserts: [note("a")] });
    await w.begin();
    await w.store.dropPass(w.place, w.fence);
    expect((await w.store.progress(w.place)).pass).toBeUndefined();
    await expect(w.end()).rejects.toThrow(/pass/);
    expect(await w.ids()).toEqual(["a"]);
  });

  test("withdrawn items are left to their grace by a pass", async () => {
    const w = await world();
    await w.apply({ upserts: [note("a"), note("b")] });
    await w.apply({ lost: ["a"] });
    await w.begin();
    await w.apply({ seenRows: await w.rows("b") });
    expect(await w.end()).toEqual({ deleted: 0, moved: 0 });
    expect(await w.stats()).toMatchObject({ items: 1, lost: 1 });
  });

  test("a loss too large to be true is held and removes nothing", async () => {
    const w = await world();
    await w.apply({ upserts: many(40).map((id) => note(id)) });
    await w.begin();
    await w.apply({ seenRows: await w.rows(...many(30)) });
    expect(await w.end()).toEqual({ deleted: 0, moved: 0, held: { missing: 10, total: 40 } });
    expect(await w.ids()).toHaveLength(40);
    expect((await w.store.progress(w.place)).pass).toBeUndefined();
  });

  test("a second pass does not carry out a held loss without consent, consent does", async () => {
    const w = await world();
    await w.apply({ upserts: many(40).map((id) => note(id)) });
    for (const consent of [false, false, true]) {
      await w.begin();
      await w.apply({ seenRows: await w.rows(...many(30)) });
      const end = await w.end({ consent });
      expect(end.deleted).toBe(consent ? 10 : 0);
    }
    expect(await w.ids()).toHaveLength(30);
  });

  test("few missing items are removed however large their share", async () => {
    const w = await world();
    await w.apply({ upserts: many(9).map((id) => note(id)) });
    await w.begin();
    await w.apply({ seenRows: await w.rows("n0") });
    expect(await w.end()).toEqual({ deleted: 8, moved: 0 });
  });

  test("a pass that met nothing at all is held whatever the number", async () => {
    const w = await world();
    await w.apply({ upserts: [note("only")] });
    await w.begin();
    expect(await w.end()).toMatchObject({ deleted: 0, held: { missing: 1, total: 1 } });
    await w.begin();
    expect(await w.end({ consent: true })).toMatchObject({ deleted: 1 });
  });

  test("a loss above the second threshold needs a second pass that misses the same", async () => {
    const w = await world();
    const guard = { share: 0.9, secondPassAbove: 5 };
    await w.apply({ upserts: many(20).map((id) => note(id)) });
    const pass = async (...met: string[]) => {
      await w.begin();
      await w.apply({ seenRows: await w.rows(...met) });
      return w.end(guard);
    };
    expect(await pass(...many(12))).toMatchObject({ deleted: 0, held: { missing: 8, total: 20 } });
    expect((await w.store.progress(w.place)).lastFullPassAt).toBeUndefined();
    expect(await pass(...many(12, 1))).toMatchObject({ deleted: 0, held: { missing: 8 } });
    expect(await pass(...many(12, 1))).toMatchObject({ deleted: 8 });
    expect((await w.store.progress(w.place)).lastFullPassAt).toBeDefined();
  });

  test("an item that changes its id keeps its history, its names and the links to it", async () => {
    const w = await world();
    await w.apply({
      upserts: [
        note("drafts/plan.md", { handle: "inode:1", aliases: ["Plan"], text: "weir" }),
        note("index.md", { relations: [{ rel: "links", id: "drafts/plan.md" }] }),
      ],
    });
    await w.begin();
    const later = "2026-04-01T00:00:00.000Z";
    await w.apply(
      {
        upserts: [note("final/plan.md", { handle: "inode:1", text: "weir, revised" })],
        seenRows: await w.rows("index.md"),
      },
      { at: later },
    );
    expect(await w.end()).toEqual({ deleted: 0, moved: 1 });
    expect(await w.get("final/plan.md")).toMatchObject({ firstSeenAt: "2026-03-01T12:00:00.000Z" });
    for (const name of ["drafts/plan.md", "Plan"]) expect(await w.get(name)).toMatchObject({ id: "final/plan.md" });
    expect(await w.store.related("notes", "index.md", EVERYTHING)).toMatchObject([{ item: { id: "final/plan.md" } }]);
    expect(await w.store.related("notes", "final/plan.md", EVERYTHING)).toMatchObject([
      { direction: "in", item: { id: "index.md" } },
    ]);
    const { changes } = await w.store.changes({ limit: 10, viewer: EVERYTHING, verbs: ["moved", "deleted"] });
    expect(changes).toMatchObject([{ verb: "moved", id: "final/plan.md", from: "drafts/plan.md" }]);
    expect(await w.found("weir")).toEqual(["final/plan.md"]);
    expect(await w.store.verify("full")).toEqual([]);
  });

  test("the old id outlives a later edit under the new one", async () => {
    const w = await world();
    await w.apply({ upserts: [note("old", { handle: "h" }), note("other")] });
    await w.begin();
    await w.apply({ upserts: [note("new", { handle: "h" })], seenRows: await w.rows("other") });
    await w.end();
    await w.apply({ upserts: [note("new", { handle: "h", version: "2", text: "edited", aliases: ["N"] })] });
    expect(await w.get("old")).toMatchObject({ id: "new", aliases: ["N", "old"] });
  });

  test("a file replaced and renamed is known by its words, when no other has them", async () => {
    const w = await world();
    await w.apply({
      upserts: [
        note("a", { handle: "i1", text: "unlike any other" }),
        note("b", { handle: "i2", text: "a common form" }),
        note("c", { handle: "i3", text: "a common form" }),
        note("stays"),
      ],
    });
    await w.begin();
    await w.apply({
      upserts: [
        note("a2", { handle: "i4", text: "unlike any other" }),
        note("b2", { handle: "i5", text: "a common form" }),
      ],
      seenRows: await w.rows("stays"),
    });
    expect(await w.end()).toEqual({ deleted: 2, moved: 1 });
    expect(await w.get("a")).toMatchObject({ id: "a2" });
    expect(await w.get("b")).toBeUndefined();
  });

  test("moves do not count towards a loss", async () => {
    const w = await world();
    await w.apply({ upserts: many(20).map((id) => note(id, { handle: `i-${id}` })) });
    await w.begin();
    await w.apply({ upserts: many(20).map((id) => note(`moved/${id}`, { handle: `i-${id}` })) });
    expect(await w.end()).toEqual({ deleted: 0, moved: 20 });
    expect(await w.stats()).toMatchObject({ items: 20 });
  });

  test("a loss of some thousand items is carried out whole", async () => {
    const w = await world();
    await w.apply({ upserts: many(2500).map((id) => note(id)) });
    await w.begin();
    await w.apply({ seenRows: await w.rows("n0") });
    expect(await w.end({ consent: true })).toEqual({ deleted: 2499, moved: 0 });
    expect(await w.ids()).toEqual(["n0"]);
    expect(await w.store.verify("full")).toEqual([]);
  });

  test("an unchanged second pass leaves every item untouched", async () => {
    const w = await world();
    await w.apply({ upserts: many(50).map((id) => note(id)) });
    await w.begin();
    expect(await w.apply({ seenRows: await w.rows(...many(50)) }, { at: "2026-05-01T00:00:00.000Z" })).toMatchObject({
      unchanged: 50,
    });
    await w.end();
    expect(await w.lines({ afterSeq: 50 })).toEqual([]);
    expect(await w.get("n7")).toMatchObject({ changedAt: "2026-03-01T12:00:00.000Z" });
  });
}
