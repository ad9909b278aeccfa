import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { expect, it } from "vitest";
import { tellFigure } from "./figure.ts";
import { seededRandom } from "./seeded-random.ts";
import { ChangingTree } from "./tree.ts";

/** Reliability R16. HEADWATER_SOAK_SECONDS=7200 is the full number. */
const SECONDS = Number(process.env.HEADWATER_SOAK_SECONDS ?? 15);
const SEED = Number(process.env.HEADWATER_SEED ?? Date.now() % 1_000_000);
const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const QUESTIONS = ["heron weir", "otter", "flood sluice mill", '"race bank"', "willow -eel", "serial12"];

interface Sample {
  megabytes: number;
  files: number;
}

function sample(pid: number): Sample {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return { megabytes: Number(kilobytes) / 1024, files: readdirSync(`/proc/${pid}/fd`).length };
}

const nap = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const middle = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;

it.runIf(process.platform === "linux")(
  `a server that is asked and syncs for ${SECONDS} s needs no more at its end than after it was warm (seed ${SEED})`,
  async () => {
    const tree = new ChangingTree(seededRandom(SEED), 400);
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: ["--import", path("loop-probe.mjs"), path("../../dist/cli.js"), "serve", ...tree.flags],
      stderr: "pipe",
    });
    const late: number[] = [];
    transport.stderr?.on("data", (chunk) => {
      for (const [, ms] of String(chunk).matchAll(/LOOP ([\d.-]+)/g)) late.push(Number(ms));
    });
    const client = new Client({ name: "soak", version: "1" });
    await client.connect(transport);
    const samples: Sample[] = [];
    let [calls, refused] = [0, 0];
    const ask = async (name: string, args: Record<string, unknown>) => {
      const answer = await client.callTool({ name, arguments: args });
      calls += 1;
      if (answer.isError === true) refused += 1;
      return answer.structuredContent as { results?: { id: string }[] };
    };
    try {
      await ask("sync_source", { source: "notes" });
      const until = Date.now() + SECONDS * 1000;
      for (let round = 0; Date.now() < until; round++) {
        const { results = [] } = await ask("search", { query: QUESTIONS[round % QUESTIONS.length] as string });
        // What was found may have been removed since: that is an answer too, so it is not counted as refused.
        if (results[0] !== undefined) await client.callTool({ name: "fetch", arguments: { id: results[0].id } });
        await ask("list_items", { source: "notes", limit: 20 });
        await ask("recent_changes", {});
        tree.change(2);
        if (round % 10 === 0) await ask("sync_source", { source: "notes" });
        samples.push(sample(transport.pid as number));
        await nap(100);
      }
    } finally {
      await client.close();
      tree.remove();
    }
    const warm = samples.slice(Math.floor(samples.length / 3));
    const tenth = Math.max(1, Math.floor(warm.length / 10));
    const [first, last] = [warm.slice(0, tenth), warm.slice(-tenth)];
    const memory = (of: Sample[]) => middle(of.map(({ megabytes }) => megabytes));
    const files = (of: Sample[]) => middle(of.map((one) => one.files));
    const figures = {
      minutes: Math.round(SECONDS / 6) / 10,
      calls,
      refused,
      memoryGrowthPercent: Math.round((memory(last) / memory(first) - 1) * 1000) / 10,
      openFilesMore: files(last) - files(first),
      eventLoopLateMs: middle(late),
    };
    const must = {
      refused: 0,
      memoryGrowthPercent: { most: 10 },
      openFilesMore: { most: 0 },
      eventLoopLateMs: { most: 50 },
    };
    tellFigure("R16", "a server that is asked and syncs all the time", figures, must);
    expect(figures).toMatchObject({ refused: 0 });
    expect(figures.openFilesMore).toBeLessThanOrEqual(2);
    expect(figures.memoryGrowthPercent).toBeLessThan(SECONDS < 600 ? 60 : 10);
  },
  SECONDS * 1000 + 120_000,
);
