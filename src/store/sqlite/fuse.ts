import type { Alike } from "../../model/search.ts";
import { expressionOf, type Limits, unwantedOf } from "../query/expression.ts";
import type { Connection } from "./driver.ts";
import { isInside } from "./exact.ts";
import { passing, type Ranked } from "./ranked.ts";
import type { Found } from "./search-hits.ts";
import type { Condition } from "./visibility.ts";

/**
 * How soon later places count for less, as in the paper that named reciprocal rank fusion (Cormack and others, 2009).
 * There it is 60, where both orders are equally good: then what both have in the middle beats what one has first. Words
 * come first here.
 */
const FIRST = 5;
/** What a place by meaning counts beside one by words, where nobody says otherwise. */
const MEANING = 0.2;
/** Fewer than these inside the limits: what is inside is asked for by itself. */
const ENOUGH = 10;

/** What a search is narrowed to. */
export interface Narrowing {
  limits: Limits;
  /** Whether item `i` is for this viewer and inside the dates. */
  check: Condition;
  /** Not again. */
  passed: ReadonlySet<number>;
}

/**
 * One order out of two: that of the words, and that of the meaning, by the reciprocal of each place. What only the
 * meaning brought comes behind the first words by far, unless it is given more weight.
 */
export function fused(worded: readonly Found[], near: readonly number[], weight = MEANING): Found[] {
  const known = new Map(worded.map((each): [number, Found] => [each.row, { ...each, score: 0 }]));
  const add = (row: number, place: number, counts: number) => {
    const found = known.get(row) ?? { row, score: 0, tier: "some" };
    known.set(row, { ...found, score: found.score + (counts * FIRST) / (FIRST + place) });
  };
  for (const [place, each] of worded.entries()) add(each.row, place, 1);
  for (const [place, row] of near.entries()) add(row, place, weight);
  return [...known.values()].sort((left, right) => right.score - left.score);
}

/**
 * Rows near in meaning that are inside the limits and pass the check, nearest first. Where most of the nearest of all are
 * outside, the nearest of those inside: a narrow filter, or a viewer who may see little, gets as much as anybody.
 */
export function nearInside(connection: Connection, alike: Alike["rows"], narrowing: Narrowing): number[] {
  const { limits, check, passed } = narrowing;
  const inside = (rows: readonly number[]) =>
    passing(connection, rows.map(ranked), check, passed)
      .map(({ row }) => row)
      .filter((row) => isInside(connection, row, limits));
  const first = inside(alike());
  const narrow = limits.groups.length > 0 || unwantedOf(limits) !== undefined || check.parameters.length > 0;
  return first.length >= ENOUGH || !narrow ? first : inside(alike(rowsInside(connection, narrowing)));
}

function ranked(row: number): Ranked {
  return { row, score: 0 };
}

function rowsInside(connection: Connection, { limits, check, passed }: Narrowing): number[] {
  const wanted = expressionOf("", limits);
  const unwanted = unwantedOf(limits);
  const met = wanted ?? unwanted;
  const among = met === undefined ? "" : `i.id ${wanted ? "" : "NOT "}IN (SELECT rowid FROM fts WHERE fts MATCH ?) AND`;
  return connection
    .raw(`SELECT i.id FROM items i WHERE ${among} ${check.sql}`)
    .all(...(met === undefined ? [] : [met]), ...check.parameters)
    .map(([row]) => Number(row))
    .filter((row) => !passed.has(row));
}
