// Search against the floors that the engine itself sets, in one run: node bench/search/run.mjs [--items 100000] [--keep folder]

import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { numbers, questionOf } from "./corpus.mjs";
import { openWorld } from "./world.mjs";

const QUESTIONS = 105;

/**
 * @typedef {{name: string, value: number, target: number, met: boolean, detail: string}} Row
 * @param {{items?: number, folder?: string, log?: (line: string) => void}} [options]
 * @returns {Promise<Row[]>} ratios to the floor of the same run; lower is better
 */
export async function run({ items = 100_000, folder, log } = {}) {
  const world = await openWorld({ items, folder, log });
  try {
    log?.(
      `${world.driver}, ${items} items${world.builtInMs ? `, built in ${Math.round(world.builtInMs / 1000)} s` : ""}`,
    );
    return [...(await searchRows(world, items)), ...(await filterRows(world, items)), await syncRow(world, items)];
  } finally {
    await world.close();
  }
}

/** Row 4: the product's answers, snippets and all, against one bare ranked OR of the same words. */
async function searchRows(world, items) {
  const mix = { floor: [], ours: [] };
  const measured = {};
  for (const size of [1, 2, 3, 5, 9]) {
    measured[size] = await paired(world, questions(world, items, size), rawOr, ask);
    mix.floor.push(...measured[size].floor);
    mix.ours.push(...measured[size].ours);
  }
  const joined = (sizes, side) => sizes.flatMap((size) => measured[size][side]);
  const row = (name, sizes, target) => compare(name, joined(sizes, "floor"), joined(sizes, "ours"), 0.95, target);
  return [
    row("search p95, 1 word, to a raw ranked OR", [1], 1.15),
    row("search p95, 2 words, to a raw ranked OR", [2], 1.15),
    row("search p95, 1-2 words, to a raw ranked OR", [1, 2], 1.15),
    row("search p95, 3-9 words, to a raw ranked OR", [3, 5, 9], 0.35),
    compare("search p99, 1-9 words, to a raw ranked OR", mix.floor, mix.ours, 0.99, 0.5),
  ];
}

/** Row 5: two words and a filter, against a join with a WHERE. */
async function filterRows(world, items) {
  const recent = Date.UTC(2026, 7, 22);
  const filters = [
    ["a source", { sources: ["source-04"] }, "i.source = (SELECT id FROM sources WHERE name = 'source-04')"],
    [
      "a container",
      { containers: ["place-9"], sources: ["source-02"] },
      "i.container = (SELECT c.id FROM containers c JOIN sources s ON s.id = c.source WHERE c.native_id = 'place-9' AND s.name = 'source-02')",
    ],
    ["90 days", { since: new Date(recent).toISOString() }, `i.updated_at >= ${recent}`],
    [
      "a source and 90 days",
      { sources: ["source-02"], since: new Date(recent).toISOString() },
      `i.source = (SELECT id FROM sources WHERE name = 'source-02') AND i.updated_at >= ${recent}`,
    ],
  ];
  const rows = [];
  const all = { floor: [], ours: [] };
  for (const [name, filter, where] of filters) {
    const times = await paired(
      world,
      questions(world, items, 2),
      (round, words) => rawJoin(round, words, where),
      (round, words) => ask(round, words, filter),
    );
    all.floor.push(...times.floor);
    all.ours.push(...times.ours);
    rows.push(compare(`filtered search p95, ${name}, to join + WHERE`, times.floor, times.ours, 0.95, 0.3));
  }
  return [...rows, compare("filtered search p95, all filters, to join + WHERE", all.floor, all.ours, 0.95, 0.3)];
}

