import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { SyncReport } from "../../src/model/index.ts";
import { openStore } from "../../src/store/open.ts";
import { type Outcome, outcomeOf, Sandbox } from "../cli/sandbox.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const LONG = { timeout: 60_000, interval: 50 };
/** Enough that a sync of them can be met in its middle. */
const MANY = 1500;

interface LogLine {
  event: string;
  source?: string;
  tenant?: string;
  run?: string;
  by?: string;
  state?: string;
}

/** A headwater that serves: over stdio with a client that stays, or over HTTP. */
class Server {
  readonly child: ChildProcess;
  readonly ended: Promise<Outcome>;
  #said = "";

  constructor(box: Sandbox, args: string[]) {
    this.child = spawn(process.execPath, [CLI, "serve", ...args], {
      cwd: box.home,
      env: box.env(),
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.child.stderr?.on("data", (chunk) => {
      this.#said += chunk;
    });
    this.ended = outcomeOf(this.child);
  }

  get runs(): LogLine[] {
    const whole = this.#said.slice(0, this.#said.lastIndexOf("\n") + 1).split("\n");
    const lines = whole.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as LogLine);
    return lines.filter((line) => line.event === "run.ended");
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<Outcome> {
    this.child.kill(signal);
    return this.ended;
  }
}

const HTTP = ["--http", "127.0.0.1:0"];
let box: Sandbox;
let servers: Server[];

beforeEach(() => {
  box = new Sandbox();
  servers = [];
  box.put("Gauges/Mill Lane.md", "Level at 07:00: 37 cm. Ångström would have liked the gauge. 🦦\n");
  box.put("Club/Minutes.md", "The weir was looked at. Nobody fell in.\n");
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop("SIGKILL")));
});

function configure(gauges: string, more = ""): void {
  box.put(
    "headwater.yaml",
    `sources:\n  gauges: { connector: files, paths: [Gauges], ${gauges} }\n  minutes: { connector: files, paths: [Club], tenant: club, every: 1s }\n${more}`,
  );
}

function serve(...args: string[]): Server {
  const server = new Server(box, ["--config", join(box.home, "headwater.yaml"), ...args]);
  servers.push(server);
  return server;
}

async function historyOf(...args: string[]): Promise<SyncReport[]> {
  return (await box.json<{ runs: SyncReport[] }>(["history", "--limit", "1000", ...args])).runs.toReversed();
}

/** Neighbours of one source that ran at the same time. */
function overlaps(runs: SyncReport[]): string[] {
  return runs.slice(1).flatMap((run, at) => {
    const before = runs[at];
    return before !== undefined && (before.endedAt ?? "~") > run.startedAt ? [`${before.runId} ${run.runId}`] : [];
  });
}

/** A sync that was met in the middle of its work. */
async function midst(source: string): Promise<void> {
  const store = await openStore({ folder: join(box.home, ".data", "headwater"), tenant: "default" });
  await vi.waitFor(async () => {
    const [run] = await store.runs({ source, limit: 1 });
    const { items } = (await store.stats([source]))[0] ?? { items: 0 };
    expect(run?.state === "running" && items > 0).toBe(true);
  }, LONG);
  await store.close();
}

function manyNotes(): void {
  for (let at = 0; at < MANY; at++)
    box.put(`Gauges/Day ${at}.md`, `Water level on day ${at}: ${(at * 37) % 100} cm.\n`);
}

