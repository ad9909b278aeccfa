import type { Connection } from "./driver.ts";

interface Counted {
  frequency: number;
  /** The highest row number, and the state of the file, when it was counted. */
  rows: number;
  version: number;
}

const counted = new WeakMap<Connection, Map<string, Counted>>();
const MOST_KEPT = 4000;
/** Counted one by one up to here; beyond, how early so many were met tells how many there are. */
const COUNTED = 2000;

/**
 * In how many items an expression is met, about, at little cost. Small numbers are exact: they are kept until anything
 * is written. Large ones are estimates, kept until the store has grown by a twentieth; they only choose between ways
 * of searching.
 */
export function frequencyOf(connection: Connection, expression: string): number {
  const known = counted.get(connection) ?? new Map<string, Counted>();
  counted.set(connection, known);
  const rows = highestRow(connection);
  const version = Number(connection.raw("PRAGMA data_version").get()?.[0]);
  const kept = known.get(expression);
  if (kept?.version === version) return kept.frequency;
  if (kept !== undefined && kept.frequency >= COUNTED && rows <= kept.rows * 1.05 + 100) return kept.frequency;
  const frequency = estimateOf(connection, expression);
  known.delete(expression);
  known.set(expression, { frequency, rows, version });
  if (known.size > MOST_KEPT) for (const oldest of [...known.keys()].slice(0, MOST_KEPT / 4)) known.delete(oldest);
  return frequency;
}

/** As `frequencyOf`, for an expression that will hardly come again. Exact below `most`. */
export function estimateOf(connection: Connection, expression: string, most = COUNTED): number {
  const first = connection.raw("SELECT count(*), max(rowid) FROM (SELECT rowid FROM fts WHERE fts MATCH ? LIMIT ?)");
  const [count, last] = first.get(expression, most) ?? [];
  const counted = Number(count ?? 0);
  return counted < most ? counted : Math.round((counted * highestRow(connection)) / Math.max(1, Number(last)));
}

/** The count of an expression where it is known already. */
export function knownFrequency(connection: Connection, expression: string): number | undefined {
  return counted.get(connection)?.get(expression)?.frequency;
}

/** About the number of items: row numbers are never used twice. */
export function highestRow(connection: Connection): number {
  return Number(connection.raw("SELECT max(id) FROM items").get()?.[0] ?? 0);
}
