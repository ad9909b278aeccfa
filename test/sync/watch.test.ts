import { afterEach, describe, expect, it, vi } from "vitest";
import { files } from "../../src/connectors/files/index.ts";
import { TestWorkplace } from "../contract/workplace.ts";
import { FolderTwin } from "../twins/folder.ts";
import { Ledger, ledgerConnector } from "../twins/ledger.ts";
import { Wire, withWire } from "./wire.ts";

let place: TestWorkplace;
afterEach(() => place.close());

async function stored(source: string): Promise<string[]> {
  return [...(await place.stored(source)).keys()].sort();
}

describe("following a source", () => {
  it("catches up after it subscribed, so that nothing falls between", async () => {
    const [ledger, wire] = [new Ledger(), new Wire()];
    ledger.seed(3);
    const connector = withWire(ledgerConnector({ feed: "changes" }), wire);
    place = await TestWorkplace.open({ id: "mill", connector, config: { ledger: ledger.name } });
    place.engine.watch();
    await vi.waitFor(async () => expect(await stored("mill")).toHaveLength(3));
    ledger.put("late", "The boatman came after all.");
    wire.send({ stale: "all" });
    await vi.waitFor(async () => expect(await stored("mill")).toContain("late"));
  });

  it("stores pushed changes and deletions at once", async () => {
    const [ledger, wire] = [new Ledger(), new Wire()];
    ledger.seed(3);
    const connector = withWire(ledgerConnector({ feed: "changes" }), wire);
    place = await TestWorkplace.open({ id: "mill", connector, config: { ledger: ledger.name } });
    place.engine.watch();
    await vi.waitFor(async () => expect(await stored("mill")).toHaveLength(3));
    wire.send({
      upserts: [{ id: "pushed", kind: "entry", title: "Pushed", version: "9", text: "A swan on the pond." }],
      deletes: ["accounts-0001"],
    });
    await vi.waitFor(async () => expect(await stored("mill")).toEqual(["accounts-0000", "accounts-0002", "pushed"]));
  });

  it("subscribes again after a break and fetches what came meanwhile", async () => {
    const [ledger, wire] = [new Ledger(), new Wire()];
    ledger.seed(3);
    const connector = withWire(ledgerConnector({ feed: "changes" }), wire);
    place = await TestWorkplace.open({ id: "mill", connector, config: { ledger: ledger.name } });
    place.engine.watch();
    await vi.waitFor(async () => expect(await stored("mill")).toHaveLength(3));
    ledger.put("meanwhile", "Nobody told us of the flood.");
    wire.cut();
    await vi.waitFor(async () => expect(await stored("mill")).toContain("meanwhile"));
    expect(wire.subscriptions).toBeGreaterThan(1);
  });

  it("sees a saved and a deleted file of a watched folder", async () => {
    const twin = new FolderTwin();
    twin.write("first.md", "The first note.");
    place = await TestWorkplace.open({ id: "notes", connector: files, config: { ...twin.config(), watch: true } });
    place.engine.watch();
    await vi.waitFor(async () => expect(await stored("notes")).toEqual(["first.md"]), { timeout: 10_000 });
    twin.write("second.md", "A bittern boomed in the reeds.");
    await vi.waitFor(async () => expect(await stored("notes")).toEqual(["first.md", "second.md"]), { timeout: 15_000 });
    await twin.remove("first.md");
    await vi.waitFor(async () => expect(await stored("notes")).toEqual(["second.md"]), { timeout: 15_000 });
    await twin.close();
  }, 60_000);
});

describe("the schedule", () => {
  it("syncs when the last run lies far enough back, again and again", async () => {
    const ledger = new Ledger();
    ledger.seed(3);
    place = await TestWorkplace.open({
      id: "mill",
      connector: ledgerConnector({ feed: "changes" }),
      config: { ledger: ledger.name },
      settings: { everyMs: 600_000 },
    });
    place.engine.watch();
    await vi.waitFor(async () => {
      expect((await place.store.runs({ source: "mill", limit: 10 })).length).toBeGreaterThanOrEqual(3);
    });
    const starts = (await place.store.runs({ source: "mill", limit: 3 })).map((run) => Date.parse(run.startedAt));
    for (let at = 1; at < starts.length; at++) {
      expect((starts[at - 1] as number) - (starts[at] as number)).toBeGreaterThanOrEqual(600_000);
    }
  });

  it("leaves a source alone that has none", async () => {
    const ledger = new Ledger();
    ledger.seed(3);
    place = await TestWorkplace.open({
      id: "mill",
      connector: ledgerConnector({ feed: "changes" }),
      config: { ledger: ledger.name },
    });
    place.engine.watch();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await place.store.runs({ source: "mill", limit: 10 })).toEqual([]);
  });
});
