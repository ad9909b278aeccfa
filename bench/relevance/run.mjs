// How good the answers are: node bench/relevance/run.mjs [--collections folder]
//   [--embeddings http://127.0.0.1:11434 --model nomic-embed-text --api ollama --weight 0.2]: with search by meaning as one more row
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { numbers } from "../search/corpus.mjs";
import { chanceOfNoGain, mean, ndcg, recall } from "./score.mjs";
import { openSets } from "./world.mjs";

/** What must be reached, against the plain row, on every set. */
const TARGET = 1.05;

const FEATURES = ["beginnings", "repeats", "nearness", "names", "feedback", "freshness", "folding"];
const all = (on) => Object.fromEntries(FEATURES.map((feature) => [feature, on]));
/** What is on in each row; the first is the product's. */
const ROWS = [
  ["headwater", all(true)],
  ...FEATURES.map((feature) => [`  without ${feature}`, { ...all(true), [feature]: false }]),
  ["  without all of them", all(false)],
];

/**
 * Rows for the table of `npm run bench`: ours to the plain row, where more is better.
 * @param {{collections?: string, embeddings?: object, log?: (line: string) => void}} options
 */
export async function run({ collections, embeddings, log } = {}) {
  const world = await openSets(collections, embeddings);
  const rows = [];
  try {
    for (const set of world.sets) rows.push(await measuredSet(set, log));
    return rows;
  } finally {
    await world.close();
  }
}

async function measuredSet(set, log) {
  const floor = await measured(set, (question) => set.askPlainly(question));
  const rows = [];
  for (const [name, ranking] of ROWS) rows.push([name, await measured(set, (question) => set.ask(question, ranking))]);
  if (set.askByMeaning) rows.push(["  with search by meaning", await measured(set, set.askByMeaning)]);
  log?.(report(set, floor, rows));
  const ours = rows[0][1];
  const value = mean(ours.ndcg) / mean(floor.ndcg);
  return {
    name: `nDCG@10, ${set.name}, to plain BM25`,
    value,
    target: `≥ ${TARGET}`,
    met: value >= TARGET,
    detail: `${set.questions.length} questions: ${mean(ours.ndcg).toFixed(3)} to ${mean(floor.ndcg).toFixed(3)}`,
  };
}

/**
 * Every question asked three times: the quickest counts, since what else the machine does only ever adds. By meaning
 * that is once the vector of the question is known.
 */
async function measured(set, ask) {
  const outcome = { ndcg: [], recall: [], ms: [] };
  for (const { ask: question, grades } of set.questions) {
    let ms = Number.POSITIVE_INFINITY;
    let ranking = [];
    for (let turn = 0; turn < 3; turn++) {
      const startedAt = performance.now();
      ranking = await ask(question);
      ms = Math.min(ms, performance.now() - startedAt);
    }
    outcome.ms.push(ms);
    outcome.ndcg.push(ndcg(ranking, grades));
    outcome.recall.push(recall(ranking, grades));
  }
  return outcome;
}

function report(set, floor, rows) {
  const head = `${set.name}: ${set.questions.length} questions\n${"".padEnd(34)} nDCG@10  recall@10  to plain  chance   p50 ms  p95 ms`;
  return [head, line("plain BM25", floor, floor), ...rows.map(([name, outcome]) => line(name, outcome, floor))].join(
    "\n",
  );
}

function line(name, outcome, floor) {
  const sorted = outcome.ms.toSorted((left, right) => left - right);
  const ratio = mean(outcome.ndcg) / mean(floor.ndcg);
  const cells = [
    mean(outcome.ndcg).toFixed(3).padStart(8),
    mean(outcome.recall).toFixed(3).padStart(10),
    ratio.toFixed(3).padStart(9),
    (outcome === floor ? "" : chanceOfNoGain(outcome.ndcg, floor.ndcg, numbers(7)).toFixed(3)).padStart(7),
    sorted[Math.floor(sorted.length / 2)].toFixed(2).padStart(8),
    sorted[Math.floor(sorted.length * 0.95)].toFixed(2).padStart(7),
  ];
  return name.padEnd(34) + cells.join(" ");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = { type: "string" };
  const { values } = parseArgs({
    options: { collections: text, embeddings: text, model: text, api: text, weight: text },
  });
  const { embeddings: url, model = "", api = "ollama" } = values;
  await run({
    collections: values.collections,
    ...(url && { embeddings: { url, model, api, batch: 16, ...(values.weight && { weight: Number(values.weight) }) } }),
    log: (line) => console.log(`${line}\n`),
  });
}
