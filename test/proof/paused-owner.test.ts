import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SyncReport } from "../../src/model/index.ts";
import { openStore } from "../../src/store/open.ts";
import { bundle } from "../setup/bundle.mjs";
import { Ledger } from "../twins/ledger.ts";
import { tellFigure } from "./figure.ts";

const ROUNDS = Number(process.env.HEADWATER_PAUSES ?? 6);
const LEASE_MS = 400;
/** A taker that has not ended after so long is waiting for a lock. */
const PATIENCE_MS = 8000;

let child: string;
let folder: string;
beforeAll(async () => {
  child = await bundle("test/proof/kill-child.ts");
  folder = mkdtempSync(join(tmpdir(), "headwater-pause-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function start(stateFile: string): ChildProcess {
  const shape = JSON.stringify({ feed: "changes", slow: true });
  return fork(child, [folder, stateFile, shape, "sound", String(LEASE_MS)], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
}

function reportOf(run: ChildProcess): Promise<SyncReport> {
  return new Promise((resolve) => {
    run.on("message", (message) => {
      if (typeof message === "object") resolve(message as SyncReport);
    });
  });
}

/** Resolves in the middle of the walk. */
function walking(run: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    run.on("message", (message) => {
      if (message === "walking") resolve();
    });
  });
}

async function lastSeq(): Promise<number> {
  const store = await openStore({ folder, tenant: "default" });
  const { lastSeq: seq } = await store.changes({ limit: 1, newestFirst: true, viewer: "everything" });
  await store.close();
  return seq;
}

const nap = (ms: number) => new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), ms));

describe(`an owner that was stopped past its lease, ${ROUNDS} times`, () => {
  it("commits nothing after it wakes, and says that another run took over", async () => {
    const ledger = new Ledger();
    ledger.seed(300);
    const stateFile = join(folder, "ledger.json");
    const outcome = { stale: 0, told: 0, locked: 0 };
    for (let round = 0; outcome.told < ROUNDS && round < ROUNDS * 2; round++) {
      for (const id of ledger.entries.keys()) ledger.put(id, `Round ${round}: ${id} was weighed again.`);
      writeFileSync(stateFile, JSON.stringify(ledger.state()));
      const paused = start(stateFile);
      const verdict = reportOf(paused);
      await walking(paused);
      await nap(round * 7);
      paused.kill("SIGSTOP");
      await nap(LEASE_MS + 200);
      const taker = start(stateFile);
      const taken = reportOf(taker);
      if ((await Promise.race([taken, nap(PATIENCE_MS)]))?.state !== "succeeded") {
        // Stopped in the middle of a transaction, the owner keeps the file's lock: then the other one waits for it.
        paused.kill("SIGCONT");
        outcome.locked += 1;
        await Promise.all([verdict, taken]);
        continue;
      }
      const before = await lastSeq();
      paused.kill("SIGCONT");
      const end = await verdict;
      if ((await lastSeq()) !== before) outcome.stale += 1;
      if (end.failures.some((failure) => failure.message.includes("took over"))) outcome.told += 1;
    }
    tellFigure(
      "R9",
      "owners that were stopped past their lease",
      { rounds: ROUNDS, ...outcome },
      { stale: 0, told: ROUNDS },
    );
    expect(outcome).toMatchObject({ stale: 0, told: ROUNDS });
  }, 900_000);
});
