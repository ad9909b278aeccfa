import type { Limits } from "../query/expression.ts";
import type { Connection } from "./driver.ts";
import { isInside } from "./exact.ts";
import { passing } from "./ranked.ts";
import type { Found } from "./search-hits.ts";
import type { Condition } from "./visibility.ts";

/** How soon later places count for less, as in the paper that named reciprocal rank fusion (Cormack and others, 2009). */
const FIRST = 60;
/** What a place by meaning counts beside one by words. */
const MEANING = 0.25;

/**
 * One order out of two: that of the words, and that of the meaning, by the reciprocal of each place. Items that only
 * the meaning brought must be inside the limits and pass the check as everything else; a question with a quoted phrase
 * gets none of them.
 */
export function fused(
  connection: Connection,
  worded: readonly Found[],
  alike: readonly number[],
  limits: Limits,
  check: Condition,
  seen: ReadonlySet<number>,
  quoted: boolean,
): Found[] {
  const rows = alike.map((row) => ({ row }));
  const known = new Map(worded.map((each): [number, Found] => [each.row, { ...each, score: 0 }]));
  const near = passing(connection, rows, check, seen).filter(
    ({ row }) => known.has(row) || (!quoted && isInside(connection, row, limits)),
  );
  const add = (row: number, place: number, weight: number) => {
    const found = known.get(row) ?? { row, score: 0, tier: "some" };
    known.set(row, { ...found, score: found.score + (weight * FIRST) / (FIRST + place) });
  };
  for (const [place, each] of worded.entries()) add(each.row, place, 1);
  for (const [place, each] of near.entries()) add(each.row, place, MEANING);
  return [...known.values()].sort((left, right) => right.score - left.score);
}
