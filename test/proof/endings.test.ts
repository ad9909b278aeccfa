import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { runCli } from "./cli.ts";
import { compareTree, NO_DIFFERENCE } from "./compare-tree.ts";
import { tellFigure } from "./figure.ts";
import { seededRandom } from "./seeded-random.ts";
import { ChangingTree } from "./tree.ts";

/** Reliability R15. HEADWATER_ENDINGS=40 is the full number. */
const ENDINGS = Number(process.env.HEADWATER_ENDINGS ?? 4);
const SEED = Number(process.env.HEADWATER_SEED ?? Date.now() % 1_000_000);
const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const WAYS = ["SIGTERM to a sync", "SIGINT to a sync", "SIGTERM to a server", "a client that leaves"] as const;

const INITIALIZE = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "ending", version: "1" } },
};
const SYNC = {
  jsonrpc: "2.0",
  id: 2,
  method: "tools/call",
  params: { name: "sync_source", arguments: { source: "notes" } },
};

/** Starts a sync one way or the other, ends it in its middle, and answers how long it took to go and what stayed. */
async function ended(
  tree: ChangingTree,
  way: (typeof WAYS)[number],
  afterMs: number,
): Promise<{ ms: number; orphan: boolean }> {
  const serves = way.includes("server") || way.includes("client");
  const args = serves ? ["serve"] : ["sync", "--quiet"];
  const child = spawn(process.execPath, [CLI, ...args, ...tree.flags], {
    stdio: ["pipe", "pipe", "ignore"],
    detached: true, // a group of its own, so that a process it left behind can be seen
  });
  child.stdout.resume();
  const gone = once(child, "exit");
  if (serves) for (const message of [INITIALIZE, SYNC]) child.stdin.write(`${JSON.stringify(message)}\n`);
  await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, afterMs))]);
  const from = performance.now();
  if (way === "a client that leaves") child.stdin.end();
  else child.kill(way.startsWith("SIGINT") ? "SIGINT" : "SIGTERM");
  await gone;
  return { ms: Math.round(performance.now() - from), orphan: isThere(-(child.pid as number)) };
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

it.skipIf(process.platform === "win32")(
  `syncs and servers told to stop ${ENDINGS} times go soon, leave no process behind and lose nothing (seed ${SEED})`,
  async () => {
    const random = seededRandom(SEED);
    const tree = new ChangingTree(random, 800);
    const outcome = { endings: 0, slowestMs: 0, orphans: 0, lost: 0, damaged: 0 };
    try {
      for (let round = 0; round < ENDINGS; round++) {
        tree.change(200);
        const { ms, orphan } = await ended(
          tree,
          WAYS[round % WAYS.length] as (typeof WAYS)[number],
          300 + random() * 900,
        );
        outcome.endings += 1;
        outcome.slowestMs = Math.max(outcome.slowestMs, ms);
        if (orphan) outcome.orphans += 1;
      }
      await new Promise((resolve) => setTimeout(resolve, 2200));
      for (let round = 0; round < 2; round++) await runCli(["sync", "--accept-deletions", ...tree.flags]);
      const difference = await compareTree(tree);
      outcome.lost = difference.lost.length;
      outcome.damaged = difference.corrupt.length;
      tellFigure("R15", "syncs and servers told to stop", outcome, {
        slowestMs: { most: 5000 },
        orphans: 0,
        lost: 0,
        damaged: 0,
      });
      expect(difference).toEqual(NO_DIFFERENCE);
      expect(outcome.orphans).toBe(0);
    } finally {
      tree.remove();
    }
  },
  1_800_000,
);
