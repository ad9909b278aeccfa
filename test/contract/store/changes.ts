import { expect, test } from "vitest";
import { EVERYTHING, note, type Worlds } from "./world.ts";

/** The change log. */
export function testChanges({ world, reopened }: Worlds): void {
  test("lines are numbered, in order, and go on after the process ended", async () => {
    const w = await world();
    await w.apply({ upserts: [note("a"), note("b")] });
    const again = await reopened(w);
    await again.apply({ upserts: [note("a", { version: "2", title: "Edited" })] });
    const { changes, lastSeq } = await again.store.changes({ limit: 10, viewer: EVERYTHING });
    expect(changes.map(({ seq, verb }) => [seq, verb])).toEqual([
      [1, "added"],
      [2, "added"],
      [3, "updated"],
    ]);
    expect(lastSeq).toBe(3);
    expect(await again.lines({ afterSeq: 2 })).toEqual(["updated a"]);
  });

  test("a line of something deleted still says what it was", async () => {
    const w = await world();
    const gone = {
      title: "The old weir",
      kind: "memo",
      url: "https://x.example/w",
      container: "left",
      authors: ["user:ana"],
    };
    await w.apply({ upserts: [note("a", { ...gone, updatedAt: "2026-01-01T00:00:00.000Z" })] });
    await w.apply({ deletes: ["a"] });
    const { changes } = await w.store.changes({ limit: 10, viewer: EVERYTHING });
    expect(changes.map((each) => each.verb)).toEqual(["added", "deleted"]);
    for (const each of changes) expect(each).toMatchObject({ ...gone, id: "a", updatedAt: "2026-01-01T00:00:00.000Z" });
  });

  test("an id that changes inside one page is a move", async () => {
    const w = await world();
    await w.apply({ upserts: [note("old", { handle: "inode:5", text: "weir" })] });
    const news = { upserts: [note("new", { handle: "inode:5", text: "weir" })], deletes: ["old"] };
    expect(await w.loose(news)).toMatchObject({ added: 0, updated: 1, deleted: 0 });
    expect(await w.get("old")).toMatchObject({ id: "new" });
    expect(await w.lines({ folded: true })).toEqual(["moved new"]);
    expect(await w.found("weir")).toEqual(["new"]);
  });

  test("numbers go on after a reset", async () => {
    const w = await world();
    await w.apply({ upserts: [note("a"), note("b")] });
    await w.store.resetSource("notes", w.fence);
    expect(await w.store.changes({ limit: 9, viewer: EVERYTHING })).toEqual({ changes: [], lastSeq: 2 });
    await w.apply({ upserts: [note("a")] });
    expect(await w.lines({ afterSeq: 2 })).toEqual(["added a"]);
  });

  test("folded, each item has one line, its newest", async () => {
    const w = await world();
    await w.apply({ upserts: [note("a"), note("b")] });
    await w.apply({ upserts: [note("a", { version: "2", title: "x" })] });
    await w.apply({ upserts: [note("a", { version: "3", title: "y" })] });
    expect(await w.lines({ folded: true })).toEqual(["added b", "updated a"]);
  });

  test("folded, what came and went inside the window is left out, what was there before is not", async () => {
    const w = await world();
    await w.apply({ upserts: [note("before")] });
    await w.apply({ upserts: [note("brief")] });
    await w.apply({ deletes: ["brief", "before"] });
    expect(await w.lines({ folded: true, afterSeq: 1 })).toEqual(["deleted before"]);
    expect(await w.lines({ folded: true })).toEqual([]);
  });

  test("folded, what went and came again is told once, as it is now", async () => {
    const w = await world();
    await w.apply({ upserts: [note("a")] });
    await w.apply({ deletes: ["a"] });
    await w.apply({ upserts: [note("a")] });
    expect(await w.lines({ folded: true, afterSeq: 1 })).toEqual(["added a"]);
    await w.apply({ deletes: ["a"] });
    expect(await w.lines({ folded: true, afterSeq: 1 })).toEqual(["deleted a"]);
  });

  test("the log is narrowed by verb, source, kind, author, tag and time, and read from either end", async () => {
    const w = await world();
    await w.apply(
      { upserts: [note("a", { kind: "memo", authors: ["user:ana"], tags: ["t"] })] },
      { at: "2026-03-01T10:00:00.000Z" },
    );
    await w.apply({ upserts: [note("b")] }, { at: "2026-03-01T11:00:00.000Z" });
    await w.apply({ deletes: ["a"] }, { at: "2026-03-01T12:00:00.000Z" });
    expect(await w.lines({ kinds: ["memo"] })).toEqual(["added a", "deleted a"]);
    expect(await w.lines({ authors: ["user:ana"], verbs: ["deleted"] })).toEqual(["deleted a"]);
    expect(await w.lines({ tags: ["t"] })).toHaveLength(2);
    expect(await w.lines({ sources: ["mail"] })).toEqual([]);
    expect(await w.lines({ recordedSince: "2026-03-01T11:00:00.000Z" })).toEqual(["added b", "deleted a"]);
    expect(await w.lines({ newestFirst: true, limit: 2 })).toEqual(["deleted a", "added b"]);
    expect(await w.lines({ since: "2026-03-01T00:00:00.000Z" })).toEqual([]);
  });

  test("a long log is read to its end when few of its lines match", async () => {
    const w = await world();
    await w.apply({ upserts: Array.from({ length: 1200 }, (_, index) => note(`n${index}`)) });
    await w.apply({ upserts: [note("rare", { kind: "memo" })] });
    expect(await w.lines({ kinds: ["memo"], limit: 5 })).toEqual(["added rare"]);
  });
}
