import { afterEach, describe, expect, it, vi } from "vitest";
import { ConnectorError } from "../../src/model/index.ts";
import { TestWorkplace } from "../contract/workplace.ts";
import { Ledger, type LedgerShape, ledgerConnector } from "../twins/ledger.ts";

const SOURCE = "mill";
const DOWN = () => new ConnectorError("unavailable", "The ledger is down.");
let place: TestWorkplace;
let ledger: Ledger;

async function open(shape: LedgerShape): Promise<void> {
  ledger = new Ledger();
  place = await TestWorkplace.open({
    id: SOURCE,
    connector: ledgerConnector(shape),
    config: { ledger: ledger.name },
  });
}

async function ids(): Promise<string[]> {
  return [...(await place.stored(SOURCE)).keys()].sort();
}

/** Every entry is as old as its number: the first ones are from 2001. */
function withDates(): void {
  place.sources.replaceConnector(SOURCE, (inner) => ({
    async *sync(...args: Parameters<typeof inner.sync>) {
      for await (const page of inner.sync(...args)) {
        const upserts = page.upserts?.map((draft) => {
          const year = Number(draft.id.slice(-4)) < 8 ? 2001 : 2026;
          return { ...draft, updatedAt: `${year}-05-01T00:00:00Z` };
        });
        yield { ...page, ...(upserts && { upserts }) };
      }
    },
  }));
}

afterEach(() => place.close());

describe("a full pass that was interrupted", () => {
  it("deletes nothing when a page before the interruption could not see everything", async () => {
    await open({ feed: "listing" });
    ledger.seed(45);
    await place.sync(SOURCE);
    place.sources.replaceConnector(SOURCE, (inner) => ({
      async *sync(...args: Parameters<typeof inner.sync>) {
        for await (const page of inner.sync(...args)) {
          const isFirst = page.upserts?.[0]?.id === "accounts-0000";
          const upserts = page.upserts?.filter((draft) => draft.id !== "accounts-0003");
          yield {
            ...page,
            upserts: upserts ?? [],
            ...(isFirst && { incomplete: { why: "The folder ledgers/old may not be read." } }),
          };
        }
      },
    }));
    ledger.failAfter(2, DOWN());
    const report = await place.sync(SOURCE);
    expect(report).toMatchObject({ state: "partial" });
    expect(report.notes.join(" ")).toContain("The folder ledgers/old may not be read.");
    expect(await ids()).toHaveLength(45);
  });

  it("that reads everything again goes on doing so after the interruption", async () => {
    await open({ feed: "changes" });
    ledger.seed(45);
    await place.sync(SOURCE);
    place.sources.configure(SOURCE, { ledger: ledger.name }, { tags: ["riverside"] });
    ledger.failAfter(2, new ConnectorError("rate_limited", "Tomorrow.", { retryAfterMs: 3_600_000 }));
    await place.sync(SOURCE);
    place.clock.move(3_600_000);
    await place.sync(SOURCE);
    const tagged = await place.store.items({
      sources: [SOURCE],
      tags: ["riverside"],
      limit: 100,
      viewer: "everything",
    });
    expect(tagged.items).toHaveLength(45);
  });

  it("and was asked for goes on from its last page", async () => {
    await open({ feed: "listing" });
    ledger.seed(45);
    await place.sync(SOURCE);
    ledger.failAfter(3, DOWN());
    expect(await place.sync(SOURCE, { full: true })).toMatchObject({ state: "succeeded", failed: 0, failures: [] });
  });

  it("is not continued by a run that leaves out old items, so that these are neither deleted nor forgotten", async () => {
    await open({ feed: "listing" });
    ledger.seed(45);
    withDates();
    await place.sync(SOURCE);
    for (let at = 8; at < 30; at++) ledger.put(`accounts-${String(at).padStart(4, "0")}`, "Settled anew.");
    await place.sync(SOURCE, { since: "2020-01-01T00:00:00Z", limit: 5 });
    expect(await place.sync(SOURCE)).toMatchObject({ deleted: 0 });
    expect(await ids()).toHaveLength(45);
  });
});

describe("a run that leaves out old items", () => {
  it("leaves them to the next run, also where the feed tells only changes", async () => {
    await open({ feed: "changes" });
    ledger.seed(35);
    withDates();
    expect(await place.sync(SOURCE, { since: "2020-01-01T00:00:00Z" })).toMatchObject({ added: 27 });
    expect(await place.sync(SOURCE)).toMatchObject({ added: 8, deleted: 0 });
    expect(await place.sync(SOURCE)).toMatchObject({ mode: "incremental", added: 0 });
  });

  it("goes on after a break", async () => {
    await open({ feed: "changes" });
    ledger.seed(45);
    withDates();
    ledger.failAfter(3, DOWN());
    const report = await place.sync(SOURCE, { since: "2020-01-01T00:00:00Z" });
    expect(report).toMatchObject({ state: "succeeded", added: 37, failures: [] });
  });
});

