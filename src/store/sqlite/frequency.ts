import type { Connection } from "./driver.ts";

interface Counted {
  frequency: number;
  /** The highest row number, and the state of the file, when it was counted. */
  rows: number;
  version: number;
}

const counted = new WeakMap<Connection, Map<string, Counted>>();
const MOST_KEPT = 4000;
/** Counted one by one up to here; beyond, a sample of a twentieth of all items in four places tells enough. */
const COUNTED = 4000;
const SAMPLES = 4;
const SAMPLED = 20;

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

/** As `frequencyOf`, for an expression that will hardly come again. */
export function estimateOf(connection: Connection, expression: string): number {
  const upTo = connection.raw("SELECT count(*) FROM (SELECT 1 FROM fts WHERE fts MATCH ? LIMIT ?)");
  const counted = Number(upTo.get(expression, COUNTED)?.[0] ?? 0);
  if (counted < COUNTED) return counted;
  const rows = highestRow(connection);
  const width = Math.ceil(rows / SAMPLED / SAMPLES);
  const sample = connection.raw("SELECT count(*) FROM fts WHERE fts MATCH ? AND rowid BETWEEN ? AND ?");
  let met = 0;
  for (let place = 0; place < SAMPLES; place++) {
    const from = Math.floor((rows / SAMPLES) * (place + 0.5));
    met += Number(sample.get(expression, from, from + width - 1)?.[0] ?? 0);
  }
  return Math.max(counted, met * SAMPLED);
}

/** The count of an expression where it is known already. */
export function knownFrequency(connection: Connection, expression: string): number | undefined {
  return counted.get(connection)?.get(expression)?.frequency;
}

/** About the number of items: row numbers are never used twice. */
export function highestRow(connection: Connection): number {
  return Number(connection.raw("SELECT max(id) FROM items").get()?.[0] ?? 0);
}
