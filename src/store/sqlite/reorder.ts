import type { Weigh } from "../query/asked-words.ts";
import { raisedByAge } from "../query/latest.ts";
import { scoresOf } from "../query/likeness.ts";
import type { Ranking } from "../query/ranking.ts";
import { phraseOf, type Term } from "../query/term.ts";
import type { Connection } from "./driver.ts";
import { estimateOf, highestRow } from "./frequency.ts";
import { type Learnt, learntBy, profilesOf } from "./profiles.ts";
import type { Ranked } from "./ranked.ts";

/** So many of the best items are looked at again. */
export const POOL = 50;

/**
 * The best items in a better order, with new scores, the `latest` raised where they are asked for; those behind the first
 * 50 stay where they are.
 */
export function reordered<T extends Ranked>(
  connection: Connection,
  found: readonly T[],
  terms: readonly Term[],
  ranking: Ranking,
  latest: boolean,
): T[] {
  if (found.length < 2 || terms.length === 0 || !(ranking.beginnings || ranking.feedback)) return [...found];
  const pool = found.slice(0, POOL);
  const learnt = learntBy(connection);
  const rows = pool.map((each) => each.row);
  const candidates = profilesOf(connection, learnt, rows).map((profile, index) => ({
    score: pool[index]?.score ?? 0,
    profile,
  }));
  const alike = scoresOf(learnt.vocabulary, candidates, terms, weigher(connection, learnt), ranking);
  const scores = latest ? raisedByAge(alike, timesOf(connection, rows)) : alike;
  const better = pool.map((each, index) => ({ ...each, score: scores[index] ?? 0 }));
  better.sort((left, right) => right.score - left.score || right.row - left.row);
  const last = better.at(-1)?.score ?? 0;
  return [...better, ...found.slice(POOL).map((each) => ({ ...each, score: Math.min(each.score, last) }))];
}

function timesOf(connection: Connection, rows: readonly number[]): (number | undefined)[] {
  const times = connection
    .raw("SELECT id, updated_at FROM items WHERE id IN (SELECT value FROM json_each(?))")
    .all(JSON.stringify(rows));
  const known = new Map(times.map(([row, time]) => [Number(row), time === null ? undefined : Number(time)]));
  return rows.map((row) => known.get(row));
}

/** Words are counted up to here to know how rare they are; what is more is an estimate. */
const COUNTED = 100;

/**
 * Rare words say more: the logarithm of how many items there are for one that holds the word. Weights are kept until
 * the store has grown by a twentieth.
 */
function weigher(connection: Connection, learnt: Learnt): Weigh {
  const items = highestRow(connection);
  if (items > learnt.weights.items * 1.05 || items < learnt.weights.items) learnt.weights = { items, known: new Map() };
  const { known } = learnt.weights;
  return (word) => {
    const before = known.get(word);
    if (before !== undefined) return before;
    const text = learnt.vocabulary.spellings[word] ?? "";
    const frequency = estimateOf(connection, phraseOf({ kind: "word", text, parts: [text] }), COUNTED);
    const weight = Math.log(1 + Math.max(0, items - frequency + 0.5) / (frequency + 0.5));
    known.set(word, weight);
    return weight;
  };
}
