import { afterEach, describe, expect, it } from "vitest";
import { ConnectorError } from "../../src/model/index.ts";
import { TestWorkplace } from "../contract/workplace.ts";
import { Ledger, type LedgerShape, ledgerConnector } from "../twins/ledger.ts";

const SOURCE = "mill";
const HOUR = 3_600_000;
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

const later = (retryAfterMs: number) => new ConnectorError("rate_limited", "Come back later.", { retryAfterMs });
const untilOf = (text: string) => /asked to wait until (.+); syncing goes on then\./.exec(text)?.[1];

afterEach(() => place.close());

describe("a service that asks to be left alone for long", () => {
  it("ends the run partly done, in words that say until when", async () => {
    await open({ feed: "changes" });
    ledger.seed(35);
    ledger.failAfter(1, later(HOUR));
    const before = place.clock.now().getTime();
    const report = await place.sync(SOURCE);
    expect(report).toMatchObject({ state: "partial", added: 10, failures: [] });
    const until = Date.parse(report.pausedUntil ?? "");
    expect(until).toBeGreaterThanOrEqual(before + HOUR);
    expect(until).toBeLessThan(before + HOUR + 60_000);
    const [note = ""] = report.notes;
    expect(note).toMatch(/^Ledger asked to wait until /);
    const at = new Date(until);
    const clock = `${String(at.getHours()).padStart(2, "0")}:${String(at.getMinutes()).padStart(2, "0")}`;
    expect(untilOf(note)).toContain(clock);
  });

  it("is not asked again before, by this process or the next, and then goes on where it stopped", async () => {
    await open({ feed: "changes" });
    ledger.seed(35);
    ledger.failAfter(1, later(HOUR));
    await place.sync(SOURCE);
    const served = ledger.pagesServed;
    const refused = await place.sync(SOURCE);
    expect(refused).toMatchObject({ state: "skipped", added: 0 });
    expect(refused.notes[0]).toContain("headwater sync mill --now");
    await place.reopen();
    expect(await place.sync(SOURCE)).toMatchObject({ state: "skipped", pausedUntil: refused.pausedUntil });
    expect(await place.engine.retryFailures(SOURCE)).toMatchObject({ state: "skipped" });
    expect(ledger.pagesServed).toBe(served);
    place.clock.move(HOUR);
    const after = await place.sync(SOURCE);
    expect(after).toMatchObject({ state: "succeeded", added: 25 });
    expect(after.pausedUntil).toBeUndefined();
    expect(await place.store.pauses()).toEqual([]);
  });

  it("is asked all the same by somebody who insists, and its pause is over when that works", async () => {
    await open({ feed: "changes" });
    ledger.seed(35);
    ledger.failAfter(1, later(HOUR), 2);
    await place.sync(SOURCE);
    expect(await place.sync(SOURCE, { now: true })).toMatchObject({ state: "partial", added: 0 });
    expect(await place.store.pauses()).toHaveLength(1);
    expect(await place.sync(SOURCE, { now: true })).toMatchObject({ state: "succeeded", added: 25 });
    expect(await place.sync(SOURCE)).toMatchObject({ state: "succeeded", added: 0 });
  });

  it("is not asked for its other containers either, and loses nothing", async () => {
    await open({ feed: "listing", scope: "container" });
    for (const folder of ["a", "b", "c", "d", "e", "f"]) ledger.seed(15, folder);
    await place.sync(SOURCE);
    ledger.failAfter(3, later(HOUR), 1000);
    const report = await place.sync(SOURCE);
    expect(report).toMatchObject({ state: "partial", deleted: 0, lost: 0, failures: [] });
    expect(report.notes).toHaveLength(1);
    expect((await place.stored(SOURCE)).size).toBe(90);
  });

  it("keeps no item as failed when the pause came in the middle of reading bodies", async () => {
    await open({ feed: "changes", lazy: true, mime: "text/html" });
    ledger.seed(25);
    let asked = 0;
    place.sources.replaceConnector(SOURCE, (inner) => ({
      async fetch(...args: Parameters<typeof inner.fetch>) {
        asked += 1;
        if (asked > 5) throw later(HOUR);
        return inner.fetch(...args);
      },
    }));
    const report = await place.sync(SOURCE);
    expect(report).toMatchObject({ state: "partial", failed: 0, failures: [] });
    expect(await place.store.failures({ limit: 9 })).toEqual([]);
    expect(await place.store.pauses()).toHaveLength(1);
  });

  it("is tried once a day, however absurd its wish", async () => {
    await open({ feed: "changes" });
    ledger.seed(5);
    ledger.failAfter(0, later(1e15));
    const report = await place.sync(SOURCE);
    const days = (Date.parse(report.pausedUntil ?? "") - place.clock.now().getTime()) / (24 * HOUR);
    expect(days).toBeGreaterThan(0.99);
    expect(days).toBeLessThanOrEqual(1);
    expect(untilOf(report.notes[0] ?? "")).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d$/);
  });

  it("that is down with a long Retry-After is left alone as well, and a dry run writes no pause", async () => {
    await open({ feed: "changes" });
    ledger.seed(5);
    ledger.failAfter(0, new ConnectorError("unavailable", "Maintenance.", { retryAfterMs: HOUR }), 2);
    expect(await place.sync(SOURCE, { dryRun: true })).toMatchObject({ state: "partial" });
    expect(await place.store.pauses()).toEqual([]);
    expect(await place.sync(SOURCE)).toMatchObject({ state: "partial" });
    expect(await place.store.pauses()).toHaveLength(1);
  });
});