describe("a dry run", () => {
  it("counts each item once when the service breaks off", async () => {
    await open({ feed: "listing" });
    ledger.seed(45);
    ledger.failAfter(3, DOWN());
    expect(await place.sync(SOURCE, { dryRun: true })).toMatchObject({ state: "succeeded", added: 45 });
    expect(await ids()).toEqual([]);
  });

  it("expects no deletions of what an unfinished pass met before it", async () => {
    await open({ feed: "listing" });
    ledger.seed(45);
    await place.sync(SOURCE);
    ledger.put("accounts-0001", "Settled anew.");
    await place.sync(SOURCE, { limit: 1 });
    expect(await place.sync(SOURCE, { dryRun: true })).toMatchObject({ deleted: 0, unchanged: 45 });
  });

  it("expects no deletions of what a cheap walk over ids would meet", async () => {
    await open({ feed: "edits", ids: true });
    ledger.seed(45);
    await place.sync(SOURCE);
    place.clock.move(25 * 3_600_000);
    ledger.remove("accounts-0002");
    expect(await place.sync(SOURCE, { dryRun: true })).toMatchObject({ deleted: 1 });
  });

  it("is not what somebody gets who asks for a sync", async () => {
    await open({ feed: "listing" });
    ledger.seed(25);
    const [tried, meant] = [place.engine.start(SOURCE, { dryRun: true }), place.engine.start(SOURCE)];
    await Promise.all([tried.done, meant.done]);
    expect((await meant.done).dryRun).toBe(false);
    expect(await ids()).toHaveLength(25);
  });
});

describe("an item that", () => {
  it("cannot be listed, run after run, is kept", async () => {
    await open({ feed: "listing" });
    ledger.seed(45);
    await place.sync(SOURCE);
    place.sources.replaceConnector(SOURCE, (inner) => ({
      async *sync(...args: Parameters<typeof inner.sync>) {
        for await (const page of inner.sync(...args)) {
          const upserts = page.upserts?.filter((draft) => draft.id !== "accounts-0003") ?? [];
          const broken = upserts.length < (page.upserts?.length ?? 0);
          const error = new ConnectorError("bad_response", "The entry is garbled.");
          yield { ...page, upserts, ...(broken && { failures: [{ id: "accounts-0003", error }] }) };
        }
      },
      fetch: async () => {
        throw new ConnectorError("bad_response", "The entry is garbled.");
      },
    }));
    for (let run = 0; run < 5; run++) expect((await place.sync(SOURCE)).deleted).toBe(0);
    expect(await ids()).toHaveLength(45);
  });

  it("is not found when its body is asked for is hidden, and back when it is listed again", async () => {
    await open({ feed: "listing", lazy: true, mime: "application/pdf" });
    ledger.seed(25);
    let unmounted = true;
    place.sources.replaceConnector(SOURCE, (inner) => ({
      fetch: async (ctx, id) => {
        if (unmounted) throw new ConnectorError("not_found", "The ledger is not there.");
        return inner.fetch(ctx, id);
      },
    }));
    expect(await place.sync(SOURCE)).toMatchObject({ deleted: 0, lost: 25 });
    expect(await place.sync(SOURCE)).toMatchObject({ deleted: 0 });
    unmounted = false;
    await place.sync(SOURCE);
    expect(await ids()).toHaveLength(25);
  });
});

describe("a container that vanished", () => {
  it("has its items back when it returns, also where the feed tells only changes", async () => {
    await open({ feed: "changes", scope: "container" });
    ledger.seed(5, "kept");
    ledger.seed(5, "closed down");
    await place.sync(SOURCE);
    ledger.folders.delete("closed down");
    expect(await place.sync(SOURCE)).toMatchObject({ lost: 5 });
    ledger.folders.add("closed down");
    await place.sync(SOURCE);
    expect(await ids()).toHaveLength(10);
  });

  it("together with all others hides nothing until somebody agrees", async () => {
    await open({ feed: "changes", scope: "container" });
    ledger.seed(5);
    await place.sync(SOURCE);
    ledger.folders.clear();
    expect(await place.sync(SOURCE)).toMatchObject({ state: "partial", lost: 0 });
    expect(await ids()).toHaveLength(5);
    expect(await place.sync(SOURCE, { acceptDeletions: true })).toMatchObject({ lost: 5 });
    expect(await place.sync(SOURCE)).toMatchObject({ state: "succeeded" });
  });
});

