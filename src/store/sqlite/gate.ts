import { expressionOf, type Limits } from "../query/expression.ts";
import type { Term } from "../query/term.ts";
import type { Connection } from "./driver.ts";
import { frequencyOf, highestRow } from "./frequency.ts";

/** Up to so many matches are ranked without a second thought. */
const BUDGET = 30_000;
/** Above, items must hold one of the rarest words, which together are in at most this share of all items. */
const RARE_SHARE = 0.01;

/**
 * The rare words of which an item must hold one before it is ranked by all of them; undefined when there is no need.
 * Ranking costs time for every item that matches, and common words match nearly everything.
 */
export function rareOf(
  connection: Connection,
  terms: readonly Term[],
  frequencies: readonly number[],
  limits: Limits,
): Term[] | undefined {
  const sum = frequencies.reduce((total, frequency) => total + frequency, 0);
  if (sum <= BUDGET) return undefined;
  const facets = expressionOf("", { ...limits, excluded: [], without: [] });
  if (facets !== undefined && frequencyOf(connection, facets) <= BUDGET) return undefined;
  const order = terms.map((term, index) => ({ term, frequency: frequencies[index] ?? 0 }));
  order.sort((left, right) => left.frequency - right.frequency);
  const allowed = Math.max(highestRow(connection) * RARE_SHARE, BUDGET / 10);
  const rare: Term[] = [];
  let met = 0;
  for (const { term, frequency } of order) {
    if (rare.length > 0 && met + frequency > allowed) break;
    rare.push(term);
    met += frequency;
  }
  return rare;
}
