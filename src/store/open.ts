import { randomUUID } from "node:crypto";
import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { ConnectorError } from "../model/errors.ts";
import { noAnswering } from "./sqlite/courtesy.ts";
import { type Connection, type DriverName, loadDriver } from "./sqlite/driver.ts";
import { storeError } from "./sqlite/failure.ts";
import { refuseNewer, schemaVersion } from "./sqlite/migrations.ts";
import { connectReader } from "./sqlite/reader.ts";
import { SCHEMA_VERSION } from "./sqlite/schema.ts";
import { sqliteStore } from "./sqlite/sqlite-store.ts";
import { aside, type WriterThread, writerThread } from "./sqlite/thread.ts";
import type { ThreadSetup } from "./sqlite/thread-setup.ts";
import type { Store } from "./store.ts";

export interface OpenOptions {
  /** Made, for this user alone, when it is not there. */
  folder: string;
  /** 1 to 64 of a-z, 0-9, "_" and "-": the file's name. */
  tenant: string;
  /** Forces a driver; else HEADWATER_SQLITE, else better-sqlite3, else Node's own. */
  driver?: DriverName;
  /** Told of a damaged file, `store.damaged`. */
  log?: (event: string, data?: object) => void;
}

/**
 * Opens one tenant's store, `<folder>/<tenant>.db`, and makes or upgrades it when needed.
 *
 * Reading costs nothing but the opening of a file: the writer thread starts with the first write. After a process that
 * ended without closing the store, the first write also starts a check of the file in a thread of its own. When it
 * finds damage, reads go on as far as they can, and every write is refused with the command that repairs.
 *
 * Throws `store`: a tenant's name that is none, no SQLite driver, a store made by a newer headwater, a file that is
 * no store.
 */
export async function openStore(options: OpenOptions): Promise<Store> {
  if (!/^[a-z0-9_-]{1,64}$/.test(options.tenant)) {
    throw new ConnectorError("store", `"${options.tenant}" cannot be the name of a tenant.`, {
      hint: "Use 1 to 64 of the characters a-z, 0-9, _ and -.",
    });
  }
  const driver = loadDriver(options.driver);
  const file = join(options.folder, `${options.tenant}.db`);
  const identity = { process: processName(), host: hostname(), pid: process.pid };
  const setup = { file, driver: driver.name, identity, answering: noAnswering() };
  try {
    makeFolder(options.folder);
    const stop = new AbortController();
    const writer = writerThread(setup, () => void watchOver(setup, writer, stop.signal, options.log));
    const connection = await openForReading(() => connectReader(driver, file), writer);
    return sqliteStore({
      file,
      driver,
      connection,
      identity,
      answering: setup.answering,
      writer,
      ...whole(setup, connection, writer, stop),
    });
  } catch (error) {
    throw storeError(error);
  }
}

/** A store that is new, or of an older version, is brought up to date by the writer thread before it is read. */
async function openForReading(open: () => Connection, writer: WriterThread): Promise<Connection> {
  const connection = open();
  try {
    const version = schemaVersion(connection);
    refuseNewer(version);
    if (version < SCHEMA_VERSION) await writer.call("migrate");
    return connection;
  } catch (error) {
    connection.close();
    await writer.close();
    throw error;
  }
}

function whole(
  setup: Omit<ThreadSetup, "role">,
  connection: Connection,
  writer: WriterThread,
  stop: AbortController,
): Pick<Store, "verify" | "backup" | "close"> {
  let closed: Promise<void> | undefined;
  return {
    verify: (depth) => aside<string[]>({ ...setup, role: { name: "check", depth } }),
    backup: (path) => aside<void>({ ...setup, role: { name: "backup", path } }),
    close: () => {
      stop.abort();
      closed ??= writer.close().finally(() => connection.close());
      return closed;
    },
  };
}

function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
}

const PROCESS_NAME = Symbol.for("headwater.process");

/** Tells this life of the process from another with the same pid; the same for every store it opens. */
function processName(): string {
  const shared = globalThis as { [PROCESS_NAME]?: string };
  shared[PROCESS_NAME] ??= randomUUID();
  return shared[PROCESS_NAME];
}

/** Registers this writer and checks the file when an earlier one ended without saying so. */
async function watchOver(
  setup: Omit<ThreadSetup, "role">,
  writer: WriterThread,
  stop: AbortSignal,
  log: OpenOptions["log"],
): Promise<void> {
  try {
    if (!(await writer.call("register"))) return;
    const found = await aside<string[]>({ ...setup, role: { name: "check", depth: "quick" } }, stop);
    if (found.length === 0) return;
    await writer.call("markDamaged");
    log?.("store.damaged", { file: setup.file, found });
  } catch (error) {
    if (!stop.aborted) log?.("store.check-failed", { message: storeError(error).message });
  }
}
