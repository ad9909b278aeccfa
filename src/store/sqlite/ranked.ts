import type { Connection, Value } from "./driver.ts";
import type { Condition } from "./visibility.ts";

export interface Ranked {
  row: number;
  /** As BM25 has it, turned round: higher is better. */
  score: number;
}

const RANK = `SELECT rowid, bm25(fts, 3, 1, 0) AS score FROM fts WHERE fts MATCH ? ORDER BY score, rowid DESC LIMIT ?`;

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
  for (let limit = wanted + seen.size; ; limit *= 8) {
    const found = connection.raw(RANK).all(expression, limit);
    const ranked = found.map(([row, score]) => ({ row: Number(row), score: -Number(score) }));
    const passed = passing(connection, ranked, check, seen);
    if (passed.length >= wanted || found.length < limit) return passed.slice(0, wanted);
  }
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
