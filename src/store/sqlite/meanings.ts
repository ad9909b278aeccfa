import { chmodSync, closeSync, existsSync, openSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { ConnectorError } from "../../model/errors.ts";
import type { DueText, Meanings } from "../meanings.ts";
import { passagesOf } from "../query/passages.ts";
import { type Connection, type DriverName, loadDriver } from "./driver.ts";
import { decodeText } from "./text.ts";

const LONGEST_READ = 16_000;
/** So many passages are found by their bits and then compared more closely. */
const CANDIDATES = 200;

const SCHEMA = `
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE done (item INTEGER PRIMARY KEY, hash BLOB NOT NULL);
CREATE TABLE passages (id INTEGER PRIMARY KEY, item INTEGER NOT NULL, vector BLOB NOT NULL);
CREATE INDEX passages_item ON passages (item);
PRAGMA user_version = 1;
`;

export interface MeaningsOptions {
  folder: string;
  tenant: string;
  model: string;
  driver?: DriverName;
}

/**
 * Opens `<folder>/<tenant>.vectors` over sqlite-vec. Vectors of another model are dropped, as is a file that is none.
 * Throws `store` where the extension is not installed or does not load.
 */
export function openMeanings({ folder, tenant, model, driver }: MeaningsOptions): Meanings {
  const file = join(folder, `${tenant}.vectors`);
  const store = join(folder, `${tenant}.db`);
  try {
    return meaningsOver(connectVectors(file, store, model, driver));
  } catch (error) {
    if (error instanceof ConnectorError) throw error;
    for (const part of ["", "-wal", "-shm"]) rmSync(file + part, { force: true });
    return meaningsOver(connectVectors(file, store, model, driver));
  }
}

function connectVectors(file: string, store: string, model: string, driver?: DriverName): Connection {
  if (!existsSync(file)) closeSync(openSync(file, "a", 0o600));
  chmodSync(file, 0o600);
  const connection = loadDriver(driver).open(file, { extension: extensionPath() });
  try {
    connection.exec("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    connection.prepare("ATTACH ? AS store").run(store);
    if (Number(connection.raw("PRAGMA user_version").get()?.[0]) === 0)
      atOnce(connection, () => connection.exec(SCHEMA));
    if (about(connection, "model") !== model) startAgain(connection, model);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Left outside of the bundle, so it is looked for beside it. */
function extensionPath(): string {
  try {
    const found = createRequire(import.meta.url)("sqlite-vec") as { getLoadablePath(): string };
    return found.getLoadablePath();
  } catch (cause) {
    throw new ConnectorError("store", "Search by meaning needs the package sqlite-vec, which is not installed here.", {
      hint: "Install it beside headwater: npm install --global sqlite-vec",
      cause,
    });
  }
}

function about(connection: Connection, key: string): string | undefined {
  const value = connection.raw("SELECT value FROM about WHERE key = ?").get(key)?.[0];
  return value === undefined || value === null ? undefined : String(value);
}

function note(connection: Connection, key: string, value: string | undefined): void {
  if (value === undefined) connection.prepare("DELETE FROM about WHERE key = ?").run(key);
  else connection.prepare("INSERT OR REPLACE INTO about (key, value) VALUES (?, ?)").run(key, value);
}

function startAgain(connection: Connection, model: string): void {
  atOnce(connection, () => {
    connection.exec("DROP TABLE IF EXISTS bits; DELETE FROM passages; DELETE FROM done; DELETE FROM about");
    note(connection, "model", model);
  });
}

const IS_CURRENT = `EXISTS (SELECT 1 FROM store.items i WHERE i.id = d.item AND i.lost_at IS NULL AND i.hash = d.hash)`;

function meaningsOver(connection: Connection): Meanings {
  const remove = (row: number) => {
    if (about(connection, "length") !== undefined) {
      for (const [id] of connection.raw("SELECT id FROM passages WHERE item = ?").all(row))
        connection.prepare("DELETE FROM bits WHERE rowid = ?").run(BigInt(Number(id)));
    }
    connection.prepare("DELETE FROM passages WHERE item = ?").run(row);
    connection.prepare("DELETE FROM done WHERE item = ?").run(row);
  };
  return {
    due: (afterRow, limit) =>
      connection
        .raw(
          `SELECT i.id, i.hash, i.title, substr(b.text, 1, ${LONGEST_READ}) FROM store.items i
           JOIN store.bodies b ON b.item = i.id LEFT JOIN done d ON d.item = i.id
           WHERE i.id > ? AND i.lost_at IS NULL AND i.hash IS NOT NULL AND i.text_length > 0
             AND (d.hash IS NULL OR d.hash <> i.hash) ORDER BY i.id LIMIT ?`,
        )
        .all(afterRow, limit)
        .map(
          ([row, hash, title, text]): DueText => ({
            row: Number(row),
            hash: hash as Uint8Array,
            passages: passagesOf(decodeText(title ?? null), decodeText(text ?? null)),
          }),
        ),
    keep(row, hash, vectors) {
      const length = String(vectors[0]?.length ?? 0);
      // The model changed behind its name: nothing that is kept can be compared any more.
      if ((about(connection, "length") ?? length) !== length) startAgain(connection, about(connection, "model") ?? "");
      atOnce(connection, () => {
        if (about(connection, "length") === undefined) {
          connection.exec(`CREATE VIRTUAL TABLE bits USING vec0(embedding bit[${paddedTo8(Number(length))}])`);
          note(connection, "length", length);
        }
        remove(row);
        for (const vector of vectors) addPassage(connection, row, vector);
        connection.prepare("INSERT INTO done (item, hash) VALUES (?, ?)").run(row, hash);
      });
    },
    forgetGone() {
      const gone = connection.raw(`SELECT d.item FROM done d WHERE NOT ${IS_CURRENT}`).all();
      if (gone.length === 0) return;
      atOnce(connection, () => {
        for (const [row] of gone) remove(Number(row));
      });
    },
    near(vector, limit) {
      if (about(connection, "length") !== String(vector.length)) return [];
      const rows = connection.raw(
        `SELECT p.item, min(vec_distance_cosine(vec_int8(p.vector), vec_int8(?))) AS distance FROM passages p
         JOIN done d ON d.item = p.item AND ${IS_CURRENT}
         WHERE p.id IN (SELECT rowid FROM bits WHERE embedding MATCH vec_bit(?) AND k = ${CANDIDATES})
         GROUP BY p.item ORDER BY distance LIMIT ?`,
      );
      return rows.all(wholeNumbers(vector), signsOf(vector), limit).map(([row]) => Number(row));
    },
    state: () => {
      const problem = about(connection, "problem");
      const items = Number(connection.raw("SELECT count(*) FROM done").get()?.[0]);
      return { items, ...(problem !== undefined && { problem }) };
    },
    tell: (problem) => {
      if (about(connection, "problem") !== problem) note(connection, "problem", problem);
    },
    close: () => connection.close(),
  };
}

function addPassage(connection: Connection, row: number, vector: Float32Array): void {
  connection.prepare("INSERT INTO passages (item, vector) VALUES (?, ?)").run(row, wholeNumbers(vector));
  const id = Number(connection.raw("SELECT last_insert_rowid()").get()?.[0]);
  // The extension takes whole numbers only as BigInt, since a driver binds others as reals.
  connection.prepare("INSERT INTO bits (rowid, embedding) VALUES (?, vec_bit(?))").run(BigInt(id), signsOf(vector));
}

function paddedTo8(length: number): number {
  return Math.ceil(length / 8) * 8;
}

/** Locks the vectors alone: the store beside them, which is only read here, belongs to its own writer. */
function atOnce(connection: Connection, action: () => void): void {
  connection.exec("BEGIN");
  try {
    action();
    connection.exec("COMMIT");
  } catch (error) {
    connection.exec("ROLLBACK");
    throw error;
  }
}

/** One bit for each number: whether it is above zero. */
function signsOf(vector: Float32Array): Uint8Array {
  const bits = new Uint8Array(paddedTo8(vector.length) / 8);
  for (const [index, value] of vector.entries()) {
    if (value > 0) bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7));
  }
  return bits;
}

/** The numbers as bytes from -127 to 127: angles between vectors stay what they are, nearly. */
function wholeNumbers(vector: Float32Array): Uint8Array {
  const most = vector.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) || 1;
  return new Uint8Array(Int8Array.from(vector, (value) => Math.round((value / most) * 127)).buffer);
}