/** Row 14: the same questions while nothing else happens and while the writer thread stores page after page. */
async function syncRow(world, items) {
  const asked = [2, 3, 5].flatMap((size) => questions(world, items, size));
  const idle = [];
  const busy = [];
  let written = 0;
  let busyMs = 0;
  for (let round = 0; round < 3; round++) {
    for (const words of asked) idle.push(await timed(() => ask(world, words)));
    const stop = { aborted: false };
    const writing = world.keepWriting(100, stop);
    const startedAt = performance.now();
    for (const words of asked) {
      busy.push(await timed(() => ask(world, words)));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    stop.aborted = true;
    written += await writing;
    busyMs += performance.now() - startedAt;
  }
  const row = compare("search p95 during a sync, to idle", idle, busy, 0.95, 1.5);
  return { ...row, detail: `${row.detail}; ${Math.round((written * 1000) / busyMs)} docs/s written meanwhile` };
}

function questions(world, items, size) {
  const random = numbers(size * 1009 + items);
  return Array.from({ length: QUESTIONS }, () => questionOf(world.corpus, Math.floor(random() * items), size));
}

function ask({ store }, words, filter = {}) {
  return store.search({ query: words.join(" "), limit: 10, viewer: "everything", ...filter });
}

function rawOr({ floor }, words) {
  return floor
    .raw(
      `SELECT i.id, i.title, i.url FROM (SELECT rowid AS id, bm25(fts, 3, 1, 0) AS score FROM fts WHERE fts MATCH ?
       ORDER BY score LIMIT 10) AS top JOIN items i ON i.id = top.id ORDER BY top.score`,
    )
    .all(`{title body} : (${words.map((word) => `"${word}"`).join(" OR ")})`);
}

function rawJoin({ floor }, words, where) {
  return floor
    .raw(
      `SELECT i.id, i.title, i.url FROM fts CROSS JOIN items i ON i.id = fts.rowid WHERE fts MATCH ? AND ${where} ORDER BY bm25(fts, 3, 1, 0) LIMIT 10`,
    )
    .all(`{title body} : (${words.map((word) => `"${word}"`).join(" OR ")})`);
}

/**
 * Every question to both, three times, each time first to the other one, after a few to warm up; the best of the
 * three counts, since what else the machine does only ever adds. Each round has its own connections, so nothing is remembered from one to the next.
 */
async function paired(world, asked, floor, ours) {
  const taken = asked.map(() => ({ floor: [], ours: [] }));
  for (const [number, round] of world.rounds.entries()) {
    for (const words of asked.slice(0, 5)) {
      floor(round, words);
      await ours(round, words);
    }
    for (const [index, words] of asked.slice(5).entries()) {
      const first = (index + number) % 2 === 0;
      if (first) taken[index].floor.push(await timed(() => floor(round, words)));
      taken[index].ours.push(await timed(() => ours(round, words)));
      if (!first) taken[index].floor.push(await timed(() => floor(round, words)));
    }
  }
  const measured = taken.slice(0, -5);
  return {
    floor: measured.map((each) => Math.min(...each.floor)),
    ours: measured.map((each) => Math.min(...each.ours)),
  };
}

async function timed(action) {
  const startedAt = performance.now();
  await action();
  return performance.now() - startedAt;
}

function compare(name, floor, ours, quantile, target) {
  const [below, above] = [at(floor, quantile), at(ours, quantile)];
  const value = above / below;
  const ms = (times) => [0.5, 0.95, 0.99].map((each) => at(times, each).toFixed(1)).join(" / ");
  return {
    name,
    value,
    target,
    met: value <= target,
    detail: `p50 / p95 / p99 ms: ours ${ms(ours)}, floor ${ms(floor)}`,
  };
}

function at(times, quantile) {
  const sorted = [...times].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { items: { type: "string", default: "100000" }, keep: { type: "string" } } });
  const rows = await run({ items: Number(values.items), folder: values.keep, log: (line) => console.error(line) });
  for (const row of rows) {
    console.log(
      `${row.met ? "met   " : "missed"} ${row.value.toFixed(2)} (target ${row.target})  ${row.name}\n         ${row.detail}`,
    );
  }
}
