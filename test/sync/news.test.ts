import { afterEach, describe, expect, it, vi } from "vitest";
import { ConnectorError } from "../../src/model/index.ts";
import { TestWorkplace } from "../contract/workplace.ts";
import { Ledger, type LedgerShape, ledgerConnector } from "../twins/ledger.ts";
import { Wire, withWire } from "./wire.ts";

const SOURCE = "mill";
let place: TestWorkplace;
let ledger: Ledger;
let wire: Wire;
/** Ids that were asked for, one by one. */
let asked: string[];
let refuse: (id: string) => void;

/** A source that follows its wire, synced once. */
async function follow(shape: LedgerShape, options: Record<string, unknown> = {}, count = 12): Promise<void> {
  [ledger, wire, asked, refuse] = [new Ledger(), new Wire(), [], () => {}];
  for (const folder of shape.scope === "container" ? ["left", "right"] : ["accounts"]) ledger.seed(count, folder);
  const inner = ledgerConnector(shape);
  const connector = {
    ...withWire(inner, wire),
    fetch: (...[ctx, id]: Parameters<typeof inner.fetch>) => {
      asked.push(id);
      refuse(id);
      return inner.fetch(ctx, id);
    },
  };
  place = await TestWorkplace.open({ id: SOURCE, connector, config: { ledger: ledger.name, ...options } });
  place.engine.watch();
  await vi.waitFor(async () => expect((await stored()).length).toBeGreaterThanOrEqual(count - 1), soon);
  await vi.waitFor(async () => expect((await runs())[0]?.state).toBe("succeeded"), soon);
}

const stored = async () => [...(await place.stored(SOURCE)).keys()].sort();
const textOf = async (id: string) => (await place.stored(SOURCE)).get(id)?.text;
const runs = () => place.store.runs({ source: SOURCE, limit: 200 });
const verbs = async (id: string) => {
  const { changes } = await place.store.changes({ limit: 1000, viewer: "everything" });
  return changes.filter((change) => change.id === id).map((change) => change.verb);
};

/** The machine may be busy: nothing here is about speed. */
vi.setConfig({ testTimeout: 30_000 });
const soon = { timeout: 20_000 };

afterEach(() => place.close());

describe("items that news names", () => {
  it("are stored as the service has them when it is asked, whatever the news said", async () => {
    await follow({ feed: "edits" });
    ledger.put("accounts-0003", "The sluice was opened at dawn.");
    wire.send({ refresh: ["accounts-0003"] });
    await vi.waitFor(async () => expect(await textOf("accounts-0003")).toBe("The sluice was opened at dawn."), soon);
    expect(asked).toEqual(["accounts-0003"]);
    await vi.waitFor(
      async () =>
        expect((await runs())[0]).toMatchObject({ startedBy: "live", part: "items", updated: 1, unchanged: 0 }),
      soon,
    );
  });

  it("are deleted when the service has no such thing, hidden when it may not be read", async () => {
    await follow({ feed: "edits" });
    ledger.remove("accounts-0003");
    refuse = (id) => {
      if (id === "accounts-0004") throw new ConnectorError("permission", "The ledger does not show that entry.");
    };
    wire.send({ refresh: ["accounts-0003", "accounts-0004", "never met"] });
    await vi.waitFor(async () => expect(await stored()).toHaveLength(10), soon);
    expect(await verbs("accounts-0003")).toEqual(["added", "deleted"]);
    expect(await verbs("accounts-0004")).toEqual(["added", "lost"]);
    expect(await verbs("never met")).toEqual([]);
    await vi.waitFor(
      async () => expect((await runs())[0]).toMatchObject({ state: "succeeded", deleted: 1, lost: 1, failed: 0 }),
      soon,
    );
  });

  it("are asked for once in a burst, however often they are named", async () => {
    await follow({ feed: "edits" });
    const before = (await runs()).length;
    for (let at = 0; at < 1000; at++) wire.send({ refresh: [`accounts-${String(at % 10).padStart(4, "0")}`] });
    await vi.waitFor(() => expect(new Set(asked).size).toBe(10), soon);
    await vi.waitFor(async () => expect((await runs())[0]?.state).toBe("succeeded"), soon);
    const looks = (await runs()).length - before;
    expect(looks).toBeLessThanOrEqual(2);
    expect(asked.length).toBeLessThanOrEqual(10 * looks);
  });

  it("are not stored when the options leave them out", async () => {
    await follow({ feed: "edits" }, { without: ["accounts-0002", "secret"] });
    ledger.put("secret", "Not for this copy.");
    ledger.put("fresh", "Arrived just now.");
    wire.send({ refresh: ["secret", "accounts-0002", "fresh"] });
    await vi.waitFor(async () => expect(await stored()).toContain("fresh"), soon);
    expect(asked.sort()).toEqual(["accounts-0002", "fresh", "secret"]);
    expect(await stored()).not.toContain("secret");
    expect(await stored()).not.toContain("accounts-0002");
  });

  it("of a container that is not followed are not stored", async () => {
    await follow({ feed: "edits", scope: "container" });
    ledger.put("elsewhere", "In a folder that nobody lists.", "attic");
    ledger.put("fresh", "Arrived just now.", "right");
    wire.send({ refresh: ["elsewhere", "fresh"] });
    await vi.waitFor(async () => expect(await stored()).toContain("fresh"), soon);
    expect(asked).toContain("elsewhere");
    expect(await stored()).not.toContain("elsewhere");
  });

  it("that could not be read are kept as failed, and the next sync tries them again", async () => {
    await follow({ feed: "changes" });
    ledger.put("torn", "The page was torn.");
    refuse = () => {
      throw new ConnectorError("unavailable", "The ledger is being bound.");
    };
    wire.send({ refresh: ["torn"] });
    await vi.waitFor(
      async () => expect(await place.store.failures({ limit: 9 })).toMatchObject([{ id: "torn" }]),
      soon,
    );
    refuse = () => {};
    expect(await place.sync(SOURCE)).toMatchObject({ state: "succeeded" });
    expect(await stored()).toContain("torn");
    expect(await place.store.failures({ limit: 9 })).toEqual([]);
  });

  it("wait for the end of a pause that the service asked for", async () => {
    await follow({ feed: "edits" });
    ledger.put("accounts-0003", "Written during the pause.");
    let refused = 0;
    refuse = () => {
      refused += 1;
      if (refused === 1) throw new ConnectorError("rate_limited", "Later.", { retryAfterMs: 3_600_000 });
    };
    const began = place.clock.now().getTime();
    wire.send({ refresh: ["accounts-0003"] });
    await vi.waitFor(async () => expect(await textOf("accounts-0003")).toBe("Written during the pause."), soon);
    expect(place.clock.now().getTime() - began).toBeGreaterThanOrEqual(3_600_000);
    expect(refused).toBe(2);
  });

  it("too many to ask for one by one become one look at the whole source", async () => {
    await follow({ feed: "edits" });
    ledger.put("late", "Arrived last.");
    wire.send({ refresh: Array.from({ length: 5000 }, (_, at) => `guess-${at}`) });
    await vi.waitFor(async () => expect(await stored()).toContain("late"), soon);
    expect(asked).toEqual([]);
  });
});

