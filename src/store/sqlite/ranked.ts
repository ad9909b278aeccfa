import type { Connection, Value } from "./driver.ts";
import type { Condition } from "./visibility.ts";

export interface Ranked {
  row: number;
  /** As BM25 has it, turned round: higher is better. */
  score: number;
}

const RANK = `SELECT rowid, bm25(fts, 2, 1, 0) AS score FROM fts WHERE fts MATCH ? ORDER BY score, rowid DESC LIMIT ?`;

/** So many times as many as wanted are taken where a check may refuse some: ranking again costs more than a longer list. */
const SPARE = 32;

/**
 * The best items for an expression that pass the check and are not among `seen`, best first; of equals the newer first.
 * Asks for more until there are enough or no others: only the dates' borders and access lists take items away here.
 */
export function bestOf(
  connection: Connection,
  expression: string,
  check: Condition,
  seen: ReadonlySet<number>,
  wanted: number,
): Ranked[] {
  const step = wanted + seen.size;
  // Without dates and access lists, which are its parameters, a check refuses nothing that is in the index.
  for (let limit = check.parameters.length > 0 ? step * SPARE : step; ; limit *= 8) {
    const ranked = rank(connection, expression, limit);
    const passed: Ranked[] = [];
    for (let from = 0; from < ranked.length && passed.length < wanted; from += step) {
      passed.push(...passing(connection, ranked.slice(from, from + step), check, seen));
    }
    if (passed.length >= wanted || ranked.length < limit) return passed.slice(0, wanted);
  }
}

/** The best of a few rows, all of which the expression matches; `matched` says how many it matches in all. */
export function bestAmong(
  connection: Connection,
  expression: string,
  rows: readonly Ranked[],
  matched: number,
  wanted: number,
): Ranked[] {
  const among = new Set(rows.map((each) => each.row));
  return rank(connection, expression, matched)
    .filter((each) => among.has(each.row))
    .slice(0, wanted);
}

function rank(connection: Connection, expression: string, limit: number): Ranked[] {
  const found = connection.raw(RANK).all(expression, limit);
  return found.map(([row, score]) => ({ row: Number(row), score: -Number(score) }));
}

/** Rows that an expression matches, in no order and without ranking, up to a number: cheap however many match. */
export function someOf(connection: Connection, expression: string, limit: number): number[] {
  return connection
    .raw("SELECT rowid FROM fts WHERE fts MATCH ? LIMIT ?")
    .all(expression, limit)
    .map(([row]) => Number(row));
}

/** Those of the rows that pass the check and are not among `seen`, in their order. */
export function passing<T extends { row: number }>(
  connection: Connection,
  ranked: readonly T[],
  check: Condition,
  seen: ReadonlySet<number>,
): T[] {
  const fresh = ranked.filter((each) => !seen.has(each.row));
  if (fresh.length === 0) return [];
  const rows: Value = JSON.stringify(fresh.map((each) => each.row));
  const allowed = new Set(
    connection
      .raw(`SELECT i.id FROM items i WHERE i.id IN (SELECT value FROM json_each(?)) AND ${check.sql}`)
      .all(rows, ...check.parameters)
      .map(([id]) => Number(id)),
  );
  return fresh.filter((each) => allowed.has(each.row));
}
