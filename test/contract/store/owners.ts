import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { NO_COUNTS, type SyncReport } from "../../../src/model/index.ts";
import { EVERYTHING, NOON, note, type Worlds } from "./world.ts";

export function report(runId: string, more: Partial<SyncReport> = {}): SyncReport {
  return {
    ...NO_COUNTS,
    runId,
    source: "notes",
    state: "running",
    mode: "incremental",
    dryRun: false,
    startedAt: NOON,
    done: 0,
    failures: [],
    held: [],
    notes: [],
    ...more,
  };
}

/** Leases, runs, and the whole store: reset, backup, tidying. */
export function testOwners({ world, tenant, hold, folder }: Worlds): void {
  test("a source has one owner at a time, other sources have theirs", async () => {
    const w = await world();
    expect(await w.store.lease("notes", 60_000)).toBeUndefined();
    expect(await w.store.lease("mail", 60_000)).toBeDefined();
    await w.lease.release();
    expect(await w.store.lease("notes", 60_000)).toBeDefined();
  });

  test("another store handle on the same file sees the owner", async () => {
    const w = await world();
    const other = await tenant(w.folder);
    expect(await other.lease("notes", 60_000)).toBeUndefined();
  });

  test("each owner's fence is greater than the one before", async () => {
    const w = await world();
    await w.lease.release();
    const next = await w.store.lease("notes", 60_000);
    expect(next?.fence).toBeGreaterThan(w.fence);
  });

  test("an owner whose time ran out is replaced, and then every one of its writes is refused", async () => {
    const where = folder();
    const store = await tenant(where);
    const late = await store.lease("notes", 1);
    await sleep(5);
    const w = await hold(store, where);
    const fence = late?.fence ?? 0;
    await w.apply({ upserts: [note("a")] });
    await w.begin();
    const stale = [
      store.apply(
        w.place,
        fence,
        { upserts: [note("x")], seenRows: [], deletes: ["a"], lost: [], failures: [] },
        { cursor: 9, options: {} },
        NOON,
      ),
      store.applyLoose(w.place, fence, { upserts: [], seenRows: [], deletes: ["a"], lost: [], failures: [] }, NOON),
      store.beginPass(w.place, fence, NOON, "start"),
      store.sighted(w.place, fence, ["a"]),
      store.endPass(w.place, fence, NOON, { share: 1, atLeast: 1, secondPassAbove: 9, consent: true }),
      store.dropPass(w.place, fence),
      store.prune("notes", fence, ["a"], NOON),
      store.purgeLost("notes", fence, NOON, NOON),
      store.setContainers("notes", fence, []),
      store.setMembers("notes", fence, "group:g", []),
      store.resetSource("notes", fence),
    ];
    for (const each of await Promise.allSettled(stale)) {
      expect(each).toMatchObject({ status: "rejected", reason: { kind: "store" } });
      expect(String((each as PromiseRejectedResult).reason.message)).toContain("took over");
    }
    expect(await late?.renew()).toBe(false);
    expect(await w.ids()).toEqual(["a"]);
    expect(await store.progress(w.place)).toMatchObject({ pass: { number: 1 } });
  });

  test("a late owner's release does not free the source from under the next", async () => {
    const where = folder();
    const store = await tenant(where);
    const late = await store.lease("notes", 1);
    await sleep(5);
    const w = await hold(store, where);
    await late?.release();
    await expect(w.apply({ upserts: [note("a")] })).resolves.toMatchObject({ added: 1 });
  });

  test("an owner that renews in time keeps the source", async () => {
    const store = await tenant(folder());
    const lease = await store.lease("notes", 50);
    expect(await lease?.renew()).toBe(true);
    expect(await store.lease("notes", 60_000)).toBeUndefined();
  });

  test("a run's newest report wins, and an ended run is not made running again", async () => {
    const w = await world();
    await w.store.saveRun(report("r1", { done: 1 }));
    await w.store.saveRun(report("r1", { done: 5, state: "succeeded", endedAt: NOON }));
    await w.store.saveRun(report("r1", { done: 3 }));
    expect(await w.store.runs({ runId: "r1", limit: 5 })).toMatchObject([{ done: 5, state: "succeeded" }]);
    expect(await w.stats()).toMatchObject({ lastRun: { runId: "r1" }, lastSyncedAt: NOON });
  });

  test("runs are listed newest first, of one source or all", async () => {
    const w = await world();
    await w.store.saveRun(report("r1"));
    await w.store.saveRun(report("r2", { startedAt: "2026-03-02T00:00:00.000Z" }));
    await w.store.saveRun(report("r3", { source: "mail", startedAt: "2026-03-03T00:00:00.000Z" }));
    const ids = async (source?: string) => (await w.store.runs({ source, limit: 2 })).map((each) => each.runId);
    expect(await ids()).toEqual(["r3", "r2"]);
    expect(await ids("notes")).toEqual(["r2", "r1"]);
  });

  test("runs over a part of a source are told from those over all of it, the newest of which is never forgotten", async () => {
    const w = await world();
    const day = (at: number) => new Date(Date.parse(NOON) + at * 60_000).toISOString();
    await w.store.saveRun(report("whole", { state: "succeeded", endedAt: NOON }));
    for (let at = 1; at <= 230; at++) {
      const part = at % 2 === 0 ? "containers" : "failures";
      await w.store.saveRun(report(`r${at}`, { part, state: "succeeded", startedAt: day(at), endedAt: day(at) }));
    }
    await w.lease.release();
    await w.store.lease("notes", 60_000);
    expect(await w.store.runs({ source: "notes", limit: 300 })).toHaveLength(202);
    expect(await w.store.runs({ source: "notes", whole: true, limit: 9 })).toMatchObject([{ runId: "whole" }]);
    expect(await w.stats()).toMatchObject({ lastRun: { runId: "r230" }, lastSyncedAt: NOON });
  });

  test("a run left running is closed as failed by the next owner", async () => {
    const w = await world();
    await w.store.saveRun(report("r1"));
    await w.lease.release();
    await w.store.lease("notes", 60_000);
    const [run] = await w.store.runs({ runId: "r1", limit: 1 });
    expect(run).toMatchObject({ state: "failed" });
    expect(run?.notes.join()).toContain("process ended");
  });

  test("a running run can be asked to stop, an ended one cannot", async () => {
    const w = await world();
    await w.store.saveRun(report("r1"));
    expect(await w.store.cancelRequested("r1")).toBe(false);
    expect(await w.store.requestCancel("r1")).toBe(true);
    expect(await w.store.cancelRequested("r1")).toBe(true);
    await w.store.saveRun(report("r2", { state: "succeeded", endedAt: NOON }));
    expect(await w.store.requestCancel("r2")).toBe(false);
    expect(await w.store.requestCancel("none")).toBe(false);
  });

  test("reset removes everything a source left and nothing of another", async () => {
    const w = await world();
    const mail = await hold(w.store, w.folder, "mail");
    const full = { container: "left", aliases: ["A"], relations: [{ rel: "links", id: "b" }], text: "herons" };
    await w.apply({
      upserts: [note("a", full), note("b")],
      failures: [{ id: "x", problem: { kind: "bug", message: "m" } }],
    });
    await w.apply({ lost: ["b"] });
    await mail.apply({ upserts: [note("m", { text: "herons" })] }, { cursor: "kept" });
    await w.store.saveRun(report("r1"));
    await w.store.resetSource("notes", w.fence);
    expect(await w.store.stats(["notes"])).toEqual([]);
    expect(await w.store.progress(w.place)).toEqual({});
    expect(await w.store.places("notes")).toEqual([]);
    expect(await w.store.failures({ limit: 9 })).toEqual([]);
    expect(await w.store.runs({ source: "notes", limit: 9 })).toEqual([]);
    expect(await w.store.containers("notes")).toEqual([]);
    expect(await w.lines()).toEqual(["added m"]);
    expect(await w.found("herons")).toEqual(["m"]);
    expect(await w.store.progress(mail.place)).toMatchObject({ cursor: "kept" });
    expect(await w.store.verify("full")).toEqual([]);
    expect(await w.apply({ upserts: [note("a", full)] })).toMatchObject({ added: 1 });
  });

  test("prune removes the named items with a line each", async () => {
    const w = await world();
    await w.apply({ upserts: [note("a"), note("b"), note("c")] });
    expect(await w.store.prune("notes", w.fence, ["a", "c", "c", "none"], NOON)).toBe(2);
    expect(await w.ids()).toEqual(["b"]);
    expect(await w.lines({ verbs: ["deleted"] })).toEqual(["deleted a", "deleted c"]);
  });

  test("a backup made while writes go on is one moment of the store, and opens as a store", async () => {
    const w = await world();
    for (let page = 0; page < 20; page++)
      await w.apply({ upserts: [note(`n${page}`, { text: "herons \ud800" })] }, { cursor: page });
    const target = join(w.folder, "copies", "restored.db");
    const copying = w.store.backup(target);
    for (let page = 20; page < 40; page++) await w.apply({ upserts: [note(`n${page}`)] }, { cursor: page });
    await copying;
    const copy = await tenant(join(w.folder, "copies"), "restored");
    const { items } = await copy.items({ limit: 100, viewer: EVERYTHING });
    const { cursor } = await copy.progress(w.place);
    expect(items).toHaveLength(Number(cursor) + 1);
    expect(await copy.item("notes", "n3", EVERYTHING)).toEqual(await w.get("n3"));
    expect(await copy.text("notes", "n3", EVERYTHING)).toBe("herons \ud800");
    expect((await copy.search({ query: "herons", limit: 50, viewer: EVERYTHING })).hits).toHaveLength(20);
    expect(await copy.verify("full")).toEqual([]);
  });

  test("a backup does not overwrite what is there", async () => {
    const w = await world();
    const target = join(w.folder, "copy.db");
    await w.store.backup(target);
    await expect(w.store.backup(target)).rejects.toMatchObject({ kind: "store" });
    expect(existsSync(target)).toBe(true);
  });

  test("tidying comes to an end and loses nothing", async () => {
    const w = await world();
    for (let page = 0; page < 30; page++) {
      await w.apply({
        upserts: Array.from({ length: 10 }, (_, index) => note(`n${page}-${index}`, { text: `herons ${page}` })),
      });
    }
    let steps = 0;
    while ((await w.store.tidy()) && steps < 1000) steps += 1;
    expect(steps).toBeLessThan(1000);
    expect((await w.store.search({ query: "herons", limit: 400, viewer: EVERYTHING })).hits.length).toBeGreaterThan(0);
    expect(await w.store.verify("full")).toEqual([]);
  });

  test("a store closes at once, twice, and then answers no writes", async () => {
    const w = await world();
    const last = w.apply({ upserts: [note("a")] });
    await Promise.all([w.store.close(), w.store.close()]);
    await expect(last).resolves.toMatchObject({ added: 1 });
    await expect(w.apply({ upserts: [note("b")] })).rejects.toMatchObject({ kind: "store" });
  });
}
