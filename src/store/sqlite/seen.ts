import type { Connection } from "./driver.ts";

/** Items a row of `pass_seen` holds, and bytes for their bits. */
const CHUNK_ITEMS = 32_768;
const CHUNK_BYTES = CHUNK_ITEMS / 8;

/** Which items the running passes have met: one bit each, written back for touched chunks only. */
export interface Seen {
  /** Place, then chunk. */
  readonly places: Map<number, Map<number, Uint8Array>>;
  readonly touched: Map<string, { place: number; chunk: number }>;
}

export function noSeen(): Seen {
  return { places: new Map(), touched: new Map() };
}

export function forgetSeen(seen: Seen): void {
  seen.places.clear();
  seen.touched.clear();
}

/** Marks an item as met by the pass of a place. */
export function markSeen(connection: Connection, seen: Seen, place: number, row: number): void {
  const chunk = Math.floor(row / CHUNK_ITEMS);
  const bits = chunkOf(connection, seen, place, chunk);
  const byte = (row % CHUNK_ITEMS) >> 3;
  const mask = 1 << (row & 7);
  const before = bits[byte] ?? 0;
  if (before & mask) return;
  bits[byte] = before | mask;
  seen.touched.set(`${place} ${chunk}`, { place, chunk });
}

export function wasSeen(connection: Connection, seen: Seen, place: number, row: number): boolean {
  const bits = chunkOf(connection, seen, place, Math.floor(row / CHUNK_ITEMS));
  return ((bits[(row % CHUNK_ITEMS) >> 3] ?? 0) & (1 << (row & 7))) !== 0;
}

/** Forgets what a place has seen, here and in the store. */
export function dropSeen(connection: Connection, seen: Seen, place: number): void {
  seen.places.delete(place);
  for (const [key, touched] of seen.touched) if (touched.place === place) seen.touched.delete(key);
  connection.prepare("DELETE FROM pass_seen WHERE place = ?").run(place);
}

/** Writes the touched chunks; part of the transaction that touched them. */
export function flushSeen(connection: Connection, seen: Seen): void {
  for (const { place, chunk } of seen.touched.values()) {
    connection
      .prepare(
        `INSERT INTO pass_seen (place, chunk, bits) VALUES (?, ?, ?)
         ON CONFLICT (place, chunk) DO UPDATE SET bits = excluded.bits`,
      )
      .run(place, chunk, chunkOf(connection, seen, place, chunk));
  }
  seen.touched.clear();
}

function chunkOf(connection: Connection, seen: Seen, place: number, chunk: number): Uint8Array {
  let chunks = seen.places.get(place);
  if (!chunks) {
    chunks = new Map();
    seen.places.set(place, chunks);
  }
  let bits = chunks.get(chunk);
  if (!bits) {
    const stored = connection.raw("SELECT bits FROM pass_seen WHERE place = ? AND chunk = ?").get(place, chunk)?.[0];
    bits = stored instanceof Uint8Array ? Uint8Array.from(stored) : new Uint8Array(CHUNK_BYTES);
    chunks.set(chunk, bits);
  }
  return bits;
}
