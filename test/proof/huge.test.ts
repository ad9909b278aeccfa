import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { call, INITIALIZE, INITIALIZED, RawStdio } from "../server/raw-stdio.ts";
import { runCli, startCli } from "./cli.ts";
import { tellFigure } from "./figure.ts";
import { fillLibrary, Words } from "./library.ts";

/** Reliability R13. HEADWATER_ITEMS=1000000 is the full number; HEADWATER_LIBRARY names a folder to keep the notes and the store in. */
const ITEMS = Number(process.env.HEADWATER_ITEMS ?? 4000);
const KEPT = process.env.HEADWATER_LIBRARY;
const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const [STARTS, SEARCHES] = ITEMS < 100_000 ? [2, 40] : [5, 200];
const LONGEST_MS = 7_200_000;
/** For a server in a long session with a sync in it, and for a first sync. */
const [MOST_MB, MOST_FIRST_MB] = [250, 400];

const base = KEPT ?? mkdtempSync(join(tmpdir(), "headwater-huge-"));
const library = join(base, "library");
const flags = ["--config", join(base, "headwater.yaml"), "--data", join(base, "data")];
const words = new Words(4711);

beforeAll(() => {
  mkdirSync(library, { recursive: true });
  fillLibrary(library, ITEMS);
  writeFileSync(
    join(base, "headwater.yaml"),
    `version: 1\nsources:\n  library: { connector: files, paths: ["${library}"] }\n`,
  );
}, LONGEST_MS);
afterAll(() => {
  if (KEPT === undefined) rmSync(base, { recursive: true, force: true });
}, LONGEST_MS);

/** The most memory that a process has had in use at once, in megabytes; 0 for one that has ended. */
function peakOf(pid: number | undefined): number {
  const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0;
  return Math.round(Number(kilobytes) / 1024);
}

async function syncAll(): Promise<{ peakMb: number; stored: number; tooLarge: number }> {
  const run = startCli(["sync", "--json", ...flags]);
  let peakMb = 0;
  const watch = setInterval(() => {
    try {
      peakMb = Math.max(peakMb, peakOf(run.process.pid));
    } catch {
      // It ended meanwhile.
    }
  }, 50);
  const end = await run.ended;
  clearInterval(watch);
  expect([0, 5], end.err).toContain(end.code);
  const [report] = JSON.parse(end.out).reports;
  const { added, updated, unchanged } = report;
  const failures = await runCli(["failures", "--json", ...flags]); // a later sync does not tell it again
  return { peakMb, stored: added + updated + unchanged, tooLarge: failures.out.includes("huge.md") ? 1 : 0 };
}

function serve(): RawStdio {
  return new RawStdio(CLI, {}, ["serve", "--no-schedule", ...flags]);
}

/** Milliseconds from the start of the process to its answer. */
async function initializeMs(): Promise<number> {
  const from = performance.now();
  const server = serve();
  server.send(INITIALIZE);
  await server.answer("init");
  const ms = performance.now() - from;
  await server.leave();
  return ms;
}

/** What an assistant does in a long session; answers how long its searches took. */
async function session(server: RawStdio): Promise<number[]> {
  let id = 0;
  const ask = async (name: string, args: object) => {
    server.send(call(++id, name, args));
    const { result } = await server.message((message) => message.id === id);
    expect(result.isError, JSON.stringify(result).slice(0, 500)).not.toBe(true);
    server.lines.length = 0;
    return result.structuredContent;
  };
  server.send(INITIALIZE);
  await server.answer("init");
  server.send(INITIALIZED);
  await ask("search", { query: "weir" });
  const took: number[] = [];
  let cursor: string | undefined;
  for (let round = 0; round < SEARCHES; round++) {
    const query = words.asked(1 + (round % 3));
    const from = performance.now();
    const { results } = await ask("search", { query, limit: 10 });
    took.push(performance.now() - from);
    if (round % 4 === 0 && results.length > 0) await ask("fetch", { id: results[0].id });
    if (round % 4 === 1) {
      const page = await ask("list_items", { source: "library", limit: 50, ...(cursor !== undefined && { cursor }) });
      cursor = page.next_cursor;
    }
    if (round % 4 === 2) await ask("recent_changes", { limit: 50 });
  }
  for (let at = 0; at < 100; at++) appendFileSync(join(library, "shelf 0", `note ${at}.md`), `\n${words.some(9)}.\n`);
  const { sync_id } = await ask("sync_source", { source: "library", wait_seconds: 0 });
  for (;;) {
    const { syncs } = await ask("sync_status", { sync_id });
    await ask("search", { query: words.asked(2) });
    if (syncs[0].state !== "running") break;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  await ask("list_sources", {});
  return took;
}

it.runIf(process.platform === "linux")(
  `${ITEMS} notes and a file of 5 GB stay within memory and time`,
  async () => {
    const first = await syncAll();
    const starts: number[] = [];
    for (let round = 0; round < STARTS; round++) starts.push(await initializeMs());
    const server = serve();
    const took = (await session(server)).sort((a, b) => a - b);
    const figures = {
      items: first.stored,
      syncPeakMegabytes: first.peakMb,
      initializeMs: Math.round(Math.max(...starts)),
      searchP95Ms: Math.round(took[Math.floor(took.length * 0.95)] as number),
      serverPeakMegabytes: peakOf(server.child.pid),
      largeFilesTold: first.tooLarge,
    };
    await server.leave();
    const must = {
      items: { least: ITEMS },
      syncPeakMegabytes: { most: MOST_FIRST_MB },
      initializeMs: { most: 1000 },
      searchP95Ms: { most: 200 },
      serverPeakMegabytes: { most: MOST_MB },
      largeFilesTold: 1,
    };
    tellFigure("R13", "a million notes and a file of 5 GB", figures, must);
    expect(figures.items).toBeGreaterThanOrEqual(ITEMS);
    expect(figures.largeFilesTold).toBe(1);
    expect(figures.syncPeakMegabytes).toBeLessThanOrEqual(MOST_FIRST_MB);
    expect(figures.serverPeakMegabytes).toBeLessThanOrEqual(MOST_MB);
  },
  LONGEST_MS,
);