describe("a run with a limit", () => {
  it("does not begin with further containers once it has done as much", async () => {
    await open({ feed: "listing", scope: "container" });
    for (const folder of ["a", "b", "c", "d", "e", "f", "g", "h"]) ledger.seed(10, folder);
    const { added } = await place.sync(SOURCE, { limit: 5 });
    expect(added).toBeLessThanOrEqual(30);
    for (let run = 0; run < 8; run++) await place.sync(SOURCE, { limit: 5 });
    expect(await ids()).toHaveLength(80);
  });
});

describe("a service that gives empty pages for ever", () => {
  it("is stopped", async () => {
    await open({ feed: "changes" });
    let pages = 0;
    place.sources.replaceConnector(SOURCE, () => ({
      async *sync() {
        for (; pages < 500; pages++) yield { upserts: [], cursor: { after: "the same" } };
      },
    }));
    const report = await place.sync(SOURCE);
    expect(report.failures[0]?.message).toContain("does not move on");
    expect(pages).toBeLessThan(20);
  });
});

describe("somebody who may see part of a source", () => {
  it("gets nothing fresh that the service has just closed to them", async () => {
    await open({ feed: "listing" });
    ledger.seed(3);
    await place.sync(SOURCE);
    place.sources.replaceConnector(SOURCE, (inner) => ({
      fetch: async (ctx, id) => {
        const { item, ...rest } = await inner.fetch(ctx, id);
        return { ...rest, item: { ...item, version: "closed", access: { allow: ["user:miller"] } } };
      },
    }));
    const viewer = { principals: ["user:boatman"] };
    await expect(place.engine.fetch("mill/accounts-0001", { live: true, viewer })).rejects.toMatchObject({
      kind: "not_found",
    });
    const lease = await place.store.lease(SOURCE, 60_000);
    const fetched = await place.engine.fetch("mill/accounts-0002", { live: true, viewer });
    expect(fetched.item.version).not.toBe("closed");
    await lease?.release();
  });
});

describe("a report", () => {
  it("names what stopped the run, however many items failed before", async () => {
    await open({ feed: "changes" });
    ledger.seed(250);
    place.sources.replaceConnector(SOURCE, (inner) => ({
      async *sync(...args: Parameters<typeof inner.sync>) {
        for await (const page of inner.sync(...args))
          yield { ...page, upserts: page.upserts?.map((draft) => ({ ...draft, title: 5 as never })) ?? [] };
      },
    }));
    ledger.failAfter(20, new ConnectorError("auth", "The key was refused.", { hint: "headwater login mill" }));
    const report = await place.sync(SOURCE);
    expect(report.failures).toHaveLength(100);
    expect(report.failures.at(-1)).toMatchObject({ kind: "auth", hint: "headwater login mill" });
  });

  it("counts items that could be stored only when they were tried again", async () => {
    await open({ feed: "changes" });
    ledger.seed(3);
    place.sources.replaceConnector(SOURCE, (inner) => ({
      async *sync(...args: Parameters<typeof inner.sync>) {
        for await (const page of inner.sync(...args))
          yield { ...page, upserts: page.upserts?.map((draft) => ({ ...draft, title: 5 as never })) ?? [] };
      },
    }));
    expect(await place.sync(SOURCE)).toMatchObject({ added: 0, failed: 3 });
    expect(await place.sync(SOURCE)).toMatchObject({ added: 3, failed: 0, state: "succeeded" });
  });

  it("of a dry run that reads everything again says what stays as it is", async () => {
    await open({ feed: "listing" });
    ledger.seed(12);
    await place.sync(SOURCE);
    const report = await place.sync(SOURCE, { dryRun: true, full: true });
    expect(report).toMatchObject({ added: 0, updated: 0, unchanged: 12, deleted: 0 });
  });
});

describe("a sync that meets a fetch", () => {
  it("waits for it and then runs", async () => {
    await open({ feed: "listing" });
    ledger.seed(3);
    const lease = await place.store.lease(SOURCE, 60_000);
    let naps = 0;
    place.clock.sleep = async () => {
      naps += 1;
      if (naps === 3) await lease?.release();
    };
    expect(await place.sync(SOURCE)).toMatchObject({ state: "succeeded", added: 3 });
  });
});

describe("a live feed that ends by itself", () => {
  it("is followed anew", async () => {
    await open({ feed: "changes" });
    let subscriptions = 0;
    place.sources.replaceConnector(SOURCE, () => ({
      async *live() {
        subscriptions += 1;
        yield {};
      },
    }));
    place.engine.watch();
    await vi.waitFor(() => expect(subscriptions).toBeGreaterThan(2));
  });
});
