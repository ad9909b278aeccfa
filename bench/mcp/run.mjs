// Rows 11 and 12: what our serving adds to a call, and how long a client waits for the tools after a cold start.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { message, overHttp, overStdio } from "./peers.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const ECHO = fileURLToPath(new URL("echo-server.mjs", import.meta.url));
const BLOCKS = 24;
const CALLS = 150;
const STARTS = 21;

/** Measures both rows; needs dist/. Each row: name, value, target, whether it is met, and the figures behind it. */
export async function run() {
  const canned = await bundleCanned();
  const rows = [];
  for (const [transport, start] of [
    ["stdio", overStdio],
    ["HTTP", overHttp],
  ])
    rows.push(await overhead(transport, start, canned));
  rows.push(await coldStart());
  return rows;
}

async function bundleCanned() {
  const outfile = `${root}.test-build/bench-canned-server.mjs`;
  mkdirSync(`${root}.test-build`, { recursive: true });
  const options = { bundle: true, format: "esm", platform: "node", target: "node20", packages: "external" };
  await build({ absWorkingDir: root, entryPoints: ["bench/mcp/canned-server.ts"], outfile, ...options });
  return outfile;
}

function search(id) {
  return message(id, "tools/call", { name: "search", arguments: { query: "river" } });
}

/** The same answer from both servers, asked for in turns; the ratio of the medians. */
async function overhead(transport, start, canned) {
  const args = [transport === "HTTP" ? "http" : "stdio"];
  const ours = await start(canned, { args });
  const first = await ours.ask(search(0));
  if (first.result?.structuredContent?.results?.length !== 10)
    throw new Error(`no ten results: ${JSON.stringify(first)}`);
  const echo = await start(ECHO, { args, env: { ECHO: JSON.stringify(first.result.structuredContent) } });
  const times = { ours: [], echo: [] };
  let id = 1;
  for (let block = 0; block < BLOCKS; block++)
    for (const [name, server] of block % 2 === 0
      ? [
          ["ours", ours],
          ["echo", echo],
        ]
      : [
          ["echo", echo],
          ["ours", ours],
        ])
      for (let index = 0; index < CALLS; index++) {
        const startedAt = performance.now();
        await server.ask(search(id++));
        if (block > 1) times[name].push(performance.now() - startedAt);
      }
  await Promise.all([ours.close(), echo.close()]);
  const [mine, theirs] = [median(times.ours), median(times.echo)];
  return row(
    `11 tools/call overhead, ${transport}`,
    mine / theirs,
    1.3,
    `${mine.toFixed(3)} ms to ${theirs.toFixed(3)} ms a call for the same ten results, nine tools and 24 sources served; ` +
      `p95 ${share(times.ours, 0.95).toFixed(3)} to ${share(times.echo, 0.95).toFixed(3)} ms`,
  );
}

/** From starting the process to the answer of tools/list: the product with its database and 24 sources, and the echo server. */
async function coldStart() {
  const folder = mkdtempSync(join(tmpdir(), "headwater-bench-"));
  const notes = join(folder, "notes");
  mkdirSync(notes);
  for (let index = 0; index < 200; index++)
    writeFileSync(join(notes, `${index}.md`), `# Log ${index}\n\nThe river rose.\n`);
  const sources = Array.from(
    { length: 24 },
    (_, index) => `  source-${index}: { connector: files, paths: [${notes}] }`,
  );
  const config = join(folder, "headwater.yaml");
  writeFileSync(config, `version: 1\nsources:\n${sources.join("\n")}\n`);
  const args = ["--config", config, "--data", join(folder, "data"), "--no-schedule"];
  const product = { program: `${root}dist/server.js`, options: { args } };
  const echo = { program: ECHO, options: {} };
  await fill(product);
  const times = { ours: [], echo: [] };
  for (let index = 0; index < STARTS; index++)
    for (const [name, peer] of index % 2 === 0
      ? [
          ["ours", product],
          ["echo", echo],
        ]
      : [
          ["echo", echo],
          ["ours", product],
        ])
      times[name].push(await timeTo(peer, message(1, "tools/list")));
  const found = [];
  for (let index = 0; index < 5; index++) found.push(await timeTo(product, search(1)));
  rmSync(folder, { recursive: true, force: true });
  const [mine, theirs] = [median(times.ours), median(times.echo)];
  const detail = `${mine.toFixed(0)} ms to ${theirs.toFixed(0)} ms from start to tools/list with 24 sources; the store of 200 items opens after it, a first search is answered at ${median(found).toFixed(0)} ms`;
  return row("12 cold start to tools/list", mine / theirs, 1.5, detail);
}

async function timeTo({ program, options }, request) {
  const startedAt = performance.now();
  const server = overStdio(program, options);
  await server.ask(request);
  const ms = performance.now() - startedAt;
  await server.close();
  return ms;
}

/** Makes the database that the starts then open. */
async function fill({ program, options }) {
  const server = overStdio(program, options);
  const params = { name: "sync_source", arguments: { source: "source-0", wait_seconds: 50 } };
  const { result } = await server.ask(message(1, "tools/call", params));
  await server.close();
  if (result.structuredContent?.added !== 200) throw new Error(`the store was not filled: ${JSON.stringify(result)}`);
}

function row(name, value, target, detail) {
  return { name, value: Number(value.toFixed(2)), target, met: value <= target, detail };
}

function median(values) {
  return share(values, 0.5);
}

function share(values, part) {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length * part)];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.table(await run());