describe("serve --schedule", () => {
  it("two servers on one store sync the sources of every tenant in turn, each run once and none beside another", async () => {
    configure("every: 1s");
    const [overStdio, overHttp] = [serve("--schedule"), serve("--schedule", ...HTTP)];
    const both = () => [...overStdio.runs, ...overHttp.runs];
    await vi.waitFor(() => {
      for (const name of ["gauges", "minutes"])
        expect(both().filter(({ source }) => source === name).length).toBeGreaterThanOrEqual(4);
    }, LONG);
    const [busier, other] =
      overStdio.runs.length > overHttp.runs.length ? [overStdio, overHttp] : [overHttp, overStdio];
    const ends = [await busier.stop()];
    const before = other.runs.length;
    await vi.waitFor(() => expect(other.runs.length).toBeGreaterThanOrEqual(before + 2), LONG);
    ends.push(await other.stop());
    for (const { code, stdout } of ends) expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    for (const [tenant, source] of [
      ["default", "gauges"],
      ["club", "minutes"],
    ] as const) {
      const runs = await historyOf("--tenant", tenant);
      expect(overlaps(runs)).toEqual([]);
      expect(runs.every(({ startedBy, state }) => startedBy === "schedule" && state !== "running")).toBe(true);
      const logged = both().filter((line) => line.source === source && line.state !== "skipped");
      expect(logged.map(({ run }) => run).sort()).toEqual(runs.map(({ runId }) => runId).sort());
      expect(new Set(logged.map((line) => line.tenant))).toEqual(new Set([tenant === "club" ? "club" : undefined]));
    }
  }, 120_000);

  it("without it, over stdio, only what is served is kept current; with --no-schedule nothing is", async () => {
    configure("every: 1s");
    const usual = serve();
    await vi.waitFor(() => expect(usual.runs.length).toBeGreaterThanOrEqual(3), LONG);
    expect(new Set(usual.runs.map(({ source }) => source))).toEqual(new Set(["gauges"]));
    await usual.stop();
    const every = serve("--schedule");
    await vi.waitFor(() => expect(every.runs.map(({ tenant }) => tenant)).toContain("club"), LONG);
    await every.stop();
    const before = await historyOf();
    const still = serve("--no-schedule", ...HTTP);
    const other = serve("--tenant", "club");
    await vi.waitFor(() => expect(other.runs.length).toBeGreaterThanOrEqual(3), LONG);
    expect(still.runs).toEqual([]);
    expect(await historyOf()).toHaveLength(before.length);
  }, 120_000);

  it("a server killed in a run leaves it for the other, which goes on from its last page", async () => {
    manyNotes();
    configure("every: 1s");
    const first = serve("--schedule", ...HTTP);
    await midst("gauges");
    await first.stop("SIGKILL");
    const { sources } = await box.json<{ sources: { lastRun: SyncReport }[] }>(["status"]);
    expect(sources[0]?.lastRun).toMatchObject({ state: "failed", unfinished: true });
    const [dead] = await historyOf();
    expect(dead?.notes.join()).toContain("Its process ended before the run did");
    const second = serve("--schedule", ...HTTP);
    await vi.waitFor(() => expect(second.runs.some(({ source }) => source === "gauges")).toBe(true), LONG);
    await second.stop();
    const runs = await historyOf();
    expect(runs.slice(0, 2)).toMatchObject([
      { runId: dead?.runId, state: "failed", startedBy: "schedule" },
      { state: "succeeded", startedBy: "schedule" },
    ]);
    expect(overlaps(runs)).toEqual([]);
    expect((await box.json<{ sources: { items: number }[] }>(["status"])).sources[0]?.items).toBe(MANY + 1);
  }, 120_000);

  it("told to stop in a run it stops at a page, and the rest does not wait for the next night", async () => {
    manyNotes();
    configure("schedule: { cron: '0 3 * * *', timezone: UTC }");
    await seedRun("2026-11-01T03:00:00.000Z");
    const server = serve("--schedule", ...HTTP);
    await midst("gauges");
    const { code } = await server.stop();
    expect(code).toBe(0);
    const [, cut] = await historyOf();
    expect(cut).toMatchObject({ state: "cancelled", startedBy: "schedule", unfinished: true });
    const { sources } = await box.json<{ sources: { nextSync: string }[] }>(["status"]);
    const wait = Date.parse(sources[0]?.nextSync ?? "") - Date.parse(cut?.startedAt ?? "");
    expect(wait).toBeLessThanOrEqual(120_000);
  }, 120_000);

  it("a machine that was off for weeks catches up once", async () => {
    configure("schedule: { cron: '0 3 * * *', timezone: UTC }");
    await seedRun("2026-10-01T03:00:00.000Z");
    const server = serve("--schedule", ...HTTP);
    const count = (name: string) => server.runs.filter(({ source }) => source === name).length;
    await vi.waitFor(() => expect(count("gauges")).toBe(1), LONG);
    const seen = count("minutes");
    await vi.waitFor(() => expect(count("minutes")).toBeGreaterThan(seen + 3), LONG);
    await server.stop();
    const runs = await historyOf();
    expect(runs.map(({ startedBy }) => startedBy)).toEqual(["person", "schedule"]);
  }, 120_000);
});

describe("sync --watch", () => {
  it("stays with the sources that were named, and ends well when a service manager ends it", async () => {
    configure("every: 1s", "sync: { every: 1s }\n");
    box.put("Boats/Skiff.md", "Leaks.\n");
    const config = join(box.home, "headwater.yaml");
    writeFileSync(
      config,
      readFileSync(config, "utf8").replace("sources:\n", "sources:\n  boats: { connector: files, paths: [Boats] }\n"),
    );
    const child = box.start(["sync", "gauges", "--watch"]);
    let said = "";
    child.stdout?.on("data", (chunk) => {
      said += chunk;
    });
    const ended = outcomeOf(child);
    await vi.waitFor(() => expect(said.split("\n").length).toBeGreaterThan(4), LONG);
    child.kill("SIGTERM");
    expect((await ended).code).toBe(0);
    expect(said).not.toContain("boats");
    const runs = await historyOf();
    expect(runs.map(({ startedBy }) => startedBy).slice(0, 2)).toEqual(["person", "schedule"]);
    expect(new Set(runs.map(({ source }) => source))).toEqual(new Set(["gauges"]));
  }, 120_000);
});

/** A run that somebody made long ago. */
async function seedRun(startedAt: string): Promise<void> {
  const store = await openStore({ folder: join(box.home, ".data", "headwater"), tenant: "default" });
  const counts = { added: 0, updated: 0, unchanged: 1, deleted: 0, lost: 0, failed: 0 };
  await store.saveRun({
    ...{ runId: "run_old", source: "gauges", state: "succeeded", mode: "incremental", dryRun: false },
    ...{ startedBy: "person", startedAt, endedAt: startedAt, ...counts, done: 1, failures: [], held: [], notes: [] },
  });
  await store.close();
}
