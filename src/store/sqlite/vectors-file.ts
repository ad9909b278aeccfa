import { chmodSync, closeSync, existsSync, openSync } from "node:fs";
import { createRequire } from "node:module";
import { ConnectorError } from "../../model/errors.ts";
import { type Connection, type DriverName, loadDriver } from "./driver.ts";

const SCHEMA = `
CREATE TABLE IF NOT EXISTS about (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS done (item INTEGER PRIMARY KEY, hash BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS passages (id INTEGER PRIMARY KEY, item INTEGER NOT NULL, vector BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS passages_item ON passages (item);
PRAGMA user_version = 1;
`;

/**
 * The file of vectors, for this user alone, with the store attached as `store`; emptied where its vectors are of another
 * likeness. Throws `store` where the extension is not installed, and what SQLite throws for a file that is none.
 */
export function connectVectors(file: string, store: string, likeness: string, driver?: DriverName): Connection {
  if (!existsSync(file)) closeSync(openSync(file, "a", 0o600));
  chmodSync(file, 0o600);
  const connection = openWithExtension(file, driver);
  try {
    connection.exec("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    connection.prepare("ATTACH ? AS store").run(store);
    if (Number(connection.raw("PRAGMA user_version").get()?.[0]) === 0)
      atOnce(connection, () => connection.exec(SCHEMA));
    if (about(connection, "model") !== likeness) atOnce(connection, () => startAgain(connection, likeness));
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

function openWithExtension(file: string, driver: DriverName | undefined): Connection {
  const extension = extensionPath();
  const { open } = loadDriver(driver);
  try {
    return open(file, { extension });
  } catch (cause) {
    throw new ConnectorError("store", "The package sqlite-vec, which search by meaning needs, does not load here.", {
      hint: "Install the one for this machine beside headwater: npm install --global sqlite-vec",
      cause,
    });
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

/** What the file says of itself. */
export function about(connection: Connection, key: string): string | undefined {
  const value = connection.raw("SELECT value FROM about WHERE key = ?").get(key)?.[0];
  return value === undefined || value === null ? undefined : String(value);
}

/** Sets it; undefined takes it away. */
export function note(connection: Connection, key: string, value: string | undefined): void {
  if (value === undefined) connection.prepare("DELETE FROM about WHERE key = ?").run(key);
  else connection.prepare("INSERT OR REPLACE INTO about (key, value) VALUES (?, ?)").run(key, value);
}

/** Drops all vectors; part of a transaction. */
export function startAgain(connection: Connection, likeness: string): void {
  const problem = about(connection, "problem");
  const reader = about(connection, "reader");
  connection.exec("DROP TABLE IF EXISTS bits; DELETE FROM passages; DELETE FROM done; DELETE FROM about");
  note(connection, "model", likeness);
  note(connection, "problem", problem);
  note(connection, "reader", reader);
}

/** Locks the vectors alone: the store beside them, which is only read here, belongs to its own writer. */
export function atOnce<T>(connection: Connection, action: () => T): T {
  connection.exec("BEGIN");
  try {
    const answer = action();
    connection.exec("COMMIT");
    return answer;
  } catch (error) {
    connection.exec("ROLLBACK");
    throw error;
  }
}
