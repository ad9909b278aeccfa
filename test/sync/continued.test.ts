import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { files } from "../../src/connectors/files/index.ts";
import type { SyncReport } from "../../src/model/index.ts";
import { fill, folderWith } from "../connectors/files/folder.ts";
import { TestWorkplace } from "../contract/workplace.ts";

const SOURCE = "archive";
const FILES = 1600;
let place: TestWorkplace;
let root: string;

/** Sixteen boxes of letters, the way they stood when the first sync began. */
async function openArchive(): Promise<void> {
  const letters = Array.from({ length: FILES }, (_, at) => [nameOf(at), `Letter ${at}: the ferry to Ærø is late. ⛴`]);
  root = folderWith(Object.fromEntries(letters));
  place = await TestWorkplace.open({ id: SOURCE, connector: files, config: { paths: [root] } });
}

function nameOf(letter: number): string {
  const folder = String(Math.floor(letter / 100)).padStart(2, "0");
  return `box ${folder}/letter ${String(letter).padStart(4, "0")}.md`;
}

/** Syncs until this many more letters are in the store, then is told to stop, as Ctrl-C and `cancel_sync` do. */
async function syncUntil(added: number): Promise<SyncReport> {
  const stopping = new AbortController();
  const had = (await place.stored(SOURCE)).size;
  place.sources.replaceConnector(SOURCE, () => ({
    async *sync(...args: Parameters<typeof files.sync>) {
      let met = 0;
      for await (const page of files.sync(...args)) {
        yield page;
        met += page.upserts?.length ?? 0;
        if (met >= added) stopping.abort();
      }
    },
  }));
  const report = await place.sync(SOURCE, { signal: stopping.signal });
  place.sources.replaceConnector(SOURCE, () => ({ sync: files.sync }));
  expect(report.state).toBe("cancelled");
  expect((await place.stored(SOURCE)).size).toBeGreaterThanOrEqual(Math.min(FILES, had + 1));
  return report;
}

function looks({ added, updated, unchanged }: SyncReport): number {
  return added + updated + unchanged;
}

afterEach(() => place.close());

describe("a first sync that was stopped and is continued", () => {
  it("looks at each file once and says so", async () => {
    await openArchive();
    const first = await syncUntil(500);
    expect(first.added).toBeLessThan(FILES);
    const second = await place.sync(SOURCE);
    expect(second).toMatchObject({
      state: "succeeded",
      added: FILES - first.added,
      updated: 0,
      unchanged: first.added,
    });
    expect(second.done).toBe(FILES);
    expect(await place.sync(SOURCE)).toMatchObject({ added: 0, updated: 0, unchanged: FILES });
  });

  it("also sees what was added, edited and removed behind the point where it stopped", async () => {
    await openArchive();
    const first = await syncUntil(500);
    fill(root, {
      [nameOf(3)]: "Rewritten: the ferry sails at noon.",
      "box 00/a postcard.md": "Greetings from Marstal.",
    });
    rmSync(join(root, nameOf(5)));
    rmSync(join(root, nameOf(FILES - 1)));
    const second = await place.sync(SOURCE);
    expect(second).toMatchObject({ state: "succeeded", updated: 1, deleted: 1 });
    expect(second.added).toBe(FILES - 1 - first.added + 1);
    expect(looks(second)).toBe(FILES - 2 + 1);
    const stored = await place.stored(SOURCE);
    expect(stored.size).toBe(FILES - 1);
    expect(stored.get(nameOf(3))?.text).toContain("noon");
    expect(stored.has(nameOf(5))).toBe(false);
  });

  it("comes to its end however often it is stopped, and never looks at more files than there are", async () => {
    await openArchive();
    const reports: SyncReport[] = [];
    for (let stop = 0; stop < 4; stop++) reports.push(await syncUntil(400));
    reports.push(await place.sync(SOURCE));
    for (const report of reports) expect(looks(report)).toBeLessThanOrEqual(FILES);
    expect(reports.reduce((sum, report) => sum + report.added, 0)).toBe(FILES);
    expect(reports.at(-1)).toMatchObject({ state: "succeeded", deleted: 0 });
    expect((await place.stored(SOURCE)).size).toBe(FILES);
  });

  it("reads no file a second time when it was to read all of them again", async () => {
    await openArchive();
    await place.sync(SOURCE);
    const bodies = new Map<string, number>();
    const stopping = new AbortController();
    place.sources.replaceConnector(SOURCE, () => ({
      async fetch(...args: Parameters<typeof files.fetch>) {
        bodies.set(args[1], (bodies.get(args[1]) ?? 0) + 1);
        if (bodies.size === 900) stopping.abort();
        return files.fetch(...args);
      },
    }));
    expect((await place.sync(SOURCE, { full: true, signal: stopping.signal })).state).toBe("cancelled");
    expect(await place.sync(SOURCE)).toMatchObject({ state: "succeeded", updated: 0, unchanged: FILES });
    expect(bodies.size).toBe(FILES);
    const reads = [...bodies.values()].reduce((sum, times) => sum + times, 0);
    expect(reads).toBeLessThanOrEqual(FILES + 800); // the page at which it was stopped, once more
  });
});
