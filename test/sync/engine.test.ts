import { afterEach, describe, expect, it } from "vitest";
import { ConnectorError } from "../../src/model/index.ts";
import { TestWorkplace } from "../contract/workplace.ts";
import { Ledger, type LedgerShape, ledgerConnector } from "../twins/ledger.ts";

const SOURCE = "mill";
let place: TestWorkplace;
let ledger: Ledger;

async function open(shape: LedgerShape, options: Record<string, unknown> = {}): Promise<void> {
  ledger = new Ledger();
  place = await TestWorkplace.open({
    id: SOURCE,
    connector: ledgerConnector(shape),
    config: { ledger: ledger.name, ...options },
  });
}

async function ids(): Promise<string[]> {
  return [...(await place.stored(SOURCE)).keys()].sort();
}

function lastSeq(): Promise<number> {
  return place.store.changes({ limit: 1, newestFirst: true, viewer: "everything" }).then((found) => found.lastSeq);
}

afterEach(() => place.close());

describe("a service in trouble", () => {
  it("is asked again after the pause it named, and the sync ends complete", async () => {
    await open({ feed: "changes" });
    ledger.seed(35);
    ledger.failAfter(2, new ConnectorError("rate_limited", "Slow down.", { retryAfterMs: 17_000 }));
    const report = await place.sync(SOURCE);
    expect(report).toMatchObject({ state: "succeeded", added: 35 });
    expect(place.clock.naps).toContain(17_000);
    expect(ledger.pagesServed).toBeLessThanOrEqual(5);
  });

  it("is left alone when it asks for more than five minutes", async () => {
    await open({ feed: "changes" });
    ledger.seed(35);
    ledger.failAfter(1, new ConnectorError("rate_limited", "Come back tomorrow.", { retryAfterMs: 3_600_000 }));
    const report = await place.sync(SOURCE);
    expect(report.state).toBe("partial");
    expect(place.clock.naps).toEqual([]);
    expect(await ids()).toHaveLength(10);
    place.clock.move(3_600_000);
    expect((await place.sync(SOURCE)).state).toBe("succeeded");
    expect(await ids()).toHaveLength(35);
  });

  it("is given up after five tries without progress, and nothing is deleted", async () => {
    await open({ feed: "listing" });
    ledger.seed(35);
    await place.sync(SOURCE);
    ledger.remove("accounts-0001");
    ledger.failAfter(2, new ConnectorError("unavailable", "The ledger is down."), 1000);
    const report = await place.sync(SOURCE);
    expect(report).toMatchObject({ state: "partial", deleted: 0 });
    expect(report.failures[0]?.message).toBe("The ledger is down.");
    expect(await ids()).toHaveLength(35);
  });

  it("stops at once on a refused credential, for the whole source", async () => {
    await open({ feed: "listing", scope: "container" });
    for (const folder of ["a", "b", "c", "d"]) ledger.seed(3, folder);
    ledger.failAfter(
      0,
      new ConnectorError("auth", "The ledger refused the key.", { hint: "headwater login mill" }),
      1000,
    );
    const report = await place.sync(SOURCE);
    expect(report.state).toBe("failed");
    expect(report.failures.filter((failure) => failure.kind === "auth")).not.toEqual([]);
    expect(report.failures[0]?.hint).toBe("headwater login mill");
    expect(place.clock.naps).toEqual([]);
  });

  it("goes on with the other containers when one is forbidden", async () => {
    await open({ feed: "listing", scope: "container" });
    ledger.seed(12, "open");
    ledger.seed(12, "closed");
    await place.sync(SOURCE);
    ledger.unlisted.set("closed", new ConnectorError("permission", "The folder closed may not be read."));
    ledger.put("open-0003", "Changed words about the tail race.", "open");
    const report = await place.sync(SOURCE);
    expect(report).toMatchObject({ state: "partial", updated: 1, deleted: 0 });
    expect(report.failures).toMatchObject([{ container: "closed", kind: "permission" }]);
    expect(await ids()).toHaveLength(24);
  });

  it("that forgot the position is walked anew once, which also finds lost deletes", async () => {
    await open({ feed: "changes" });
    ledger.seed(35);
    await place.sync(SOURCE);
    ledger.remove("accounts-0007");
    ledger.gone.length = 0;
    ledger.put("accounts-0008", "New words.");
    ledger.forgotten = ledger.revision;
    const report = await place.sync(SOURCE);
    expect(report).toMatchObject({ state: "succeeded", mode: "full", deleted: 1, updated: 1, unchanged: 33 });
  });

  it("that forgets every position does not loop us", async () => {
    await open({ feed: "changes" });
    ledger.seed(5);
    await place.sync(SOURCE);
    ledger.failAfter(0, new ConnectorError("cursor_expired", "Forgotten."), 1000);
    const report = await place.sync(SOURCE);
    expect(report.state).toBe("partial");
    expect(await ids()).toHaveLength(5);
  });

  it("is asked for its places again when they could not be listed at first", async () => {
    await open({ feed: "listing", scope: "container" });
    for (const folder of ["a", "b"]) ledger.seed(3, folder);
    let lists = 0;
    place.sources.replaceConnector(SOURCE, (inner) => ({
      async *list(...args: Parameters<typeof inner.list>) {
        lists += 1;
        for await (const entry of inner.list(...args)) {
          yield entry;
          if (lists < 4) throw new ConnectorError("bad_response", "A web page where data was asked for.");
        }
      },
    }));
    expect(await place.sync(SOURCE)).toMatchObject({ state: "succeeded", added: 6, failures: [] });
    expect(place.clock.naps).toHaveLength(3);
  });

  it("may give the same page in each try, as long as it goes on in between", async () => {
    await open({ feed: "changes" });
    const DOWN = new ConnectorError("unavailable", "The ledger is down.");
    let tries = 0;
    place.sources.replaceConnector(SOURCE, () => ({
      async *sync() {
        tries += 1;
        yield { upserts: [{ id: "the same", kind: "entry", title: "t", version: "1" }], cursor: { offset: 1 } };
        if (tries < 5) throw DOWN;
      },
    }));
    expect(await place.sync(SOURCE)).toMatchObject({ state: "succeeded", failures: [] });
  });

  it("whose listing does not move on is stopped within three pages", async () => {
    await open({ feed: "changes" });
    ledger.seed(5);
    let pages = 0;
    place.sources.replaceConnector(SOURCE, () => ({
      async *sync() {
        for (;;) {
          pages += 1;
          yield { upserts: [{ id: "the same", kind: "entry", title: "t", version: "1" }], cursor: { offset: 1 } };
        }
      },
    }));
    const report = await place.sync(SOURCE);
    expect(report.failures[0]?.message).toContain("does not move on");
    expect(pages).toBeLessThanOrEqual(8);
  });
});

