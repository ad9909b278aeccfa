import { logMoved } from "./changelog.ts";
import type { Row, Value } from "./driver.ts";
import { listOf, writeAliases } from "./links.ts";
import { forgetItem } from "./remove.ts";
import { decodeText } from "./text.ts";
import type { Writer } from "./writing.ts";

/** An item that went on under another id: row numbers. */
export interface Move {
  from: number;
  to: number;
}

interface Candidate {
  row: number;
  handle: Value;
  /** Hash and length of the text, where there is text. */
  text: string | undefined;
}

/**
 * Pairs missing items with items that came during the pass: by equal handle, else, where both have a handle, by equal
 * text that is unique on both sides.
 */
export function findMoves(writer: Writer, source: number, startRow: number, missing: number[]): Move[] {
  if (missing.length === 0) return [];
  const arrived = candidates(writer, "+source = ? AND id >= ? AND handle IS NOT NULL AND lost_at IS NULL", [
    source,
    startRow,
  ]);
  if (arrived.length === 0) return [];
  const gone = missing.flatMap((row) => candidates(writer, "id = ? AND handle IS NOT NULL", [row]));
  const moves = pair(gone, arrived, (each) => keyOfHandle(each.handle), false);
  const done = new Set(moves.flatMap(({ from, to }) => [from, to]));
  const rest = (all: Candidate[]) => all.filter(({ row }) => !done.has(row));
  return [...moves, ...pair(rest(gone), rest(arrived), (each) => each.text, true)];
}

function candidates(writer: Writer, where: string, parameters: Value[]): Candidate[] {
  return writer.connection
    .raw(`SELECT id, handle, hash, text_length FROM items WHERE ${where}`)
    .all(...parameters)
    .map(([row, handle, hash, length]) => ({
      row: Number(row),
      handle: handle ?? null,
      text: hash instanceof Uint8Array ? `${Buffer.from(hash).toString("hex")} ${length}` : undefined,
    }));
}

function keyOfHandle(handle: Value): string {
  return decodeText(handle);
}

function pair(
  gone: Candidate[],
  arrived: Candidate[],
  key: (each: Candidate) => string | undefined,
  unique: boolean,
): Move[] {
  const going = groups(gone, key);
  const coming = groups(arrived, key);
  const moves: Move[] = [];
  for (const [shared, from] of going) {
    const to = coming.get(shared) ?? [];
    if (unique && (from.length !== 1 || to.length !== 1)) continue;
    from.slice(0, to.length).forEach((row, place) => {
      moves.push({ from: row, to: to[place] as number });
    });
  }
  return moves;
}

function groups(all: Candidate[], key: (each: Candidate) => string | undefined): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const each of all) {
    const shared = key(each);
    if (shared === undefined) continue;
    const rows = found.get(shared);
    if (rows) rows.push(each.row);
    else found.set(shared, [each.row]);
  }
  return found;
}

/**
 * The item under its new id takes over what is known of the old one: when it was first met, its old id and aliases as
 * aliases, and its lines in the change log. Links to the old id find it through the alias.
 */
export function moveItem(writer: Writer, { from, to }: Move, at: number): void {
  const { connection } = writer;
  const find = connection.prepare("SELECT * FROM items WHERE id = ?");
  const old = find.get(from) as Row;
  const next = find.get(to) as Row;
  const formerly = new Set([
    ...listOf(next.former),
    decodeText(old.native_id ?? null),
    ...listOf(old.former),
    ...listOf(old.aliases),
  ]);
  formerly.delete(decodeText(next.native_id ?? null));
  logMoved(writer, old, to, at);
  forgetItem(writer, old);
  const former = JSON.stringify([...formerly]);
  connection
    .prepare("UPDATE items SET first_seen = ?, changed_at = ?, former = ? WHERE id = ?")
    .run(old.first_seen ?? null, at, former, to);
  writeAliases(connection, to, Number(old.source), next.aliases ?? null, former);
}
