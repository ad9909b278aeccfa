import { fork } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { openStore } from "../../src/store/open.ts";
import { bundle } from "../setup/bundle.mjs";
import { Ledger, type LedgerShape } from "../twins/ledger.ts";
import { tellFigure } from "./figure.ts";
import { seededRandom } from "./seeded-random.ts";

const KILLS = Math.ceil(Number(process.env.HEADWATER_KILLS ?? 24) / 4);
const SEED = Number(process.env.HEADWATER_SEED ?? Date.now() % 1_000_000);
const ENTRIES = 2000;
const KINDS: Record<string, LedgerShape> = {
  "a page token": { feed: "listing" },
  "a change feed": { feed: "changes" },
  "a timestamp with a walk over ids": { feed: "edits", ids: true },
};

let child: string;
beforeAll(async () => {
  child = await bundle("test/proof/kill-child.ts");
});

interface Outcome {
  killed: number;
  lost: number;
  duplicate: number;
  corrupt: number;
}

/**
 * Kills syncs of a changing ledger at random moments, lets the last one end, and compares; where one loss is `enough`, it looks
 * for that after every few kills.
 */
async function killing(shape: LedgerShape, variant: string, kills: number, enough = false): Promise<Outcome> {
  const random = seededRandom(SEED);
  const folder = mkdtempSync(join(tmpdir(), "headwater-kill-"));
  const stateFile = join(folder, "ledger.json");
  const ledger = new Ledger();
  ledger.seed(ENTRIES);
  const outcome: Outcome = { killed: 0, lost: 0, duplicate: 0, corrupt: 0 };
  try {
    for (let round = 0; outcome.killed < kills && round < kills * 3; round++) {
      for (let at = 0; at < 10; at++) change(ledger, random, round);
      writeFileSync(stateFile, JSON.stringify(ledger.state()));
      if (await runAndKill([folder, stateFile, JSON.stringify(shape), variant], random() * 60)) outcome.killed += 1;
      if (round % 10 === 0 && (await damaged(folder))) outcome.corrupt += 1;
      if (enough && round % 6 === 5) {
        await runAndKill([folder, stateFile, JSON.stringify(shape), variant]);
        await compare(folder, ledger, shape, outcome);
        if (outcome.lost > 0) return outcome;
      }
    }
    await runAndKill([folder, stateFile, JSON.stringify(shape), variant]);
    if (await damaged(folder)) outcome.corrupt += 1;
    await compare(folder, ledger, shape, outcome);
    return outcome;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function change(ledger: Ledger, random: () => number, round: number): void {
  const id = `accounts-${String(Math.floor(random() * ENTRIES)).padStart(4, "0")}`;
  if (random() < 0.03 && ledger.entries.has(id)) ledger.remove(id);
  else ledger.put(id, `Round ${round}: the entry ${id} was settled again, ${Math.floor(random() * 1e6)}.`);
}

/**
 * True when the process died by our hand. `afterMs` counts from the first or second page it asked for, so that a busy
 * machine does not move every kill before the work begins; a sync that asks for fewer ends by itself.
 */
function runAndKill(args: string[], afterMs?: number): Promise<boolean> {
  const page = afterMs !== undefined && afterMs > 30 ? 2 : 1;
  let pages = 0;
  return new Promise((resolve, reject) => {
    const run = fork(child, args, { stdio: ["ignore", "ignore", "pipe", "ipc"] });
    let said = "";
    run.stderr?.on("data", (chunk) => {
      said += chunk;
    });
    run.on("message", (message) => {
      if (message !== "page" || ++pages !== page) return;
      if (afterMs !== undefined) setTimeout(() => run.kill("SIGKILL"), afterMs % 30);
    });
    run.on("exit", (code, signal) => {
      if (signal === null && code !== 0) reject(new Error(`The sync failed (seed ${SEED}): ${said}`));
      else resolve(signal === "SIGKILL");
    });
  });
}

async function damaged(folder: string): Promise<boolean> {
  const store = await openStore({ folder, tenant: "default" });
  const problems = await store.verify("full");
  await store.close();
  return problems.length > 0;
}

async function compare(folder: string, ledger: Ledger, shape: LedgerShape, outcome: Outcome): Promise<void> {
  const store = await openStore({ folder, tenant: "default" });
  const stored = new Map<string, string | undefined>();
  for await (const { item, text } of store.everything({})) {
    if (stored.has(item.id)) outcome.duplicate += 1;
    stored.set(item.id, text);
  }
  for (const entry of ledger.entries.values()) if (stored.get(entry.id) !== entry.text) outcome.lost += 1;
  const tellsDeletes = shape.feed !== "edits"; // the others find them with the next daily walk
  if (tellsDeletes) for (const id of stored.keys()) if (!ledger.entries.has(id)) outcome.duplicate += 1;
  await store.close();
}

describe(`a sync killed ${KILLS} times (seed ${SEED})`, () => {
  for (const [name, shape] of Object.entries(KINDS)) {
    it(`loses, doubles and corrupts nothing with ${name} as cursor`, async () => {
      const outcome = await killing(shape, "sound", KILLS);
      tellFigure(
        "R1",
        `kill -9 of a sync with ${name} as cursor`,
        { ...outcome },
        { lost: 0, duplicate: 0, corrupt: 0 },
      );
      expect(outcome).toEqual({ killed: KILLS, lost: 0, duplicate: 0, corrupt: 0 });
    }, 600_000);
  }

  it("is caught when it saves the cursor first", async () => {
    const outcome = await killing(
      KINDS["a change feed"] as LedgerShape,
      "cursor-first",
      Math.max(KILLS, 30),
      KILLS < 30,
    );
    tellFigure("R1", "the same with the mistake of saving the cursor first", { ...outcome }, { lost: { least: 1 } });
    expect(outcome.lost).toBeGreaterThan(0);
  }, 600_000);
});
