import { afterEach, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import { type Draft, defineConnector, type Page } from "../../src/connectors/kit/index.ts";
import { TestWorkplace } from "../contract/workplace.ts";

/** A service whose feed names only the top of what goes: folders with notes in them, told page by page. */
const feed: Page<number>[] = [];
const shelf = defineConnector({
  id: "shelf",
  title: "Shelf",
  summary: "Folders of notes.",
  reference: "test/sync/branches.test.ts",
  config: z.object({}),
  limits: { concurrency: 1 },
  cursor: z.number(),
  scope: "source",
  feed: "changes",
  connect: () => undefined,
  test: async () => ({ account: "shelf" }),
  async *list() {},
  async *sync(_ctx, from) {
    for (let at = from.cursor ?? 0; at < feed.length; at++) yield { ...(feed[at] as Page<number>), cursor: at + 1 };
  },
  fetch: async (_ctx, id) => ({ item: note(id, undefined) }),
});

function note(id: string, parent: string | undefined): Draft {
  return {
    id,
    kind: "note",
    title: id,
    version: "1",
    text: `Words of ${id}.`,
    ...(parent !== undefined && { parent }),
  };
}

let place: TestWorkplace;
beforeEach(async () => {
  feed.length = 0;
  feed.push({
    cursor: 0,
    upserts: [
      note("mill", undefined),
      note("gates", "mill"),
      note("old", "gates"),
      note("weir", "gates"),
      note("moor", undefined),
    ],
  });
  place = await TestWorkplace.open({ id: "mine", connector: shelf, config: {} });
  await place.sync("mine");
});
afterEach(() => place.close());

const ids = async () => [...(await place.stored("mine")).keys()].sort();

it("a folder that goes takes along what is stored below it, however deep", async () => {
  feed.push({ cursor: 0, branches: [{ id: "mill", end: "deleted" }] });
  expect(await place.sync("mine", { dryRun: true })).toMatchObject({ deleted: 4 });
  expect(await place.sync("mine")).toMatchObject({ deleted: 4, lost: 0 });
  expect(await ids()).toEqual(["moor"]);
});

it("what may not be read any more is hidden with all below it, and comes back", async () => {
  feed.push({ cursor: 0, branches: [{ id: "gates", end: "lost" }] });
  expect(await place.sync("mine")).toMatchObject({ deleted: 0, lost: 3 });
  expect(await ids()).toEqual(["mill", "moor"]);
  feed.push({ cursor: 0, upserts: [note("gates", "mill"), note("weir", "gates")] });
  await place.sync("mine");
  expect(await ids()).toEqual(["gates", "mill", "moor", "weir"]);
});

it("what the same page moved elsewhere stays, with all below it", async () => {
  feed.push({ cursor: 0, branches: [{ id: "mill", end: "deleted" }], upserts: [note("gates", "moor")] });
  expect(await place.sync("mine")).toMatchObject({ deleted: 1 });
  expect(await ids()).toEqual(["gates", "moor", "old", "weir"]);
});

it("what the page before brought below it goes too", async () => {
  feed.push(
    { cursor: 0, upserts: [note("late", "gates")] },
    { cursor: 0, branches: [{ id: "gates", end: "deleted" }] },
  );
  expect(await place.sync("mine")).toMatchObject({ added: 1, deleted: 4 });
  expect(await ids()).toEqual(["mill", "moor"]);
});
