import { createRequire } from "node:module";
import { ConnectorError } from "../../model/errors.ts";

/** What SQLite gives and takes. Numbers are bound as they are; never bind one beyond 2^53. */
export type Value = string | number | bigint | null | Uint8Array;
export type Row = Record<string, Value>;

/** One prepared statement. `get` and `all` answer objects, or arrays of columns when prepared with `raw`. */
export interface Statement<T> {
  run(...parameters: Value[]): { changes: number };
  get(...parameters: Value[]): T | undefined;
  all(...parameters: Value[]): T[];
}

/** One connection, the same over both drivers. Statements are prepared once per text and kept. */
export interface Connection {
  readonly driver: DriverName;
  prepare(sql: string): Statement<Row>;
  /** Rows as arrays in column order: cheaper where there are many. */
  raw(sql: string): Statement<Value[]>;
  exec(sql: string): void;
  close(): void;
}

export type DriverName = "better-sqlite3" | "node:sqlite";

export interface Driver {
  readonly name: DriverName;
  /** For people: "better-sqlite3 12.11.1 (SQLite 3.53.2)". */
  readonly label: string;
  /** With `extension`, the path of a loadable extension, which this connection then has. */
  open(file: string, options?: { extension?: string }): Connection;
}

interface NativeStatement {
  run(...parameters: Value[]): { changes: number | bigint };
  get(...parameters: Value[]): unknown;
  all(...parameters: Value[]): unknown[];
  raw?(toggle: boolean): unknown;
  setReturnArrays?(toggle: boolean): void;
}

interface NativeDatabase {
  prepare(sql: string): NativeStatement;
  exec(sql: string): unknown;
  loadExtension(path: string): void;
  close(): void;
}

type NativeConstructor = new (file: string, options?: { allowExtension?: boolean }) => NativeDatabase;

const load = createRequire(import.meta.url);

/**
 * The SQLite of this process: better-sqlite3 where its binary loads, else Node's own `node:sqlite` (Node 22.13 or
 * newer). `wanted`, else the environment variable HEADWATER_SQLITE, forces one of them.
 * Throws `store` when there is none.
 */
export function loadDriver(wanted?: string): Driver {
  const forced = wanted ?? process.env.HEADWATER_SQLITE ?? "";
  const candidates = [betterSqlite3, nodeSqlite].filter((each) => forced === "" || forced === each.driverName);
  if (candidates.length === 0) {
    throw new ConnectorError("store", `There is no SQLite driver called "${forced}".`, {
      hint: 'Set HEADWATER_SQLITE to "better-sqlite3" or "node:sqlite", or unset it.',
    });
  }
  const causes: unknown[] = [];
  for (const candidate of candidates) {
    try {
      return candidate();
    } catch (error) {
      causes.push(error);
    }
  }
  throw new ConnectorError("store", `No SQLite driver loads in Node ${process.versions.node}.`, {
    hint: "Use Node 22.13 or newer, which brings its own, or run `npm rebuild better-sqlite3` beside headwater.",
    cause: causes[0],
  });
}

betterSqlite3.driverName = "better-sqlite3" as const;
function betterSqlite3(): Driver {
  const Database = load("better-sqlite3") as NativeConstructor;
  const { version } = load("better-sqlite3/package.json") as { version: string };
  const sqlite = probe(Database);
  return {
    name: "better-sqlite3",
    label: `better-sqlite3 ${version} (SQLite ${sqlite})`,
    open(file, { extension } = {}) {
      const database = new Database(file);
      if (extension !== undefined) database.loadExtension(extension);
      return wrap("better-sqlite3", database, (statement) => statement.raw?.(true));
    },
  };
}

nodeSqlite.driverName = "node:sqlite" as const;
function nodeSqlite(): Driver {
  const { DatabaseSync } = withoutExperimentalWarning(() => load("node:sqlite")) as { DatabaseSync: NativeConstructor };
  const sqlite = probe(DatabaseSync);
  return {
    name: "node:sqlite",
    label: `node:sqlite of Node ${process.versions.node} (SQLite ${sqlite})`,
    open(file, { extension } = {}) {
      const database =
        extension === undefined ? new DatabaseSync(file) : new DatabaseSync(file, { allowExtension: true });
      if (extension !== undefined) database.loadExtension(extension);
      return wrap("node:sqlite", database, (statement) => statement.setReturnArrays?.(true));
    },
  };
}

/** Opens something, so that a binary that does not fit is found here, and answers SQLite's version. */
function probe(Database: NativeConstructor): string {
  const database = new Database(":memory:");
  try {
    return (database.prepare("SELECT sqlite_version() AS version").get() as { version: string }).version;
  } finally {
    database.close();
  }
}

/** node:sqlite warns once when loaded; what it warns of (its interface may change) is tested in this file's suite. */
function withoutExperimentalWarning<T>(action: () => T): T {
  const original = process.emitWarning;
  process.emitWarning = () => undefined;
  try {
    return action();
  } finally {
    process.emitWarning = original;
  }
}

function wrap(
  driver: DriverName,
  database: NativeDatabase,
  asArrays: (statement: NativeStatement) => void,
): Connection {
  const objects = new Map<string, NativeStatement>();
  const arrays = new Map<string, NativeStatement>();
  const kept = (known: Map<string, NativeStatement>, sql: string) => {
    const statement = known.get(sql) ?? database.prepare(sql);
    if (known.has(sql)) return statement;
    if (known === arrays) asArrays(statement);
    known.set(sql, statement);
    return statement;
  };
  return {
    driver,
    prepare: (sql) => kept(objects, sql) as Statement<Row>,
    raw: (sql) => kept(arrays, sql) as Statement<Value[]>,
    exec: (sql) => void database.exec(sql),
    close() {
      objects.clear();
      arrays.clear();
      database.close();
    },
  };
}
