import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { SyncReport } from "../../src/model/index.ts";
import { openStore } from "../../src/store/open.ts";
import { Sandbox, writeNotes } from "./sandbox.ts";

const box = new Sandbox();
const MINUTES = 60_000;
const CLOCK = String.raw`(?:\w{3} )?\d\d:\d\d`;

const lines = async (...args: string[]) => (await box.run(args)).stdout.trimEnd().split("\n");

/** Runs of the past, each a minute before the other. */
async function remember(runs: Partial<SyncReport>[]): Promise<void> {
  const store = await openStore({ folder: join(box.home, ".data", "headwater"), tenant: "default" });
  const counts = { added: 0, updated: 0, unchanged: 0, deleted: 0, lost: 0, failed: 0 };
  const start = Date.now() - 30 * MINUTES;
  for (const [at, run] of runs.entries()) {
    const startedAt = new Date(start - at * MINUTES).toISOString();
    const endedAt = new Date(start - at * MINUTES + 2100).toISOString();
    const usual = { source: "notes", state: "succeeded", mode: "incremental", dryRun: false } as const;
    const rest = { done: 0, failures: [], held: [], notes: [] };
    await store.saveRun({ runId: `run_${at}`, ...usual, startedAt, endedAt, ...counts, ...rest, ...run });
  }
  await store.close();
}

beforeAll(() => {
  writeNotes(box);
  box.put("Notes/plan.pdf", "%PDF-1.7 broken");
  box.put("Notes/budget.docx", "PK\u0003\u0004broken");
  box.put("headwater.yaml", "sources:\n  notes: { connector: files, paths: [Notes], every: 1h }\n");
});

describe("looking back", () => {
  it("before the first sync every list says how to begin", async () => {
    for (const command of ["history", "failures", "changes"])
      expect(await lines(command)).toEqual(["Nothing has been synced yet. Begin with: headwater sync"]);
    expect(await lines("sources")).toEqual(["notes  files  every hour  due now  enabled"]);
    expect(await lines("status")).toEqual([
      "notes  0 items  not synced yet  due now  begin: headwater sync notes",
      "Sources that are due are synced while headwater serves: headwater serve --schedule, or now: headwater sync",
    ]);
  });

  it("a source that was never synced is not said to be read", async () => {
    const two = new Sandbox();
    two.put("Notes/Plan.md", "# Plan\n");
    two.put(
      "headwater.yaml",
      "sources:\n  a: { connector: files, paths: Notes }\n  b: { connector: files, paths: Notes }\n",
    );
    expect((await two.run(["sync", "a"])).code).toBe(0);
    expect((await two.run(["failures", "b"])).stdout).toBe("b has not been synced yet. Begin with: headwater sync b\n");
    expect((await two.run(["failures", "a"])).stdout).toBe("Everything could be read.\n");
  });

  it("history tells when, what set it going, how far it looked and why it did no more", async () => {
    await remember([
      { startedBy: "schedule", unchanged: 1284 },
      { startedBy: "webhook", part: "items", updated: 1 },
      { startedBy: "live", part: "containers", added: 2, deleted: 1 },
      { startedBy: "tool", mode: "full", state: "cancelled" },
      { state: "running", endedAt: undefined, done: 312, total: 2000 },
    ]);
    const rows = (await lines("history")).map((line) => line.split(/ {2,}/).slice(1));
    const dead = "Its process ended before the run did; the next run goes on from the last page.";
    expect(rows.slice(0, 4)).toEqual([
      ["30 min ago", "notes", "succeeded", "by schedule", "2.1 s", "1,284 unchanged"],
      ["31 min ago", "notes", "succeeded", "by webhook", "single items, 2.1 s", "1 updated"],
      ["32 min ago", "notes", "succeeded", "by live news", "in part, 2.1 s", "2 added, 1 deleted"],
      [
        "33 min ago",
        "notes",
        "cancelled",
        "by an assistant",
        "full, 2.1 s",
        "stopped before the end; the next sync goes on",
      ],
    ]);
    expect(rows[4]?.slice(0, 4)).toEqual(["34 min ago", "notes", "failed", "by hand"]);
    expect(rows[4]?.at(-1)).toBe(dead);
  });

  it("what stopped a whole source stands in its row, with the next step", async () => {
    const lost = new Sandbox();
    lost.put("headwater.yaml", "sources:\n  drive: { connector: files, paths: [Gone] }\n");
    const { stdout } = await lost.run(["sync"]);
    expect(stdout).toMatch(/^drive {2}partly {2}nothing changed {2}\d+\.\d s\n {2}Gone: The folder .* is not there/);
    for (const command of ["history", "status"])
      expect((await lost.run([command])).stdout).toMatch(/ {2}Gone: The folder .* is not there.*\n$/);
  });

  it("failures and changes tell what is not shown, and the next step", async () => {
    expect((await box.run(["sync"])).code).toBe(5);
    const [first = "", , ...below] = await lines("failures", "--limit", "1");
    expect(first).toMatch(/^notes\/budget.docx {2}not readable, tried once (just now|\d min ago)$/);
    expect(below).toEqual([
      "1 more: headwater failures --limit 2",
      "When their reasons are gone, try them again: headwater failures --retry",
    ]);
    expect(await box.json(["failures", "--limit", "1"])).toMatchObject({
      failures: [{ ref: "notes/budget.docx" }],
      total: 2,
    });
    const changed = await lines("changes", "--limit", "2", "--source", "notes");
    expect(changed).toHaveLength(3);
    expect(changed[0]).toMatch(new RegExp(`^${CLOCK} {2}(just now|\\d min ago) {2}added {2}.*notes/`));
    expect(changed[2]).toBe("There are more: headwater changes --since 7d --source notes --limit 4");
    const all = await box.json<{ changes: { ref: string }[]; more: boolean }>(["changes", "--limit", "6"]);
    expect(all.more).toBe(false);
    expect(all.changes.map(({ ref }) => ref)).toContain("notes/plan.pdf");
    expect(await lines("changes", "--since", "0s")).toEqual([
      expect.stringMatching(/^Nothing changed since \d\d:\d\d\.$/),
    ]);
  });
}, 120_000);
