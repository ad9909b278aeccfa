import { existsSync, rmSync } from "node:fs";
import { moveStore, putAside, settle, storeFile } from "./at-rest.ts";
import { connect, transaction } from "./sqlite/connect.ts";
import { type Connection, type Driver, type DriverName, loadDriver } from "./sqlite/driver.ts";
import { damaged, isDamage, sqliteCode, storeError } from "./sqlite/failure.ts";
import { isVersion, MIGRATIONS, migrate, refuseNewer, schemaVersion } from "./sqlite/migrations.ts";
import { copyTable, tablesOf } from "./sqlite/salvage/copy-table.ts";
import { settleRows } from "./sqlite/salvage/settle-rows.ts";
import { check } from "./sqlite/verify.ts";
import { newWriter } from "./sqlite/writing.ts";

/** What a repair found and did. */
export interface Repair {
  /** What was wrong, as sentences. */
  found: string[];
  /** Items that were saved. */
  items: number;
  /** Texts that were no longer what had been stored, and are asked for again. */
  textsDropped: number;
  /** The next sync has something to bring back. */
  needsSync: boolean;
  /** Where the damaged file is kept. */
  aside: string;
}

/** Tables that are worked out again from others. */
const DERIVED = new Set(["aliases", "counters"]);

/**
 * Mends a tenant's store: everything that can be read goes into a fresh file with a new full text index, the damaged
 * file is kept aside, and what was lost is asked for by the next sync. Undefined when the store is sound, or not there.
 * Throws `store` when somebody has it open, when a newer headwater made it and when there is no room.
 */
export function repairStore(folder: string, tenant: string, wanted?: DriverName): Repair | undefined {
  const file = storeFile(folder, tenant);
  if (!existsSync(file)) return undefined;
  const fresh = `${file}.${process.pid}.part`;
  try {
    const driver = loadDriver(wanted);
    settle(file, wanted);
    const found = problemsOf(driver, file);
    if (found.lines.length === 0) return undefined;
    removeStore(fresh);
    const { items, textsDropped, needsSync } = salvage(driver, file, fresh, found.structure);
    const aside = putAside(file, "damaged");
    moveStore(fresh, file);
    return { found: found.lines, items, textsDropped, needsSync, aside };
  } catch (error) {
    throw storeError(error);
  } finally {
    removeStore(fresh);
  }
}

function problemsOf(driver: Driver, file: string): { lines: string[]; structure: boolean } {
  const connection = opened(driver, file);
  if (!connection) return { lines: [damaged().message], structure: true };
  try {
    const version = schemaVersion(connection);
    if (!isVersion(version)) return { lines: [damaged().message], structure: true };
    refuseNewer(version);
    if (!upgrades(connection, version)) return { lines: [damaged().message], structure: true };
    const broken = check(connection, "quick");
    return broken.length > 0
      ? { lines: broken, structure: true }
      : { lines: check(connection, "full"), structure: false };
  } finally {
    connection.close();
  }
}

/** Whether the steps to the newest version can be taken; tried and undone. A wrong number in the header shows here. */
function upgrades(connection: Connection, version: number): boolean {
  const undone = new Error("undone");
  try {
    transaction(connection, () => {
      for (const step of MIGRATIONS) if (step.version > version) step.up(connection);
      throw undone;
    });
  } catch (error) {
    if (error === undone) return true;
    if (!isDamage(error)) throw error;
  }
  return false;
}

/** Undefined when the file cannot even be opened. */
function opened(driver: Driver, file: string): Connection | undefined {
  try {
    const connection = connect(driver, file, "writer");
    try {
      connection.raw("SELECT count(*) FROM sqlite_master").get();
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  } catch (error) {
    if (isDamage(error) || sqliteCode(error) === "SQLITE_IOERR") return undefined;
    throw error;
  }
}

function salvage(
  driver: Driver,
  file: string,
  fresh: string,
  structure: boolean,
): Pick<Repair, "items" | "textsDropped" | "needsSync"> {
  const source = opened(driver, file);
  const target = connect(driver, fresh, "writer");
  try {
    migrate(target, fresh);
    const writer = newWriter(target, fresh, { process: "repair", host: "", pid: process.pid });
    const incomplete = new Set<string>();
    const textsDropped = transaction(target, () => {
      for (const table of tablesOf(target)) {
        if (DERIVED.has(table.name)) continue;
        if (!source || !copied(source, target, table)) incomplete.add(table.name);
      }
      return settleRows(writer, { structure, incomplete });
    });
    const left = check(target, "full");
    if (left.length > 0) throw damaged(new Error(left.join(" ")));
    const items = Number(target.raw("SELECT count(*) FROM items WHERE lost_at IS NULL").get()?.[0] ?? 0);
    return { items, textsDropped, needsSync: structure || incomplete.size > 0 || textsDropped > 0 };
  } finally {
    source?.close();
    target.close();
  }
}

/** A store of an older version lacks tables; what it has is copied, and they are empty. */
function copied(source: Connection, target: Connection, table: Parameters<typeof copyTable>[2]): boolean {
  try {
    const known = source.raw("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(table.name);
    return known ? copyTable(source, target, table) : schemaVersion(source) > 0;
  } catch (error) {
    const code = sqliteCode(error);
    if (code === "SQLITE_FULL" || code === "SQLITE_BUSY") throw error;
    return false;
  }
}

function removeStore(file: string): void {
  for (const part of ["", "-wal", "-shm"]) rmSync(file + part, { force: true });
}
