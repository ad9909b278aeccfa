import { anywhere, expressionOf, type Limits } from "../query/expression.ts";
import type { Term } from "../query/term.ts";
import type { Connection } from "./driver.ts";
import { frequencyOf, highestRow } from "./frequency.ts";

/** Up to so many matches are ranked without a second thought. */
export const BUDGET = 30_000;
/** Above, items must hold one of the rarest words, which together are in at most this share of all items … */
const RARE_SHARE = 0.01;
/** … unless that would find, by the estimate, less than so many times what is wanted. */
const ENOUGH = 3;
/** A word in more than this share of all items says next to nothing, and costs most. */
const COMMON_SHARE = 0.1;

/** Which words to rank by, and of which of them an item must hold at least one. */
export interface Gate {
  terms: Term[];
  rare?: Term[];
}

/**
 * Ranking costs time for every item that matches, and for every item that holds a word at all. Where words are met so
 * often that it would be felt, the most common are left out, and an item must hold one of the rare ones. It goes by
 * estimates: fewer than `wanted` may be found this way although there are more.
 */
export function gateFor(connection: Connection, terms: readonly Term[], limits: Limits, wanted: number): Gate {
  const few = ENOUGH * wanted;
  const counted = terms.map((term) => ({ term, frequency: frequencyOf(connection, anywhere(term)) }));
  if (sum(counted) <= BUDGET) return { terms: [...terms] };
  const items = highestRow(connection);
  const facets = expressionOf("", { ...limits, excluded: [], without: [] });
  const share = facets === undefined ? 1 : Math.min(1, frequencyOf(connection, facets) / items);
  const telling = counted.filter(({ term, frequency }) => term.kind === "phrase" || frequency <= items * COMMON_SHARE);
  const used = sum(telling) * share < few ? counted : telling;
  if (sum(used) * share <= BUDGET) return { terms: used.map(({ term }) => term) };
  const rare: Term[] = [];
  let met = 0;
  for (const { term, frequency } of used.toSorted((left, right) => left.frequency - right.frequency)) {
    if (met + frequency > Math.max(items * RARE_SHARE, BUDGET / 10) && met * share >= few) break;
    rare.push(term);
    met += frequency;
  }
  return { terms: used.map(({ term }) => term), rare };
}

function sum(counted: readonly { frequency: number }[]): number {
  return counted.reduce((total, { frequency }) => total + frequency, 0);
}
