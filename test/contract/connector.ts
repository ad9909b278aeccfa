import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Connector, Page } from "../../src/connectors/kit/index.ts";
import type { Entry, SyncReport } from "../../src/model/index.ts";
import { TestWorkplace } from "./workplace.ts";

/** A service with real state that a connector is tried against. The state is changed behind the connector's back. */
export interface Twin {
  /** Options of a source that reads this twin. */
  config(): Record<string, unknown>;
  /** Fills the service with at least 25 items, some with odd names, over several pages. */
  seed(): Promise<void>;
  /** What a complete sync must hold: id to words that the stored text must contain. */
  expected(): Promise<Map<string, string>>;
  /** Each answers the id that the connector will know the item by. */
  add(text: string): Promise<string>;
  edit(id: string, text: string): Promise<string>;
  remove(id: string): Promise<void>;
  /** Gives an item another id, where the service lets people do so. */
  rename?(id: string): Promise<string>;
  close(): Promise<void>;
}

/** Every connector passes the same suite; what a test file adds is only what is special. */
export function testConnector(connector: Connector, openTwin: () => Promise<Twin>): void {
  describe(`${connector.id} keeps the contract`, () => {
    let twin: Twin;
    let place: TestWorkplace;
    const source = "mine";

    beforeEach(async () => {
      twin = await openTwin();
      await twin.seed();
      place = await TestWorkplace.open({ id: source, connector, config: twin.config() });
    });

    afterEach(async () => {
      await place.close();
      await twin.close();
    });

    async function expectEqual(of = place, id = source): Promise<void> {
      const [stored, expected] = [await of.stored(id), await twin.expected()];
      expect([...stored.keys()].sort()).toEqual([...expected.keys()].sort());
      for (const [item, words] of expected) expect(stored.get(item)?.text ?? "").toContain(words);
    }

    it("describes itself and every option", () => {
      for (const words of [connector.title, connector.summary, connector.reference]) expect(words).not.toBe("");
      const silent = Object.entries(connector.config.shape).filter(([, schema]) => !described(schema));
      expect(silent.map(([name]) => name)).toEqual([]);
      expect(connector.limits.concurrency).toBeGreaterThan(0);
    });

    it("tells who it is when tested", async () => {
      const answer = await place.engine.test(source);
      expect(answer).toMatchObject({ ok: true });
      expect(answer.account).toBeTruthy();
    });

    it("lists its places and what they hold", async () => {
      const top = await place.engine.list(source);
      expect(top.entries.length).toBeGreaterThan(0);
      const ids = await leaves(place, source, top.entries);
      for (const id of (await twin.expected()).keys()) expect(ids).toContain(id);
    });

    it("holds exactly what the service holds after the first sync", async () => {
      const report = await place.sync(source);
      expect(report.state).toBe("succeeded");
      expect(report.added).toBe((await twin.expected()).size);
      await expectEqual();
    });

    it("says unchanged and writes nothing the second time", async () => {
      const first = await place.sync(source);
      const before = await place.store.changes({ limit: 1, newestFirst: true, viewer: "everything" });
      const again = await place.sync(source);
      const after = await place.store.changes({ limit: 1, newestFirst: true, viewer: "everything" });
      expect(again).toMatchObject({ state: "succeeded", added: 0, updated: 0, deleted: 0, lost: 0, failed: 0 });
      if (connector.feed === "listing") expect(again.unchanged).toBe(first.added);
      expect(after.lastSeq).toBe(before.lastSeq);
    });

    it("sees what was added, edited and removed", async () => {
      await place.sync(source);
      const [first, second] = [...(await twin.expected()).keys()] as [string, string];
      const { lastSeq } = await place.store.changes({ limit: 1, newestFirst: true, viewer: "everything" });
      const added = await twin.add("A kingfisher was seen below the weir.");
      const edited = await twin.edit(first, "The sluice gate was mended on Tuesday.");
      await twin.remove(second);
      place.clock.move(25 * 3_600_000);
      const report = await place.sync(source);
      expect(report).toMatchObject({ added: 1, updated: 1, deleted: 1, failed: 0 });
      await expectEqual();
      const { changes } = await place.store.changes({
        afterSeq: lastSeq,
        folded: true,
        limit: 10,
        viewer: "everything",
      });
      // Where what is edited gets another id, as a draft of a mail, it has moved there.
      const verbs = changes.map(({ verb, id }) => `${verb === "moved" ? "updated" : verb} ${id}`);
      expect(verbs.sort()).toEqual([`added ${added}`, `updated ${edited}`, `deleted ${second}`].sort());
    });

    it("keeps an item that only changed its name", async (test) => {
      if (twin.rename === undefined) return test.skip("ids never change in this service");
      await place.sync(source);
      const [first] = [...(await twin.expected()).keys()] as [string];
      const renamed = await twin.rename(first);
      const report = await place.sync(source);
      expect(report).toMatchObject({ added: 0, deleted: 0, updated: 1 });
      const moved = await place.store.item(source, first, "everything");
      expect(moved?.id).toBe(renamed);
      await expectEqual();
    });

    it("loses nothing when it is stopped after any page", async () => {
      const pages = await countPages(connector, place);
      expect(pages).toBeGreaterThan(0);
      for (let stop = 1; stop <= Math.min(pages, 12); stop++) {
        const stopping = stoppingAfter(connector, stop);
        const cut = await TestWorkplace.open({ id: source, connector: stopping.connector, config: twin.config() });
        try {
          const broken = await cut.sync(source, { signal: stopping.signal });
          expect(["cancelled", "succeeded"]).toContain(broken.state);
          stopping.resume();
          await cut.reopen();
          const whole = await cut.sync(source);
          expect(whole.state).toBe("succeeded");
          const { added, updated, unchanged } = whole;
          const most = (await twin.expected()).size;
          if (connector.feed === "listing") expect(added + updated + unchanged).toBeLessThanOrEqual(most);
          await expectEqual(cut);
        } finally {
          await cut.close();
        }
      }
    }, 120_000);

    it("goes on from the cursor of any page without skipping an item", async () => {
      const open = await place.sources.open(source);
      const ctx = open.context(new AbortController().signal);
      for (const container of await containersOf(connector, place)) {
        const from = container === undefined ? {} : { container };
        const whole: { ids: string[]; cursor: unknown }[] = [];
        for await (const page of connector.sync(ctx, from)) {
          whole.push({ ids: idsOf(page), cursor: JSON.parse(JSON.stringify(page.cursor)) });
        }
        const all = whole.flatMap((page) => page.ids).sort();
        for (let stop = 0; stop < whole.length - 1; stop++) {
          const met = whole.slice(0, stop + 1).flatMap((page) => page.ids);
          const cursor = connector.cursor.parse(whole[stop]?.cursor);
          for await (const page of connector.sync(ctx, { ...from, cursor })) met.push(...idsOf(page));
          expect([...new Set(met)].sort(), `resumed after page ${stop + 1}`).toEqual(all);
        }
      }
    });

    it("does not delete what an interrupted walk did not reach", async () => {
      await place.sync(source);
      const stopping = stoppingAfter(connector, 1);
      place.sources.configure(source, twin.config());
      const cut = await TestWorkplace.open({ id: source, connector: stopping.connector, config: twin.config() });
      try {
        stopping.resume();
        await cut.sync(source);
        const stopAgain = stopping.arm();
        await cut.sync(source, { full: true, signal: stopAgain });
        expect((await cut.stored(source)).size).toBe((await twin.expected()).size);
      } finally {
        await cut.close();
      }
    });

    it("predicts in a dry run what a sync then does, and writes nothing", async () => {
      const predicted = await place.sync(source, { dryRun: true });
      expect((await place.stored(source)).size).toBe(0);
      const real = await place.sync(source);
      expect(predicted.added).toBe(real.added);
      expect(await place.store.runs({ source, limit: 10 })).toHaveLength(1);
    });

    it("stops near the limit it was given and goes on from there", async () => {
      const report = await place.sync(source, { limit: 1 });
      const all = (await twin.expected()).size;
      expect(report.added).toBeGreaterThan(0);
      expect(report.added).toBeLessThanOrEqual(all);
      await place.sync(source);
      await expectEqual();
    });

    it("fetches each item with the text that a sync stores", async () => {
      const expected = [...(await twin.expected())].slice(0, 8);
      for (const [id, words] of expected) {
        const { item, text } = await place.engine.fetch(`${source}/${id}`, { live: true });
        expect(item.id).toBe(id);
        expect(text).toContain(words);
      }
    });

    it("says so when an item does not exist", async () => {
      await expect(place.engine.fetch(`${source}/there is no such thing`, { live: true })).rejects.toMatchObject({
        kind: "not_found",
      });
    });

    it("does not mix two sources of one kind", async () => {
      const other = await openTwin();
      const two = await TestWorkplace.open(
        { id: "first", connector, config: twin.config() },
        { id: "second", connector, config: other.config() },
      );
      try {
        await other.add("Only the second ledger knows about the heron.");
        await Promise.all([two.sync("first"), two.sync("second")]);
        expect((await two.stored("second")).size).toBe((await other.expected()).size);
        await expectEqual(two, "first");
      } finally {
        await two.close();
        await other.close();
      }
    });

    it("stops asking the service when told to stop", async () => {
      const stop = new AbortController();
      stop.abort();
      const report: SyncReport = await place.sync(source, { signal: stop.signal });
      expect(report.state).toBe("cancelled");
      expect(report.added).toBe(0);
    });
  });
}