describe("deletions", () => {
  it("of more than a fifth are held until somebody agrees", async () => {
    await open({ feed: "listing" });
    ledger.seed(100);
    await place.sync(SOURCE);
    for (let at = 0; at < 30; at++) ledger.remove(`accounts-${String(at).padStart(4, "0")}`);
    const held = await place.sync(SOURCE);
    expect(held).toMatchObject({ state: "partial", deleted: 0, held: [{ missing: 30, total: 100 }] });
    expect(held.notes.join(" ")).toContain("headwater sync mill --accept-deletions");
    expect(await ids()).toHaveLength(100);
    expect(await place.sync(SOURCE, { acceptDeletions: true })).toMatchObject({ state: "succeeded", deleted: 30 });
    expect(await ids()).toHaveLength(70);
  });

  it("of everything are held even in a small source", async () => {
    await open({ feed: "listing" });
    ledger.seed(4);
    await place.sync(SOURCE);
    for (const id of await ids()) ledger.remove(id);
    expect(await place.sync(SOURCE)).toMatchObject({ state: "partial", deleted: 0, held: [{ missing: 4, total: 4 }] });
    expect(await ids()).toHaveLength(4);
  });

  it("need a complete walk: one that says it is incomplete deletes nothing and says why", async () => {
    await open({ feed: "listing" });
    ledger.seed(25);
    await place.sync(SOURCE);
    ledger.remove("accounts-0002");
    place.sources.replaceConnector(SOURCE, (inner) => ({
      async *sync(...args: Parameters<typeof inner.sync>) {
        const why = "The folder ledgers/old may not be read.";
        for await (const page of inner.sync(...args)) yield { ...page, incomplete: { why } };
      },
    }));
    const report = await place.sync(SOURCE);
    expect(report).toMatchObject({ state: "partial", deleted: 0 });
    expect(report.notes.join(" ")).toContain("The folder ledgers/old may not be read.");
    expect(await ids()).toHaveLength(25);
  });

  it("spare what was added while the walk went on", async () => {
    await open({ feed: "listing" });
    ledger.seed(35);
    await place.sync(SOURCE);
    ledger.beforePage = (served) => {
      if (served === 6) ledger.put("aaa early", "Arrived behind the walk.");
    };
    await place.sync(SOURCE);
    ledger.beforePage = () => {};
    const report = await place.sync(SOURCE);
    expect(report.deleted).toBe(0);
    expect(await ids()).toHaveLength(36);
  });

  it("that the feed does not tell are found by the cheap walk over ids once a day", async () => {
    await open({ feed: "edits", ids: true });
    ledger.seed(35);
    await place.sync(SOURCE);
    ledger.remove("accounts-0004");
    expect(await place.sync(SOURCE)).toMatchObject({ deleted: 0, mode: "incremental" });
    place.clock.move(25 * 3_600_000);
    expect(await place.sync(SOURCE)).toMatchObject({ deleted: 1, mode: "full" });
  });

  it("of a whole container hide its items at once and remove them after seven days", async () => {
    await open({ feed: "listing", scope: "container" });
    ledger.seed(5, "kept");
    ledger.seed(5, "closed down");
    await place.sync(SOURCE);
    ledger.folders.delete("closed down");
    expect(await place.sync(SOURCE)).toMatchObject({ lost: 5, deleted: 0 });
    expect(await ids()).toHaveLength(5);
    ledger.folders.add("closed down");
    await place.sync(SOURCE, { full: true });
    expect(await ids()).toHaveLength(10);
    ledger.folders.delete("closed down");
    await place.sync(SOURCE);
    place.clock.move(8 * 24 * 3_600_000);
    expect(await place.sync(SOURCE)).toMatchObject({ deleted: 5 });
  });
});

