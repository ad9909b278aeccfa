import { expect, test } from "vitest";
import { EVERYTHING, NOON, note, PROBLEM, type World, type Worlds } from "./world.ts";

const ANA = { principals: ["user:ana@river.example"] };
const BEN = { principals: ["user:ben@river.example"] };

/** Everything that reads: names, links, lists, changes, figures, and who may see what. */
export function testReading({ world, tenant, hold, folder }: Worlds): void {
  test("an item is known by its aliases, however they are spelled", async () => {
    const w = await world();
    await w.apply({ upserts: [note("notes/cafe.md", { aliases: ["Café Riviera"] })] });
    for (const name of ["Café Riviera", "Cafe\u0301 Riviera", "café riviera", "CAFÉ RIVIERA"]) {
      expect(await w.get(name)).toMatchObject({ id: "notes/cafe.md" });
    }
    expect(await w.get("Cafe")).toBeUndefined();
  });

  test("an id wins over another item's alias", async () => {
    const w = await world();
    await w.apply({ upserts: [note("a", { aliases: ["b"] }), note("b")] });
    expect(await w.get("b")).toMatchObject({ id: "b" });
  });

  test("an item is found in any source by id, alias or address", async () => {
    const w = await world();
    const mail = await hold(w.store, w.folder, "mail");
    await w.apply({ upserts: [note("a", { url: "https://n.example/a", aliases: ["Weir"] })] });
    await mail.apply({ upserts: [note("a"), note("m", { url: "https://n.example/a" })] });
    const refs = async (text: string) =>
      (await w.store.find(text, EVERYTHING)).map((each) => `${each.source}/${each.id}`);
    expect(await refs("a")).toEqual(["notes/a", "mail/a"]);
    expect(await refs("weir")).toEqual(["notes/a"]);
    expect(await refs("https://n.example/a")).toEqual(["notes/a", "mail/m"]);
    expect(await refs("nothing")).toEqual([]);
  });

  test("links lead both ways, across sources by address, and to what is not stored", async () => {
    const w = await world();
    const mail = await hold(w.store, w.folder, "mail");
    await w.apply({
      upserts: [
        note("a", {
          relations: [
            { rel: "links", id: "the b", text: "see b" },
            { rel: "links", url: "https://mail.example/1" },
            { rel: "embeds", id: "absent.png" },
          ],
        }),
        note("b", { aliases: ["The B"] }),
      ],
    });
    await mail.apply({ upserts: [note("m", { url: "https://mail.example/1" })] });
    expect(await w.store.related("notes", "a", EVERYTHING)).toEqual([
      { rel: "links", direction: "out", item: { source: "notes", id: "b", kind: "note", title: "About b" } },
      {
        rel: "links",
        direction: "out",
        item: { source: "mail", id: "m", kind: "note", title: "About m", url: "https://mail.example/1" },
      },
      { rel: "embeds", direction: "out", target: "absent.png" },
    ]);
    for (const [source, id] of [
      ["notes", "b"],
      ["mail", "m"],
    ] as const) {
      expect(await w.store.related(source, id, EVERYTHING)).toMatchObject([{ direction: "in", item: { id: "a" } }]);
    }
    expect(await w.store.related("notes", "a", EVERYTHING, 1)).toHaveLength(1);
  });

  test("items are listed newest edit first, those without a time last, and pages neither repeat nor skip", async () => {
    const w = await world();
    const mail = await hold(w.store, w.folder, "mail");
    const at = (minute: number) => new Date(Date.parse(NOON) + minute * 60_000).toISOString();
    await w.apply({ upserts: [1, 3, 3, 5].map((minute, index) => note(`n${index}`, { updatedAt: at(minute) })) });
    await mail.apply({ upserts: [note("m1", { updatedAt: at(4) }), note("m2"), note("m3")] });
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await w.store.items({ limit: 2, viewer: EVERYTHING, cursor });
      seen.push(...page.items.map((each) => each.id));
      cursor = page.nextCursor;
      await w.loose({ upserts: [note(`late${seen.length}`, { updatedAt: at(60 + seen.length) })] });
    } while (cursor);
    expect(seen).toEqual(["n3", "m1", "n2", "n1", "n0", "m3", "m2"]);
  });

  test("a cursor that is none is refused with a sentence", async () => {
    const w = await world();
    await expect(w.store.items({ limit: 1, viewer: EVERYTHING, cursor: "zzz" })).rejects.toMatchObject({
      kind: "usage",
    });
  });

  test("lists are narrowed by source, kind, container, author, tag, parent and time", async () => {
    const w = await world();
    const fields = { container: "left", authors: ["user:ana@river.example"], tags: ["water"], parent: "p" };
    await w.apply({
      upserts: [note("a", { ...fields, kind: "mail", updatedAt: NOON }), note("b", { container: "right" })],
    });
    await w.store.setContainers("notes", w.fence, [{ id: "left", name: "Left bank" }]);
    const ids = async (more: object) =>
      (await w.store.items({ limit: 9, viewer: EVERYTHING, ...more })).items.map((each) => each.id);
    for (const filter of [
      { kinds: ["mail", "other"] },
      { containers: ["left"] },
      { containers: ["Left bank"] },
      { authors: fields.authors },
      { tags: ["water"] },
      { parent: "p" },
      { since: NOON },
      { sources: ["notes"], until: "2026-03-01T12:00:00.001Z" },
    ]) {
      expect([filter, await ids(filter)]).toEqual([filter, ["a"]]);
    }
    expect(await ids({ sources: ["mail"] })).toEqual([]);
    expect(await ids({ kinds: ["none"] })).toEqual([]);
    expect(await ids({ until: NOON })).toEqual([]);
  });

  const guarded = async (w: World) => {
    await w.apply({
      upserts: [
        note("open", { text: "herons" }),
        note("anas", { text: "herons", access: { allow: ["user:ana@river.example"], deny: [] } }),
        note("team", { text: "herons", access: { allow: ["group:team"], deny: ["user:ben@river.example"] } }),
        note("box", { text: "herons", container: "private" }),
        note("notice", { text: "herons", container: "private", access: "everyone" }),
      ],
    });
    await w.store.setContainers("notes", w.fence, [
      { id: "private", name: "Private", access: { allow: ["group:staff"], deny: [] } },
    ]);
    await w.store.setMembers("notes", w.fence, "group:team", ["user:ana@river.example", "user:ben@river.example"]);
    await w.store.setMembers("notes", w.fence, "group:staff", ["group:team"]);
  };

  test("access is the item's, else its container's, and groups count through their members", async () => {
    const w = await world();
    await guarded(w);
    expect(await w.ids(ANA)).toEqual(["anas", "box", "notice", "open", "team"]);
    expect(await w.ids(BEN)).toEqual(["box", "notice", "open"]);
    expect(await w.ids({ principals: ["user:zoe@else.example"] })).toEqual(["notice", "open"]);
    expect(await w.ids({ principals: [] })).toEqual(["notice", "open"]);
    expect(await w.ids({ principals: ["group:team"] })).toEqual(["box", "notice", "open", "team"]);
  });

  test("what a viewer may not see is in no answer: item, text, search, find, links, changes", async () => {
    const w = await world();
    await guarded(w);
    await w.apply({ upserts: [note("index", { relations: [{ rel: "links", id: "anas" }] })] });
    expect(await w.get("anas", BEN)).toBeUndefined();
    expect(await w.store.text("notes", "anas", BEN)).toBeUndefined();
    expect(await w.found("herons", BEN)).toEqual(["box", "notice", "open"]);
    expect(await w.store.find("anas", BEN)).toEqual([]);
    expect(await w.store.related("notes", "index", BEN)).toEqual([{ rel: "links", direction: "out", target: "anas" }]);
    expect(await w.lines({ viewer: BEN })).toEqual(["added open", "added box", "added notice", "added index"]);
    await w.apply({ deletes: ["anas", "box"] });
    expect(await w.lines({ viewer: BEN, verbs: ["deleted"] })).toEqual(["deleted box"]);
  });

  test("a person whose address is written in another case is the same person", async () => {
    const w = await world();
    await guarded(w);
    expect(await w.ids({ principals: ["user:Ana@River.example"] })).toContain("anas");
  });

  test("leaving a group, and a container that opens, count from then on", async () => {
    const w = await world();
    await guarded(w);
    await w.store.setMembers("notes", w.fence, "group:team", []);
    expect(await w.ids(ANA)).toEqual(["anas", "notice", "open"]);
    await w.store.setContainers("notes", w.fence, [{ id: "private", name: "Private", access: "everyone" }]);
    expect(await w.ids(BEN)).toEqual(["box", "notice", "open"]);
  });

  test("a group of one source opens nothing in another that has a group of that name", async () => {
    const w = await world();
    const other = await hold(w.store, w.folder, "mail");
    await guarded(w);
    await other.apply({ upserts: [note("m", { access: { allow: ["group:team"], deny: [] } })] });
    expect(await w.ids(ANA)).not.toContain("m");
  });

  test("containers are listed by name, with those that only items name", async () => {
    const w = await world();
    await w.apply({ upserts: [note("a", { container: "unlisted" })] });
    await w.store.setContainers("notes", w.fence, [
      { id: "z", name: "Attic", url: "https://x.example", access: "everyone" },
    ]);
    expect(await w.store.containers("notes")).toEqual([
      { id: "z", name: "Attic", url: "https://x.example", access: "everyone" },
      { id: "unlisted", name: "unlisted" },
    ]);
    await w.store.setContainers("notes", w.fence, []);
    expect((await w.store.containers("notes")).map((each) => each.id)).toEqual(["unlisted"]);
  });

  test("figures follow every kind of write and agree with a recount", async () => {
    const w = await world();
    await w.apply({
      upserts: [
        note("a", { text: "läuft", container: "left" }),
        note("b", { kind: "mail", container: "left" }),
        note("c"),
      ],
      failures: [{ id: "x", problem: PROBLEM }],
    });
    await w.apply({
      upserts: [note("b", { kind: "memo", container: "right", version: "2", text: "12345" })],
      deletes: ["c"],
    });
    expect(await w.stats()).toEqual({
      source: "notes",
      items: 2,
      byKind: { note: 1, memo: 1 },
      byContainer: { left: 1, right: 1 },
      textBytes: 11,
      bodiesDue: 0,
      failures: 1,
      lost: 0,
    });
    expect(await w.store.verify("full")).toEqual([]);
  });

  test("the newest edit is told", async () => {
    const w = await world();
    await w.apply({ upserts: [note("a", { updatedAt: NOON }), note("b")] });
    expect((await w.stats()).newestUpdatedAt).toBe(NOON);
  });

  test("everything comes in the order stored, with text and links, also from the middle", async () => {
    const w = await world();
    const ids = Array.from({ length: 250 }, (_, index) => `n${index}`);
    await w.apply({ upserts: ids.map((id) => note(id, { relations: [{ rel: "links", id: "n0" }] })) });
    const seen: { id: string; row: number }[] = [];
    for await (const each of w.store.everything({})) {
      expect(each.text).toBe(`The words of ${each.item.id}.`);
      expect(each.relations).toEqual([{ rel: "links", id: "n0" }]);
      seen.push({ id: each.item.id, row: each.row });
    }
    expect(seen.map((each) => each.id)).toEqual(ids);
    const rest: string[] = [];
    for await (const each of w.store.everything({ sources: ["notes"], afterRow: seen[247]?.row }))
      rest.push(each.item.id);
    expect(rest).toEqual(["n248", "n249"]);
  });

  test("two tenants in one folder know nothing of each other", async () => {
    const where = folder();
    const [left, right] = [await tenant(where, "left"), await tenant(where, "right")];
    const [l, r] = [await hold(left, where), await hold(right, where)];
    await l.apply({ upserts: [note("a", { text: "herons" })] }, { cursor: "l" });
    expect(await r.ids()).toEqual([]);
    expect(await r.found("herons")).toEqual([]);
    expect(await r.store.find("a", EVERYTHING)).toEqual([]);
    expect(await r.store.progress(r.place)).toEqual({});
    expect(await r.lines()).toEqual([]);
  });
}