function described(schema: unknown): boolean {
  const meta = (schema as { meta(): { description?: string } | undefined }).meta();
  const inner = (schema as { def?: { innerType?: unknown } }).def?.innerType;
  return Boolean(meta?.description) || (inner !== undefined && described(inner));
}

async function leaves(place: TestWorkplace, source: string, entries: Entry[]): Promise<string[]> {
  const ids: string[] = [];
  for (const entry of entries) {
    ids.push(entry.id);
    if (entry.holds === "nothing") continue;
    const inside = await place.engine.list(source, { parent: entry.id, limit: 10_000 });
    ids.push(...(await leaves(place, source, inside.entries)));
  }
  return ids;
}

async function countPages(connector: Connector, place: TestWorkplace): Promise<number> {
  const open = await place.sources.open("mine");
  let pages = 0;
  for (const container of await containersOf(connector, place)) {
    const from = container === undefined ? {} : { container };
    for await (const _ of connector.sync(open.context(new AbortController().signal), from)) pages += 1;
  }
  return pages;
}

/** What the engine would follow: the source itself, or each of its containers. */
async function containersOf(connector: Connector, place: TestWorkplace): Promise<(string | undefined)[]> {
  if (connector.scope === "source") return [undefined];
  return (await place.engine.list("mine", { limit: 10_000 })).entries.map((entry) => entry.id);
}

function idsOf(page: Page<unknown>): string[] {
  return (page.upserts ?? []).map((draft) => draft.id);
}

/** The same connector, pulling the plug right after the given number of pages. */
function stoppingAfter(connector: Connector, pages: number) {
  let left = pages;
  let stop = new AbortController();
  const { signal } = stop;
  return {
    signal,
    resume: () => {
      left = Number.MAX_SAFE_INTEGER;
    },
    arm: () => {
      stop = new AbortController();
      left = pages;
      return stop.signal;
    },
    connector: {
      ...connector,
      async *sync(...args: Parameters<Connector["sync"]>): AsyncGenerator<Page<unknown>> {
        for await (const page of connector.sync(...args)) {
          yield page;
          left -= 1;
          if (left === 0) stop.abort();
        }
      },
    } satisfies Connector,
  };
}