describe("one bad item", () => {
  it("is kept as a failure, retried three times, and never stops a run", async () => {
    await open({ feed: "changes", lazy: true, mime: "application/pdf" });
    ledger.seed(25);
    let asked = 0;
    let mended = false;
    place.sources.replaceConnector(SOURCE, (inner) => ({
      fetch: async (ctx, id) => {
        if (id !== "accounts-0003" || mended) return inner.fetch(ctx, id);
        asked += 1;
        throw new ConnectorError("bad_response", "The document is damaged.");
      },
    }));
    const first = await place.sync(SOURCE);
    expect(first).toMatchObject({ state: "partial", added: 25, failed: 1 });
    expect(first.failures).toMatchObject([{ id: "accounts-0003", message: "The document is damaged." }]);
    await place.sync(SOURCE);
    await place.sync(SOURCE);
    const settled = await place.sync(SOURCE);
    expect(asked).toBe(3);
    expect(settled).toMatchObject({ state: "succeeded", failed: 0 });
    expect(await place.store.failures({ limit: 10 })).toHaveLength(1);
    mended = true;
    await place.engine.retryFailures(SOURCE);
    expect(await place.store.failures({ limit: 10 })).toEqual([]);
    expect(await place.store.text(SOURCE, "accounts-0003", "everything")).toContain("invoice 1003");
  });

  it("with an unusable shape is named and the rest is stored", async () => {
    await open({ feed: "listing" });
    ledger.seed(12);
    place.sources.replaceConnector(SOURCE, (inner) => ({
      async *sync(...args: Parameters<typeof inner.sync>) {
        for await (const page of inner.sync(...args)) {
          const upserts = page.upserts?.map((draft) =>
            draft.id === "accounts-0005" ? { ...draft, title: 5 as never } : draft,
          );
          yield { ...page, ...(upserts && { upserts }) };
        }
      },
    }));
    const report = await place.sync(SOURCE);
    expect(report).toMatchObject({ added: 11, failed: 1 });
    expect(report.failures[0]?.message).toBe('An item of mill arrived with an unusable "title".');
    const again = await place.sync(SOURCE);
    expect(again).toMatchObject({ state: "succeeded", deleted: 0 });
  });
});

