import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { describe, expect, it } from "vitest";
import { openStore } from "../../src/store/open.ts";
import { type Ended, runCli } from "./cli.ts";
import { compareTree, NO_DIFFERENCE } from "./compare-tree.ts";
import { tellFigure } from "./figure.ts";
import { seededRandom } from "./seeded-random.ts";
import { ChangingTree } from "./tree.ts";

const SECONDS = Number(process.env.HEADWATER_CROWD_SECONDS ?? 6);
const SEED = Number(process.env.HEADWATER_SEED ?? Date.now() % 1_000_000);
const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

describe(`eight processes on one store for ${SECONDS} s (seed ${SEED})`, () => {
  it("never meet a locked database and never sync one source twice at once", async () => {
    const tree = new ChangingTree(seededRandom(SEED), 600);
    const until = Date.now() + SECONDS * 1000;
    const problems: string[] = [];
    const counts = { calls: 0, searches: 0, syncs: 0, skipped: 0 };
    try {
      expect((await runCli(["sync", ...tree.flags])).code).toBe(0);
      const changing = setInterval(() => tree.change(3), 100);
      await Promise.all([
        ...[1, 2, 3].map(() => server(tree, until, counts, problems)),
        ...[1, 2].map(() =>
          commands(
            until,
            problems,
            () => ["sync", "notes", "--json", ...tree.flags],
            (end) => {
              counts.syncs += 1;
              if (JSON.stringify(JSON.parse(end.out)).includes('"skipped"')) counts.skipped += 1;
            },
          ),
        ),
        ...[1, 2, 3].map(() =>
          commands(
            until,
            problems,
            () => ["search", "heron weir", "--json", ...tree.flags],
            () => {
              counts.searches += 1;
            },
          ),
        ),
      ]);
      clearInterval(changing);
      await new Promise((resolve) => setTimeout(resolve, 2200));
      for (let round = 0; round < 2; round++) {
        const end = await runCli(["sync", "--accept-deletions", ...tree.flags]);
        expect(end.code, end.err).toBe(0);
      }
      const crossing = await overlaps(tree);
      tellFigure(
        "R8",
        `eight processes on one store for ${SECONDS} s`,
        { ...counts, problems: problems.length, doubleSyncs: crossing.length },
        { problems: 0, doubleSyncs: 0 },
      );
      expect(problems).toEqual([]);
      expect(crossing).toEqual([]);
      expect(await compareTree(tree)).toEqual(NO_DIFFERENCE);
    } finally {
      tree.remove();
    }
  }, 300_000);
});

interface Counts {
  calls: number;
  searches: number;
  syncs: number;
  skipped: number;
}

/** An MCP server over stdio, asked again and again by its own client. */
async function server(tree: ChangingTree, until: number, counts: Counts, problems: string[]): Promise<void> {
  const client = new Client({ name: "crowd", version: "1.0.0" });
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [CLI, "serve", ...tree.flags], stderr: "ignore" }),
  );
  try {
    while (Date.now() < until) {
      for (const [name, args] of [
        ["search", { query: "otter flood" }],
        ["sync_source", { source: "notes" }],
        ["recent_changes", {}],
      ] as const) {
        const answer = await client.callTool({ name, arguments: args });
        counts.calls += 1;
        const text = JSON.stringify(answer.content);
        if (answer.isError === true || /locked|busy/i.test(text)) problems.push(`${name}: ${text.slice(0, 300)}`);
      }
    }
  } finally {
    await client.close();
  }
}

async function commands(
  until: number,
  problems: string[],
  args: () => string[],
  met: (end: Ended) => void,
): Promise<void> {
  while (Date.now() < until) {
    const end = await runCli(args());
    met(end);
    const waitedItsTurn = end.code === 7 && end.out.includes("skipped");
    if (end.code === 1 || (end.code === 7 && !waitedItsTurn) || /locked/i.test(end.err + end.out))
      problems.push(`${end.code}: ${end.err}`);
  }
}

/** Pairs of runs of one source whose times cross although neither was turned away. */
async function overlaps(tree: ChangingTree): Promise<string[]> {
  const store = await openStore({ folder: tree.data, tenant: "default" });
  const runs = (await store.runs({ source: "notes", limit: 10_000 })).filter((run) => run.state !== "skipped");
  await store.close();
  runs.sort((a, b) => a.startedAt.localeCompare(b.startedAt));
  const found: string[] = [];
  for (let at = 1; at < runs.length; at++) {
    const [before, after] = [runs[at - 1], runs[at]];
    if (before !== undefined && after !== undefined && (before.endedAt ?? "~") > after.startedAt && after.done > 0) {
      found.push(`${before.runId} ${before.endedAt} > ${after.startedAt} ${after.runId}`);
    }
  }
  return found;
}
