import type { Connection } from "./driver.ts";

interface Counted {
  frequency: number;
  /** The highest row number when it was counted. */
  rows: number;
}

const counted = new WeakMap<Connection, Map<string, Counted>>();
const MOST_KEPT = 4000;

/**
 * In how many items an expression is met, at little cost: counts are kept per connection until the store has grown by
 * a twentieth. They only choose between ways of searching; that nothing has a word is never remembered.
 */
export function frequencyOf(connection: Connection, expression: string): number {
  const known = counted.get(connection) ?? new Map<string, Counted>();
  counted.set(connection, known);
  const rows = highestRow(connection);
  const kept = known.get(expression);
  if (kept !== undefined && kept.frequency > 0 && rows <= kept.rows * 1.05 + 100) return kept.frequency;
  const frequency = Number(connection.raw("SELECT count(*) FROM fts WHERE fts MATCH ?").get(expression)?.[0] ?? 0);
  known.delete(expression);
  known.set(expression, { frequency, rows });
  if (known.size > MOST_KEPT) for (const oldest of [...known.keys()].slice(0, MOST_KEPT / 4)) known.delete(oldest);
  return frequency;
}

/** The count of an expression where it is known already. */
export function knownFrequency(connection: Connection, expression: string): number | undefined {
  return counted.get(connection)?.get(expression)?.frequency;
}

/** About the number of items: row numbers are never used twice. */
export function highestRow(connection: Connection): number {
  return Number(connection.raw("SELECT max(id) FROM items").get()?.[0] ?? 0);
}