describe("changed options", () => {
  it("that only narrow remove items without asking the service", async () => {
    await open({ feed: "changes" });
    ledger.seed(25);
    await place.sync(SOURCE);
    place.sources.configure(SOURCE, { ledger: ledger.name, without: ["-", "accounts-0003", "accounts-0004"] });
    const report = await place.sync(SOURCE);
    expect(report.deleted).toBe(2);
    expect(await ids()).toHaveLength(23);
  });

  it("that widen walk everything again", async () => {
    await open({ feed: "changes" }, { without: ["-", "accounts-0003"] });
    ledger.seed(25);
    expect((await place.sync(SOURCE)).added).toBe(24);
    place.sources.configure(SOURCE, { ledger: ledger.name, without: ["-"] });
    expect(await place.sync(SOURCE)).toMatchObject({ mode: "full", added: 1, unchanged: 24 });
  });

  it("that are cosmetic change nothing", async () => {
    await open({ feed: "changes" });
    ledger.seed(25);
    await place.sync(SOURCE);
    const served = ledger.pagesServed;
    place.sources.configure(SOURCE, { ledger: ledger.name, nickname: "The mill" });
    expect(await place.sync(SOURCE)).toMatchObject({ mode: "incremental", added: 0, updated: 0 });
    expect(ledger.pagesServed - served).toBe(1);
  });

  it("of the engine, such as tags, reach every item", async () => {
    await open({ feed: "listing" });
    ledger.seed(12);
    await place.sync(SOURCE);
    place.sources.configure(SOURCE, { ledger: ledger.name }, { tags: ["riverside"] });
    expect((await place.sync(SOURCE)).updated).toBe(12);
    expect((await place.store.item(SOURCE, "accounts-0001", "everything"))?.tags).toEqual(["riverside"]);
  });
});

describe("bodies", () => {
  it("are brought once per version", async () => {
    await open({ feed: "changes", lazy: true });
    ledger.seed(25);
    await place.sync(SOURCE);
    expect(ledger.bodiesServed).toBe(25);
    ledger.put("accounts-0001", "Rewritten.");
    await place.sync(SOURCE);
    expect(ledger.bodiesServed).toBe(26);
    await place.sync(SOURCE);
    expect(ledger.bodiesServed).toBe(26);
  });

  it("above the size limit are not read; the item is still found by its title", async () => {
    await open({ feed: "listing", lazy: true });
    ledger.put("tome", "x".repeat(5000));
    place.sources.configure(
      SOURCE,
      { ledger: ledger.name },
      { limits: { itemBytes: 1000, runSeconds: 900, fullPassHours: 24 } },
    );
    const report = await place.sync(SOURCE);
    expect(report.failures[0]).toMatchObject({ id: "tome", kind: "too_large" });
    expect(report.failures[0]?.hint).toContain("itemBytes");
    const found = await place.store.search({ query: "tome", limit: 5, viewer: "everything" });
    expect(found.hits.map((hit) => hit.id)).toEqual(["tome"]);
    const seq = await lastSeq();
    expect(await place.sync(SOURCE)).toMatchObject({ state: "succeeded", failed: 0 });
    expect(await lastSeq()).toBe(seq);
  });
});

describe("runs", () => {
  it("of one source never overlap: the second is told to wait its turn", async () => {
    await open({ feed: "listing" });
    ledger.seed(25);
    const lease = await place.store.lease(SOURCE, 60_000);
    const report = await place.sync(SOURCE);
    expect(report.state).toBe("skipped");
    expect(report.notes[0]).toContain("Another run of mill is in progress");
    await lease?.release();
    expect((await place.sync(SOURCE)).state).toBe("succeeded");
  });

  it("that were asked for twice in one process are one run", async () => {
    await open({ feed: "listing" });
    ledger.seed(25);
    const [one, two] = [place.engine.start(SOURCE), place.engine.start(SOURCE)];
    expect(one.id).toBe(two.id);
    await one.done;
  });

  it("can be cancelled through the store, as another process does", async () => {
    await open({ feed: "listing" });
    ledger.seed(2000);
    const run = place.engine.start(SOURCE);
    let asked = false;
    ledger.beforePage = () => {
      if (!asked) void place.store.requestCancel(run.id);
      asked = true;
      const until = Date.now() + 20;
      while (Date.now() < until);
    };
    const report = await run.done;
    expect(report.state).toBe("cancelled");
    expect(report.done).toBeLessThan(2000);
    ledger.beforePage = () => {};
    expect((await place.sync(SOURCE)).state).toBe("succeeded");
    expect(await ids()).toHaveLength(2000);
  });

  it("tell their progress and their end", async () => {
    await open({ feed: "listing" });
    ledger.seed(200);
    const seen: string[] = [];
    await place.sync(SOURCE, { onProgress: (report) => seen.push(report.state) });
    expect(seen.at(-1)).toBe("succeeded");
    const status = await place.engine.status({ source: SOURCE });
    expect(status).toMatchObject({ state: "succeeded", added: 200, done: 200, total: 200 });
  });

  it("leave out what is older than since, for this run, and delete nothing because of it", async () => {
    await open({ feed: "listing" });
    ledger.seed(15);
    await place.sync(SOURCE);
    const report = await place.sync(SOURCE, { since: "2099-01-01T00:00:00Z" });
    expect(report.deleted).toBe(0);
    expect(await ids()).toHaveLength(15);
  });
});
