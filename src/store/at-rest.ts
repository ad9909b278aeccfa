import { existsSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { ConnectorError } from "../model/errors.ts";
import { type DriverName, loadDriver } from "./sqlite/driver.ts";
import { isDamage, sqliteCode, storeError } from "./sqlite/failure.ts";

/** What SQLite keeps of one store: the file itself, then its log and the log's index. */
const PARTS = ["", "-wal", "-shm"];
const TENANT_FILE = /^([a-z0-9_-]{1,64})\.db$/;

/** The tenants that have a store in a folder, by name. */
export function storedTenants(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((name) => TENANT_FILE.exec(name)?.[1])
    .filter((tenant) => tenant !== undefined)
    .sort();
}

/**
 * Makes sure that no process has the store open and puts all it wrote into the one file. Throws `store` when somebody
 * has. A file that is too damaged to be asked is nobody's.
 */
export function settle(file: string, driver?: DriverName): void {
  if (!existsSync(file)) return;
  try {
    const connection = loadDriver(driver).open(file);
    try {
      connection.exec("PRAGMA busy_timeout = 500; PRAGMA locking_mode = EXCLUSIVE");
      // Every process that has a store open holds its log, and the log can only be given up by the last one.
      const mode = connection.raw("PRAGMA journal_mode = DELETE").get()?.[0];
      if (mode !== "delete") throw inUse(file);
      connection.exec("PRAGMA journal_mode = WAL");
    } finally {
      connection.close();
    }
  } catch (error) {
    const code = sqliteCode(error);
    if (code === "SQLITE_BUSY" || code === "SQLITE_LOCKED") throw inUse(file);
    if (!isDamage(error)) throw storeError(error);
  }
}

/** Gives a store's file, with its log where it has one, another name; answers it. Nobody may have it open. */
export function putAside(file: string, why: string): string {
  const aside = `${file}.${why}-${new Date().toISOString().replace(/[:.]/g, "-")}`;
  moveStore(file, aside);
  return aside;
}

/** Moves a store that nobody has open. */
export function moveStore(from: string, to: string): void {
  for (const part of PARTS) if (existsSync(from + part)) renameSync(from + part, to + part);
}

/** The file of a tenant's store. */
export function storeFile(folder: string, tenant: string): string {
  return join(folder, `${tenant}.db`);
}

function inUse(file: string): ConnectorError {
  return new ConnectorError("store", `The store ${file} is in use by another headwater.`, {
    hint: "Stop what syncs or serves, also the assistants that started a server, and try again.",
  });
}
