import { chmodSync, closeSync, existsSync, openSync } from "node:fs";
import type { Connection, Driver } from "./driver.ts";
import { sqliteCode } from "./failure.ts";

/** Of pages. A reader with less is slower among a million items; a first sync is not measurably quicker with more for the writer. */
const CACHE_KIB = { reader: 32_768, "sole reader": 32_768, writer: 16_384, aside: 8_192 };
const PATIENCE_MS = 60_000;

/**
 * A connection with the store's settings. A reader refuses to write (`query_only`); it is opened writable all the same,
 * since only then can it read a store that another process left in the middle of a write. A sole reader shuts others
 * out and needs no file for the index of the log.
 */
export function connect(driver: Driver, file: string, role: keyof typeof CACHE_KIB): Connection {
  const fresh = !existsSync(file);
  if (fresh) closeSync(openSync(file, "a", 0o600));
  const connection = driver.open(file);
  try {
    connection.exec("PRAGMA busy_timeout = 5000; PRAGMA temp_store = MEMORY");
    if (role === "sole reader") connection.exec("PRAGMA locking_mode = EXCLUSIVE");
    // Sets the size for a file without tables only. It comes before cache_size: SQLite turns that into a number of pages
    // at once, by the page size it knows of, and a new file would keep four times the memory in pages of four times the size.
    patiently(() => connection.exec("PRAGMA page_size = 16384"));
    connection.exec(`PRAGMA cache_size = -${CACHE_KIB[role]}`);
    if (role === "writer" || role === "aside") prepareToWrite(connection);
    else connection.exec("PRAGMA query_only = ON");
    if (fresh) chmodSync(file, 0o600);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

function prepareToWrite(connection: Connection): void {
  patiently(() => connection.exec("PRAGMA journal_mode = WAL")); // needs the file alone for a moment
  connection.exec(
    "PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 67108864; PRAGMA wal_autocheckpoint = 2000",
  );
}

/** Runs one statement again while another process is writing, for up to a minute; blocks this thread. */
export function patiently<T>(action: () => T): T {
  const deadline = performance.now() + PATIENCE_MS;
  for (let wait = 5; ; wait = Math.min(wait * 2, 250)) {
    try {
      return action();
    } catch (error) {
      const code = sqliteCode(error);
      if ((code !== "SQLITE_BUSY" && code !== "SQLITE_LOCKED") || performance.now() > deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, wait);
    }
  }
}

/** All of the action's writes or none of them. */
export function transaction<T>(connection: Connection, action: () => T): T {
  patiently(() => connection.exec("BEGIN IMMEDIATE"));
  try {
    const answer = action();
    connection.exec("COMMIT");
    return answer;
  } catch (error) {
    rollBack(connection);
    throw error;
  }
}

/** Reads all of an action at one moment of the store; also cheaper than a moment for each statement. */
export function snapshot<T>(connection: Connection, action: () => T): T {
  patiently(() => connection.exec("BEGIN"));
  try {
    return action();
  } finally {
    rollBack(connection);
  }
}

/** SQLite has already rolled back by itself after some failures, such as a full disk. */
function rollBack(connection: Connection): void {
  try {
    connection.exec("ROLLBACK");
  } catch {
    // Nothing was open any more.
  }
}
