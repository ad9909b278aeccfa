import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { testConnector } from "../connector.ts";
import { TestWorkplace } from "../workplace.ts";
import { fieldnotes } from "./fieldnotes.ts";
import { FieldnotesTwin } from "./fieldnotes-twin.ts";

testConnector(fieldnotes, () => FieldnotesTwin.open());

describe("what is special about Fieldnotes", () => {
  let twin: FieldnotesTwin;
  let place: TestWorkplace;
  beforeEach(async () => {
    twin = await FieldnotesTwin.open();
    await twin.seed();
    place = await TestWorkplace.open({ id: "station", connector: fieldnotes, config: twin.config() });
  });
  afterEach(async () => {
    await place.close();
    await twin.close();
    expect(twin.refusals).toEqual([]);
  });

  it("news of an edit and of a deletion come by themselves while headwater serves", async () => {
    await place.sync("station");
    place.engine.watch();
    await vi.waitFor(
      async () => expect(await place.store.runs({ source: "station", limit: 5 })).toHaveLength(2),
      20_000,
    );
    await twin.edit("n_3", "The gauge was read again: 84 cm.");
    await twin.remove("n_4");
    const settled = async () => {
      const stored = await place.stored("station");
      expect(stored.get("n_3")?.text).toContain("read again");
      expect(stored.has("n_4")).toBe(false);
    };
    await vi.waitFor(settled, 20_000);
  });

  it("a note that was committed late, with an older time than the newest, is found by the next sync", async () => {
    await place.sync("station");
    twin.write("Late", "Committed late.", "2026-03-28T06:59:20.000Z");
    expect(await place.sync("station")).toMatchObject({ added: 1, updated: 0 });
  });

  it("only the notebooks that are named are followed, and an option that changed takes the others away", async () => {
    expect((await place.sync("station")).added).toBe(29);
    place.sources.configure("station", { ...twin.config(), notebooks: ["Harbour"] });
    await place.sync("station", { acceptDeletions: true });
    expect([...(await place.stored("station")).keys()].sort()).toEqual(["n_28", "n_29"]);
  });

  it("an overloaded service is waited for as long as it says, once", async () => {
    twin.faults.next({ kind: "status", status: 429, retryAfter: "7" }, /\/v1\/notes/);
    expect((await place.sync("station")).state).toBe("succeeded");
    expect(place.clock.naps.filter((ms) => ms > 6000 && ms < 9000)).toHaveLength(1);
  });

  it("a closed notebook is told in our words, with what to do", async () => {
    twin.faults.next({ kind: "status", status: 403, body: '{"code":"notebook_closed"}' }, /\/v1\/notes/);
    const { failures } = await place.sync("station");
    expect(failures).toMatchObject([{ message: "A notebook was closed to this token." }]);
    expect(failures[0]?.hint).toContain("choose Sharing");
  });

  it("a refused token is told with how to get another one", async () => {
    place.sources.configure("station", { ...twin.config(), accessToken: "fn_old" });
    const { problem } = await place.engine.test("station");
    expect(problem?.kind).toBe("auth");
    expect(problem?.hint).toContain("Create one under Settings, Access tokens");
  });

  it("the service's own search finds what was not synced yet", async () => {
    const open = await place.sources.open("station");
    const ctx = open.context(new AbortController().signal);
    const found = await fieldnotes.search?.(ctx, { text: "reiher", limit: 5 });
    expect(found?.map(({ id }) => id)).toEqual(["n_28"]);
  });
});
