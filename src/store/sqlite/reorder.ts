import { type Candidate, scoresOf, type Weigh } from "../query/likeness.ts";
import { COUNTED_TEXT, forgetSomeWords, profileOf, spellingOf } from "../query/profile.ts";
import type { Ranking } from "../query/ranking.ts";
import { phraseOf, type Term } from "../query/term.ts";
import type { Connection } from "./driver.ts";
import { estimateOf, highestRow } from "./frequency.ts";
import type { Ranked } from "./ranked.ts";
import { decodeText } from "./text.ts";

/** So many of the best items are looked at again. */
export const POOL = 50;
/** Of longer texts only the title counts: reading their beginning would read all of them. */
const LONGEST_READ = 200_000;

/** The best items in a better order, with new scores; those behind the first 50 stay where they are. */
export function reordered<T extends Ranked>(
  connection: Connection,
  found: readonly T[],
  terms: readonly Term[],
  ranking: Ranking,
): T[] {
  if (found.length < 2 || terms.length === 0 || !(ranking.beginnings || ranking.feedback)) return [...found];
  const pool = found.slice(0, POOL);
  const candidates = candidatesOf(connection, pool);
  const scores = scoresOf(candidates, terms, weigher(connection), ranking);
  const better = pool.map((each, index) => ({ ...each, score: scores[index] ?? 0 }));
  better.sort((left, right) => right.score - left.score || right.row - left.row);
  const last = better.at(-1)?.score ?? 0;
  return [...better, ...found.slice(POOL).map((each) => ({ ...each, score: Math.min(each.score, last) }))];
}

function candidatesOf(connection: Connection, pool: readonly Ranked[]): Candidate[] {
  forgetSomeWords();
  const read = connection.raw(
    `SELECT i.id, i.title, CASE WHEN i.text_length <= ${LONGEST_READ} THEN substr(b.text, 1, ${COUNTED_TEXT}) END
     FROM items i LEFT JOIN bodies b ON b.item = i.id WHERE i.id IN (SELECT value FROM json_each(?))`,
  );
  const texts = new Map(
    read
      .all(JSON.stringify(pool.map((each) => each.row)))
      .map(([row, title, text]) => [Number(row), profileOf(decodeText(title ?? null), decodeText(text ?? null))]),
  );
  return pool.map(({ row, score }) => ({ score, profile: texts.get(row) ?? profileOf("", "") }));
}

/** Words are counted up to here to know how rare they are; what is more is an estimate. */
const COUNTED = 200;
const MOST_KEPT = 20_000;

interface Weights {
  /** How many items there were when the first was weighed. */
  items: number;
  known: Map<string, number>;
}

const weights = new WeakMap<Connection, Weights>();

/**
 * Rare words say more: the logarithm of how many items there are for one that holds the word. Weights are kept until
 * the store has grown by a twentieth.
 */
function weigher(connection: Connection): Weigh {
  const items = highestRow(connection);
  let kept = weights.get(connection);
  if (kept === undefined || items > kept.items * 1.05 || items < kept.items || kept.known.size > MOST_KEPT) {
    kept = { items, known: new Map() };
    weights.set(connection, kept);
  }
  const { known } = kept;
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const word = spellingOf(key);
    if (word === undefined) return 0; // none of the candidates holds it
    const frequency = estimateOf(connection, phraseOf({ kind: "word", text: word, parts: [word] }), COUNTED);
    const weight = Math.log(1 + Math.max(0, items - frequency + 0.5) / (frequency + 0.5));
    known.set(key, weight);
    return weight;
  };
}
