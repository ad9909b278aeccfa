import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { hostname } from "node:os";
import { basename, join } from "node:path";
import { ConnectorError } from "../../model/errors.ts";
import type { DuePage, DueText, MeaningState, Meanings } from "../meanings.ts";
import { passagesOf } from "../query/passages.ts";
import type { Connection, DriverName } from "./driver.ts";
import { isDamage, storeError } from "./failure.ts";
import { isDead } from "./owners.ts";
import { decodeText } from "./text.ts";
import { paddedTo8, signsOf, wholeNumbers } from "./vector-bytes.ts";
import { about, atOnce, connectVectors, note, startAgain } from "./vectors-file.ts";
import type { Identity } from "./writing.ts";

const LONGEST_READ = 16_000;
/** Items looked at, and texts taken, at once. */
const [WINDOW, MOST_TEXTS] = [5000, 64];
/** So many passages are found by their bits and then compared more closely. The extension's time grows with it. */
const CANDIDATES = 100;
/** So many items, or passages where all are meant, are compared closely at once: no slower than by bits, and exact. */
const FEW = 5000;

export interface MeaningsOptions {
  folder: string;
  tenant: string;
  /** What the vectors can be compared by, see `Embedder.likeness`. */
  likeness: string;
  /** Only texts of these sources are read; undefined: of all. */
  sources?: readonly string[];
  driver?: DriverName;
}

/**
 * Opens `<folder>/<tenant>.vectors` over sqlite-vec. Vectors of another likeness are dropped, as is a file that is none.
 * Throws `store` where the extension is not installed or does not load.
 */
export function openMeanings({ folder, tenant, likeness, sources, driver }: MeaningsOptions): Meanings {
  const file = join(folder, `${tenant}.vectors`);
  const store = join(folder, `${tenant}.db`);
  const connect = () =>
    meaningsOver({ connection: connectVectors(file, store, likeness, driver), file, likeness, sources });
  try {
    return connect();
  } catch (error) {
    if (!isDamage(error)) throw storeError(error);
    for (const part of ["", "-wal", "-shm"]) rmSync(file + part, { force: true });
    return connect();
  }
}

/** An open file and what is asked of it. */
interface Kept {
  connection: Connection;
  file: string;
  likeness: string;
  sources: readonly string[] | undefined;
}

function sound<T>({ file }: Kept, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!isDamage(error)) throw storeError(error);
    throw new ConnectorError("store", "The file of vectors is damaged.", {
      hint: `Delete it, and it is made again with the next start: ${basename(file)}`,
      cause: error,
    });
  }
}

function meaningsOver(kept: Kept): Meanings {
  const { connection } = kept;
  const self = { process: randomUUID(), host: hostname(), pid: process.pid };
  return {
    due: (afterRow) => sound(kept, () => duePage(kept, afterRow)),
    keep: (row, hash, vectors) =>
      sound(kept, () => atOnce(connection, () => keepVectors(kept, { row, hash, vectors }))),
    near: (vector, limit, among) => sound(kept, () => nearRows(kept, vector, limit, among)),
    state: () => sound(kept, () => stateOf(kept)),
    tell: (problem) =>
      sound(kept, () => {
        if (about(connection, "problem") !== problem) note(connection, "problem", problem);
      }),
    claim: (forMs) => sound(kept, () => claimed(connection, self, forMs)),
    release: () =>
      sound(kept, () => {
        if (readerOf(connection)?.process === self.process) note(connection, "reader", undefined);
      }),
    close: () => connection.close(),
  };
}

/** Whether an item `i` is one whose text is read; the list of sources is bound as JSON, null for all. */
const IS_READ = `i.text_length > 0 AND i.hash IS NOT NULL AND (chosen.names IS NULL OR i.source IN
  (SELECT s.id FROM store.sources s WHERE s.name IN (SELECT value FROM json_each(chosen.names))))`;

function duePage(kept: Kept, after: number): DuePage {
  const { connection } = kept;
  const sources = sourcesOf(kept);
  const last = Number(connection.raw("SELECT max(id) FROM store.items").get()?.[0] ?? 0);
  const lastDone = Number(connection.raw("SELECT max(item) FROM done").get()?.[0] ?? 0);
  const end = after + WINDOW;
  const gone = connection
    .raw(
      `WITH chosen (names) AS (SELECT ?) SELECT d.item FROM chosen CROSS JOIN done d WHERE d.item > ? AND d.item <= ?
         AND NOT EXISTS (SELECT 1 FROM store.items i WHERE i.id = d.item AND ${IS_READ})`,
    )
    .all(sources, after, end);
  if (gone.length > 0) atOnce(connection, () => gone.forEach(([row]) => void remove(connection, Number(row))));
  const texts = connection
    .raw(
      `WITH chosen (names) AS (SELECT ?)
       SELECT i.id, i.hash, i.title, substr(b.text, 1, ${LONGEST_READ}) FROM chosen CROSS JOIN store.items i
       JOIN store.bodies b ON b.item = i.id LEFT JOIN done d ON d.item = i.id
       WHERE i.id > ? AND i.id <= ? AND i.lost_at IS NULL AND ${IS_READ}
         AND (d.hash IS NULL OR d.hash <> i.hash) ORDER BY i.id LIMIT ${MOST_TEXTS}`,
    )
    .all(sources, after, end)
    .map(
      ([row, hash, title, text]): DueText => ({
        row: Number(row),
        hash: hash as Uint8Array,
        passages: passagesOf(decodeText(title ?? null), decodeText(text ?? null)),
      }),
    );
  const next = texts.length === MOST_TEXTS ? (texts.at(-1)?.row ?? end) : end;
  return { texts, ...(next < Math.max(last, lastDone) && { next }) };
}