describe("containers that news names", () => {
  it("are walked alone", async () => {
    await follow({ feed: "listing", scope: "container" });
    await vi.waitFor(async () => expect(await stored()).toHaveLength(24), soon);
    ledger.put("left-new", "On the left bank.", "left");
    ledger.put("right-new", "On the right bank.", "right");
    const served = ledger.pagesServed;
    wire.send({ stale: ["right"] });
    await vi.waitFor(async () => expect(await stored()).toContain("right-new"), soon);
    await vi.waitFor(async () => expect((await runs())[0]?.state).toBe("succeeded"), soon);
    expect((await runs())[0]).toMatchObject({ startedBy: "live", part: "containers" });
    expect(await stored()).not.toContain("left-new");
    expect(ledger.pagesServed - served).toBe(2);
  });

  it("are walked once more at most for any number of news that comes meanwhile", async () => {
    await follow({ feed: "listing", scope: "container" });
    await vi.waitFor(async () => expect(await stored()).toHaveLength(24), soon);
    const before = (await runs()).length;
    for (let at = 0; at < 500; at++) wire.send({ stale: ["left"] });
    ledger.put("left-new", "On the left bank.", "left");
    wire.send({ stale: ["left"] });
    await vi.waitFor(async () => expect(await stored()).toContain("left-new"), soon);
    await vi.waitFor(async () => expect((await runs())[0]?.state).toBe("succeeded"), soon);
    expect((await runs()).length - before).toBeLessThanOrEqual(2);
  });

  it("that are not followed cost nothing", async () => {
    await follow({ feed: "listing", scope: "container" });
    await vi.waitFor(async () => expect(await stored()).toHaveLength(24), soon);
    const before = (await runs()).length;
    wire.send({ stale: ["attic"] });
    wire.send({ stale: ["left"] });
    await vi.waitFor(async () => expect((await runs()).length).toBe(before + 1), soon);
    await vi.waitFor(async () => expect((await runs())[0]).toMatchObject({ state: "succeeded", notes: [] }), soon);
  });
});

describe("a sync that somebody asks for", () => {
  it("while a part is being looked at waits for it and then looks at everything", async () => {
    await follow({ feed: "listing", scope: "container", slow: true }, {}, 30);
    await vi.waitFor(async () => expect(await stored()).toHaveLength(60), soon);
    ledger.put("right-new", "On the right bank.", "right");
    wire.send({ stale: ["left"] });
    await vi.waitFor(
      async () => expect((await runs())[0]).toMatchObject({ state: "running", part: "containers" }),
      soon,
    );
    const report = await place.sync(SOURCE);
    expect(report).toMatchObject({ state: "succeeded", added: 1 });
    expect(report.part).toBeUndefined();
  });
});
