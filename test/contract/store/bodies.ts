import { expect, test } from "vitest";
import { batch, EVERYTHING, NOON, note, PROBLEM, type Worlds } from "./world.ts";

const PDF = { mime: "application/pdf", bytes: 2048 };

/** Bodies that come later, failures, and access that was withdrawn. */
export function testBodies({ world }: Worlds): void {
  test("a body to come is named until it is there, and its arrival is no second change", async () => {
    const w = await world();
    await w.apply({ upserts: [note("plan", { body: PDF, text: null, container: "files" })] });
    expect(await w.store.bodiesDue("notes", 10)).toEqual([
      { id: "plan", version: "1", mime: "application/pdf", bytes: 2048, container: "files" },
    ]);
    expect((await w.get("plan"))?.textLength).toBeUndefined();
    const arrival = await w.loose({ upserts: [note("plan", { body: PDF, text: "weir", container: "files" })] });
    expect(arrival).toMatchObject({ added: 0, updated: 0, unchanged: 0 });
    expect(await w.store.bodiesDue("notes", 10)).toEqual([]);
    expect(await w.lines()).toEqual(["added plan"]);
    expect(await w.found("weir")).toEqual(["plan"]);
  });

  test("the old words stay to be found until the new body comes", async () => {
    const w = await world();
    await w.apply({ upserts: [note("plan", { body: PDF, text: "weir" })] });
    await w.apply({ upserts: [note("plan", { version: "2", body: PDF, text: null })] });
    expect(await w.found("weir")).toEqual(["plan"]);
    expect(await w.store.bodiesDue("notes", 10)).toMatchObject([{ id: "plan", version: "2" }]);
    expect(await w.loose({ upserts: [note("plan", { version: "2", body: PDF, text: "sluice" })] })).toMatchObject({
      updated: 1,
    });
    expect(await w.found("weir")).toEqual([]);
    expect(await w.found("sluice")).toEqual(["plan"]);
    expect(await w.lines()).toEqual(["added plan", "updated plan"]);
  });

  test("a new version whose body turns out the same was no change", async () => {
    const w = await world();
    await w.apply({ upserts: [note("plan", { body: PDF, text: "weir" })] });
    const listed = await w.apply({ upserts: [note("plan", { version: "2", body: PDF, text: null })] });
    expect(listed).toMatchObject({ updated: 0 });
    const arrived = await w.loose({ upserts: [note("plan", { version: "2", body: PDF, text: "weir" })] });
    expect(arrived).toMatchObject({ updated: 0, unchanged: 1 });
    expect(await w.lines()).toEqual(["added plan"]);
  });

  test("a body with a version of its own stays where only the item changed, and is awaited again when it changed", async () => {
    const w = await world();
    const body = { ...PDF, version: "r1" };
    await w.apply({ upserts: [note("plan", { body, text: "weir" })] });
    expect(
      await w.apply({ upserts: [note("plan", { version: "2", title: "Renamed", body, text: null })] }),
    ).toMatchObject({
      updated: 1,
    });
    expect(await w.store.bodiesDue("notes", 10)).toEqual([]);
    expect(await w.text("plan")).toBe("weir");
    await w.apply({
      upserts: [note("plan", { version: "3", title: "Renamed", body: { ...PDF, version: "r2" }, text: null })],
    });
    expect(await w.store.bodiesDue("notes", 10)).toMatchObject([{ id: "plan", version: "3" }]);
  });

  test("an item that has no body any more has no text any more", async () => {
    const w = await world();
    await w.apply({ upserts: [note("plan", { text: "weir" })] });
    expect(await w.apply({ upserts: [note("plan", { version: "2", text: null })] })).toMatchObject({ updated: 1 });
    expect(await w.text("plan")).toBeUndefined();
    expect(await w.found("weir")).toEqual([]);
  });

  test("bodies to come are paged by id", async () => {
    const w = await world();
    await w.apply({ upserts: ["c", "a", "b"].map((id) => note(id, { body: PDF, text: null })) });
    expect((await w.store.bodiesDue("notes", 2)).map(({ id }) => id)).toEqual(["a", "b"]);
    expect((await w.store.bodiesDue("notes", 2, "b")).map(({ id }) => id)).toEqual(["c"]);
  });

  test("a failure is kept with its attempts, and forgotten when the item arrives well", async () => {
    const w = await world();
    const failed = { failures: [{ id: "a", problem: PROBLEM }] };
    await w.apply(failed, { at: "2026-03-01T10:00:00.000Z" });
    await w.apply(failed, { at: "2026-03-01T11:00:00.000Z" });
    expect(await w.store.failures({ limit: 10 })).toEqual([
      {
        source: "notes",
        id: "a",
        ...PROBLEM,
        attempts: 2,
        firstAt: "2026-03-01T10:00:00.000Z",
        lastAt: "2026-03-01T11:00:00.000Z",
      },
    ]);
    expect(await w.store.failuresDue("notes", 10, 2)).toEqual([]);
    expect(await w.store.failuresDue("notes", 10, 3)).toHaveLength(1);
    await w.apply({ upserts: [note("a")] });
    expect(await w.store.failures({ limit: 10 })).toEqual([]);
    expect((await w.stats()).failures).toBe(0);
  });

  test("failures are paged by id, and none is missed where two sources have one of the same id", async () => {
    const w = await world();
    const failures = ["x", "\uD800half", "b"].map((id) => ({ id, problem: PROBLEM }));
    const parts = batch({ failures });
    const mail = await w.store.lease("mail", 60_000);
    await w.store.applyLoose({ source: "mail" }, mail?.fence ?? 0, parts, NOON);
    await w.loose({ failures });
    const met: string[] = [];
    for (let after: { id: string; source: string } | undefined; ; ) {
      const [one] = await w.store.failures({ limit: 1, ...(after !== undefined && { after }) });
      if (one === undefined) break;
      met.push(`${one.source} ${one.id}`);
      after = one;
    }
    expect(met.slice(0, 4)).toEqual(["mail b", "notes b", "mail x", "notes x"]);
    expect(met.slice(4)).toEqual(["mail \uD800half", "notes \uD800half"]);
  });

  test("a body that failed waits among the failures, not among the bodies to come", async () => {
    const w = await world();
    await w.apply({ upserts: [note("plan", { body: PDF, text: null })] });
    await w.loose({ failures: [{ id: "plan", problem: PROBLEM }] });
    expect(await w.store.bodiesDue("notes", 10)).toEqual([]);
    await w.apply({ upserts: [note("plan", { body: PDF, text: null })] });
    expect(await w.store.failuresDue("notes", 10, 3)).toHaveLength(1);
    await w.apply({ upserts: [note("plan", { version: "2", body: PDF, text: null })] });
    expect(await w.store.bodiesDue("notes", 10)).toMatchObject([{ id: "plan", version: "2" }]);
  });

  test("a failure ends with the item it was about", async () => {
    const w = await world();
    await w.apply({ upserts: [note("a")], failures: [{ id: "a", problem: PROBLEM }] });
    await w.apply({ deletes: ["a"] });
    expect(await w.store.failures({ limit: 10 })).toEqual([]);
  });

  test("a withdrawn item is hidden at once from everything that reads", async () => {
    const w = await world();
    await w.apply({
      upserts: [
        note("a", { text: "herons", aliases: ["bird"] }),
        note("b", { relations: [{ rel: "links", id: "a" }] }),
      ],
    });
    await w.apply({ lost: ["a"] });
    expect(await w.get("a")).toBeUndefined();
    expect(await w.text("a")).toBeUndefined();
    expect(await w.found("herons")).toEqual([]);
    expect(await w.ids()).toEqual(["b"]);
    expect(await w.store.find("bird", EVERYTHING)).toEqual([]);
    expect(await w.store.related("notes", "b", EVERYTHING)).toEqual([{ rel: "links", direction: "out", target: "a" }]);
    expect(await w.stats()).toMatchObject({ items: 1, lost: 1 });
    expect(await w.lines()).toEqual(["added a", "added b", "lost a"]);
  });

  test("a withdrawn item that comes back is shown again with what was kept", async () => {
    const w = await world();
    await w.apply({ upserts: [note("a", { text: "herons", body: PDF })] });
    await w.apply({ lost: ["a"] });
    expect(await w.apply({ lost: ["a"] })).toMatchObject({ lost: 0 });
    expect(await w.store.compare("notes", [{ id: "a", version: "1" }])).toMatchObject([{ state: "changed" }]);
    expect(await w.apply({ upserts: [note("a", { text: null, body: PDF })] })).toMatchObject({ updated: 1 });
    expect(await w.found("herons")).toEqual(["a"]);
    expect(await w.stats()).toMatchObject({ items: 1, lost: 0 });
  });

  test("what stays withdrawn is removed after its grace and not before", async () => {
    const w = await world();
    await w.apply({ upserts: [note("a"), note("b")] });
    await w.apply({ lost: ["a"] }, { at: "2026-03-01T12:00:00.000Z" });
    expect(await w.store.purgeLost("notes", w.fence, "2026-03-01T11:00:00.000Z", "2026-03-08T12:00:00.000Z")).toBe(0);
    expect(await w.store.purgeLost("notes", w.fence, "2026-03-02T00:00:00.000Z", "2026-03-08T12:00:00.000Z")).toBe(1);
    expect(await w.stats()).toMatchObject({ items: 1, lost: 0 });
    expect(await w.lines()).toContain("deleted a");
  });
}