function sourcesOf({ sources }: Kept): string | null {
  return sources === undefined ? null : JSON.stringify(sources);
}

interface Embedded {
  row: number;
  hash: Uint8Array;
  vectors: readonly Float32Array[];
}

function keepVectors({ connection, likeness }: Kept, { row, hash, vectors }: Embedded): boolean {
  // The lock first, then the look: another process may go over to another model at any time.
  connection.prepare("UPDATE about SET value = value WHERE key = 'model'").run();
  if (about(connection, "model") !== likeness)
    throw new ConnectorError("store", "Another process went over to another model for search by meaning.", {
      hint: "Start this one again, so that both read the same headwater.yaml.",
    });
  const length = vectors[0]?.length;
  const before = about(connection, "length");
  const changed = before !== undefined && length !== undefined && before !== String(length);
  // The model changed behind its name: nothing that is kept can be compared any more.
  if (changed) startAgain(connection, likeness);
  if (length !== undefined && (changed || before === undefined)) {
    connection.exec(`CREATE VIRTUAL TABLE bits USING vec0(embedding bit[${paddedTo8(length)}])`);
    note(connection, "length", String(length));
  }
  remove(connection, row);
  for (const vector of vectors) addPassage(connection, row, vector);
  connection.prepare("INSERT INTO done (item, hash) VALUES (?, ?)").run(row, hash);
  return changed;
}

function remove(connection: Connection, row: number): void {
  for (const [id] of connection.raw("SELECT id FROM passages WHERE item = ?").all(row))
    connection.prepare("DELETE FROM bits WHERE rowid = ?").run(BigInt(Number(id)));
  connection.prepare("DELETE FROM passages WHERE item = ?").run(row);
  connection.prepare("DELETE FROM done WHERE item = ?").run(row);
}

/** A passage counts while its item is there and has the text that was read. */
const IS_CURRENT = `JOIN done d ON d.item = p.item
  JOIN store.items i ON i.id = d.item AND i.lost_at IS NULL AND i.hash = d.hash`;

function nearRows({ connection, likeness }: Kept, vector: Float32Array, limit: number, among?: readonly number[]) {
  if (about(connection, "length") !== String(vector.length) || about(connection, "model") !== likeness) return [];
  const passages = Number(connection.raw("SELECT max(id) FROM passages").get()?.[0] ?? 0);
  const chosen = among === undefined ? [] : [JSON.stringify(among)];
  const closely = (among?.length ?? passages) <= FEW;
  const of = "SELECT o.id FROM json_each(?) j CROSS JOIN passages o ON o.item = j.value";
  const byBits = `SELECT rowid FROM bits WHERE embedding MATCH vec_bit(?) AND k = ${CANDIDATES}`;
  const inside = among === undefined ? "" : closely ? `p.id IN (${of}) AND` : "";
  const candidates = closely ? "1" : `p.id IN (${byBits}${among === undefined ? "" : ` AND rowid IN (${of})`})`;
  // A vector of nothing but zeros has no angle to any other.
  return connection
    .raw(
      `SELECT p.item, min(vec_distance_cosine(vec_int8(p.vector), vec_int8(?))) AS distance FROM passages p
       ${IS_CURRENT} WHERE ${inside} ${candidates} GROUP BY p.item HAVING distance IS NOT NULL
       ORDER BY distance LIMIT ?`,
    )
    .all(wholeNumbers(vector), ...(closely ? chosen : [signsOf(vector), ...chosen]), limit)
    .map(([row]) => Number(row));
}

function stateOf(kept: Kept): MeaningState {
  const { connection } = kept;
  const [of, items] = connection
    .raw(
      `WITH chosen (names) AS (SELECT ?)
       SELECT count(*), count(d.item) FROM chosen CROSS JOIN store.items i LEFT JOIN done d ON d.item = i.id AND d.hash = i.hash
       WHERE i.lost_at IS NULL AND ${IS_READ}`,
    )
    .get(sourcesOf(kept)) ?? [0, 0];
  const problem = about(connection, "problem");
  return { items: Number(items), of: Number(of), ...(problem !== undefined && { problem }) };
}

/** The process that reads texts. */
interface Reader extends Identity {
  /** Milliseconds since 1970. */
  until: number;
}

function readerOf(connection: Connection): Reader | undefined {
  const said = about(connection, "reader");
  return said === undefined ? undefined : (JSON.parse(said) as Reader);
}

function claimed(connection: Connection, self: Identity, forMs: number): boolean {
  return atOnce(connection, () => {
    connection.prepare("UPDATE about SET value = value WHERE key = 'model'").run();
    const reader = readerOf(connection);
    const other = reader !== undefined && reader.process !== self.process;
    if (other && reader.until > Date.now() && !isDead(reader, self)) return false;
    note(connection, "reader", JSON.stringify({ ...self, until: Date.now() + forMs }));
    return true;
  });
}

function addPassage(connection: Connection, row: number, vector: Float32Array): void {
  connection.prepare("INSERT INTO passages (item, vector) VALUES (?, ?)").run(row, wholeNumbers(vector));
  const id = Number(connection.raw("SELECT last_insert_rowid()").get()?.[0]);
  // The extension takes whole numbers only as BigInt, since a driver binds others as reals.
  connection.prepare("INSERT INTO bits (rowid, embedding) VALUES (?, vec_bit(?))").run(BigInt(id), signsOf(vector));
}
