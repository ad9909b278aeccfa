import { expect, test } from "vitest";
import { batch, EVERYTHING, item, NOON, note, PROBLEM, type Worlds } from "./world.ts";

const ELEVEN = "2026-03-01T11:00:00.000Z";

/** What one page does to the store. */
export function testPages({ world, reopened }: Worlds): void {
  test("an item comes back as it was given, times in UTC", async () => {
    const w = await world();
    const given = item("letters/élan.md", {
      title: "Élan — lettre à 🌊",
      url: "https://notes.example/élan",
      container: "letters",
      parent: "letters",
      createdAt: "2026-02-28T23:30:00+01:00",
      updatedAt: "2026-03-01T01:00:00-05:00",
      authors: ["user:ana@river.example"],
      tags: ["water", "urgent"],
      fields: { pages: 3, nested: { open: true, none: null } },
      relations: [
        { rel: "links", id: "other", text: "the other" },
        { rel: "links", url: "https://x.example" },
      ],
      aliases: ["Élan", "E."],
      handle: "inode:7",
      body: { mime: "text/markdown", bytes: 12 },
      access: { allow: ["user:ana@river.example"], deny: [] },
    });
    await w.apply({ upserts: [{ item: given, text: "Bonjour 🌊" }] });
    expect(await w.get("letters/élan.md")).toEqual({
      ...given,
      createdAt: "2026-02-28T22:30:00.000Z",
      updatedAt: "2026-03-01T06:00:00.000Z",
      source: "notes",
      firstSeenAt: NOON,
      changedAt: NOON,
      textLength: 10,
    });
  });

  test("a batch that was made ready stores what it would have stored, one after the other", async () => {
    const w = await world();
    const texts = [
      "plain",
      "Élan, 🌊 und שלום",
      "half \ud83c a wave",
      "nul \0 inside",
      "",
      null,
      "long ".repeat(200_000),
      "ﬁn",
    ];
    const stored: (string | undefined)[] = [];
    for (const [round, text] of texts.entries()) {
      const twice = [
        note("twice", { text: `first of ${round}` }),
        note("twice", { version: `${round}`, text: `last of ${round}` }),
      ];
      const parts = batch({ upserts: [note(`a${round}`, { text }), ...twice, note(`b${round}`)] });
      const ready = w.store.ready?.(parts) ?? parts;
      const counts = await w.apply(ready);
      expect(counts).toMatchObject(round === 0 ? { added: 3, updated: 0 } : { added: 2, updated: 1 });
      stored.push(await w.text(`a${round}`));
      expect(await w.text(`b${round}`)).toBe(`The words of b${round}.`);
      expect(await w.text("twice")).toBe(`last of ${round}`);
      if (w.store.ready !== undefined) await expect(w.apply(ready)).rejects.toThrow("twice");
    }
    expect(stored).toEqual(texts.map((text) => text ?? undefined));
    expect(await w.store.verify("full")).toEqual([]);
  });

  test("items known already are found among new ones, wherever they stand in a page", async () => {
    const w = await world();
    await w.apply({ upserts: [note("b"), note("d")] });
    const upserts = ["a", "b", "c", "d", "e", "f"].map((id) => note(id, { version: "2", text: `New words of ${id}.` }));
    expect(await w.apply({ upserts })).toMatchObject({ added: 4, updated: 2 });
    expect(await w.ids()).toEqual(["a", "b", "c", "d", "e", "f"]);
    expect(await w.found("new words")).toHaveLength(6);
    expect(await w.store.verify("full")).toEqual([]);
  });

  test("a page and its cursor survive the end of the process together", async () => {
    const w = await world();
    await w.apply({ upserts: [note("a")] }, { cursor: { after: "a" } });
    const again = await reopened(w);
    expect(await again.store.progress(again.place)).toEqual({ cursor: { after: "a" }, options: { include: "a1" } });
    expect(await again.ids()).toEqual(["a"]);
  });

  test("a page that fails in the middle leaves neither items nor cursor", async () => {
    const w = await world();
    await w.apply({ upserts: [note("a")] }, { cursor: "first" });
    const broken = { id: "c", problem: { ...PROBLEM, message: undefined as unknown as string } };
    await expect(w.apply({ upserts: [note("b")], failures: [broken] }, { cursor: "second" })).rejects.toThrow();
    expect(await w.ids()).toEqual(["a"]);
    expect(await w.store.progress(w.place)).toMatchObject({ cursor: "first" });
    expect(await w.apply({ upserts: [note("b")] })).toMatchObject({ added: 1 });
    expect(await w.store.verify("full")).toEqual([]);
  });

  test("counts say what was added, updated, unchanged, deleted, lost and failed", async () => {
    const w = await world();
    await w.apply({ upserts: [note("same"), note("edited"), note("going"), note("withdrawn")] });
    const counts = await w.apply({
      upserts: [note("same"), note("edited", { version: "2", text: "new words" }), note("fresh")],
      deletes: ["going", "never-there"],
      lost: ["withdrawn", "never-there"],
      failures: [{ id: "broken", problem: PROBLEM }],
    });
    expect(counts).toEqual({ added: 1, updated: 1, unchanged: 1, deleted: 1, lost: 1, failed: 1 });
  });

  test("seen rows count as unchanged", async () => {
    const w = await world();
    await w.apply({ upserts: [note("a"), note("b")] });
    expect(await w.apply({ seenRows: await w.rows("a", "b") })).toMatchObject({ unchanged: 2, updated: 0 });
  });

  test("the same page twice changes nothing the second time", async () => {
    const w = await world();
    const page = { upserts: [note("a", { aliases: ["A"], relations: [{ rel: "links", id: "b" }] }), note("b")] };
    await w.apply(page);
    expect(await w.apply(page)).toMatchObject({ added: 0, updated: 0, unchanged: 2 });
    expect(await w.lines()).toEqual(["added a", "added b"]);
  });

  test("of an id twice in a page the last one stands and is counted once", async () => {
    const w = await world();
    const counts = await w.apply({ upserts: [note("a", { title: "First" }), note("a", { title: "Last" })] });
    expect(counts).toMatchObject({ added: 1, updated: 0 });
    expect(await w.get("a")).toMatchObject({ title: "Last" });
  });

  test("deletes are applied after upserts", async () => {
    const w = await world();
    expect(await w.apply({ upserts: [note("a")], deletes: ["a"] })).toMatchObject({ added: 1, deleted: 1 });
    expect(await w.ids()).toEqual([]);
  });

  test("an upsert older than what is stored is ignored", async () => {
    const w = await world();
    await w.apply({ upserts: [note("a", { version: "2", updatedAt: NOON, title: "Newer" })] });
    const late = note("a", { version: "1", updatedAt: ELEVEN, title: "Older" });
    expect(await w.loose({ upserts: [late] })).toMatchObject({ updated: 0, unchanged: 1 });
    expect(await w.get("a")).toMatchObject({ title: "Newer", version: "2" });
  });

  test("a listing is believed even when it tells an older time, as of a file put back", async () => {
    const w = await world();
    await w.apply({ upserts: [note("a", { version: "2", updatedAt: NOON, text: "new" })] });
    const restored = note("a", { version: "1", updatedAt: ELEVEN, text: "old" });
    expect(await w.apply({ upserts: [restored] })).toMatchObject({ updated: 1 });
    expect(await w.text("a")).toBe("old");
  });

  test("a new version with the same words is no change, and is the version from now on", async () => {
    const w = await world();
    await w.apply({ upserts: [note("a", { updatedAt: ELEVEN })] });
    const touched = note("a", { version: "2", updatedAt: NOON });
    expect(await w.apply({ upserts: [touched] })).toMatchObject({ updated: 0, unchanged: 1 });
    expect(await w.get("a")).toMatchObject({ version: "2", updatedAt: NOON });
    expect(await w.lines()).toEqual(["added a"]);
  });

  test("a changed title, tag, link or alias is a change even with the same words", async () => {
    const w = await world();
    await w.apply({ upserts: [note("a")] });
    const steps = [
      { title: "Renamed" },
      { title: "Renamed", tags: ["new"] },
      { title: "Renamed", tags: ["new"], relations: [{ rel: "links", id: "b" }] },
      { title: "Renamed", tags: ["new"], relations: [{ rel: "links", id: "b" }], aliases: ["Al"] },
    ];
    for (const [index, step] of steps.entries()) {
      expect(await w.apply({ upserts: [note("a", { ...step, version: `${index + 2}` })] })).toMatchObject({
        updated: 1,
      });
    }
    expect(await w.found("Renamed")).toEqual(["a"]);
  });

  test("changed words replace the old ones in search", async () => {
    const w = await world();
    await w.apply({ upserts: [note("a", { text: "herons nest early" })] });
    await w.apply({ upserts: [note("a", { version: "2", text: "otters nest late" })] });
    expect(await w.found("herons")).toEqual([]);
    expect(await w.found("otters")).toEqual(["a"]);
  });

  test("what a page deletes is gone from search, lists and text", async () => {
    const w = await world();
    await w.apply({ upserts: [note("a", { text: "herons" })] });
    await w.apply({ deletes: ["a"] });
    expect(await w.found("herons")).toEqual([]);
    expect(await w.get("a")).toBeUndefined();
    expect(await w.text("a")).toBeUndefined();
  });

  test("a container deletes only what is its own", async () => {
    const w = await world();
    await w.apply({ upserts: [note("a", { container: "left" }), note("b", { container: "right" })] });
    const left = { place: { source: "notes", container: "left" } };
    expect(await w.apply({ deletes: ["a", "b"] }, left)).toMatchObject({ deleted: 1 });
    expect(await w.ids()).toEqual(["b"]);
  });

  test("an item without a container belongs to the container whose feed brought it", async () => {
    const w = await world();
    await w.apply({ upserts: [note("a")] }, { place: { source: "notes", container: "inbox" } });
    expect(await w.get("a")).toMatchObject({ container: "inbox" });
  });

  test("feeds of one source keep their own cursors", async () => {
    const w = await world();
    await w.apply({}, { place: { source: "notes", container: "left" }, cursor: "l" });
    await w.apply({}, { place: { source: "notes", container: "right" }, cursor: "r" });
    expect(await w.store.progress({ source: "notes", container: "left" })).toMatchObject({ cursor: "l" });
    expect(await w.store.places("notes")).toEqual([
      { source: "notes", container: "left" },
      { source: "notes", container: "right" },
    ]);
    expect(await w.store.progress({ source: "notes", container: "middle" })).toEqual({});
  });

  test("news without a cursor leaves the cursor where it was", async () => {
    const w = await world();
    await w.apply({}, { cursor: 5 });
    await w.loose({ upserts: [note("a")] });
    expect(await w.store.progress(w.place)).toMatchObject({ cursor: 5 });
  });

  test("compare tells new, changed and same, in the order asked", async () => {
    const w = await world();
    await w.apply({ upserts: [note("a"), note("b")] });
    const asked = ["b", "x", "a"].map((id) => ({ id, version: id === "b" ? "2" : "1" }));
    const answer = await w.store.compare("notes", asked);
    expect(answer.map((each) => each.state)).toEqual(["changed", "new", "same"]);
    expect(await w.store.compare("nowhere", asked)).toHaveLength(3);
  });

  test("text is given in slices of UTF-16 units", async () => {
    const w = await world();
    await w.apply({ upserts: [note("a", { text: "Wasser 🌊 läuft" })] });
    expect(await w.store.text("notes", "a", EVERYTHING, { offset: 10, length: 5 })).toBe("läuft");
  });
}
