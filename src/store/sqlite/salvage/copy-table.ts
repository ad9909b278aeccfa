import type { Connection, Value } from "../driver.ts";
import { sqliteCode } from "../failure.ts";

/** One table as the newest schema has it. */
export interface Table {
  name: string;
  columns: string[];
  /** The columns of its primary key, in order. */
  key: string[];
  /** Its key is one whole number. */
  isNumbered: boolean;
}

const AT_ONCE = 256;
/** How often a damaged stretch of numbers is cut in two before the rest of it is given up. */
const MOST_CUTS = 50_000;

/** Copies every row of a table that can still be read; answers whether that was all of them. */
export function copyTable(from: Connection, to: Connection, table: Table): boolean {
  const insert = inserter(to, table);
  return table.isNumbered ? copyNumbered(from, table, insert) : copyFromBothEnds(from, table, insert);
}

type Insert = (row: Value[]) => boolean;

/** A row whose values the table refuses was damaged, and so was one whose key is taken. */
function inserter(to: Connection, { name, columns }: Table): Insert {
  const marks = columns.map(() => "?").join(", ");
  const statement = to.prepare(`INSERT OR IGNORE INTO ${name} (${columns.join(", ")}) VALUES (${marks})`);
  return (row) => {
    if (row.some((value) => typeof value === "number" && Math.abs(value) > Number.MAX_SAFE_INTEGER)) return false;
    try {
      return statement.run(...row).changes > 0;
    } catch (error) {
      if (sqliteCode(error) === "SQLITE_FULL" || sqliteCode(error) === "SQLITE_IOERR") throw error;
      return false;
    }
  };
}

/** Reads on from number to number; a stretch that cannot be read is cut in two until only what is broken is left. */
function copyNumbered(from: Connection, { name, columns, key: [key = ""] }: Table, insert: Insert): boolean {
  const position = columns.indexOf(key);
  const read = from.raw(
    `SELECT ${columns.join(", ")} FROM ${name} WHERE ${key} > ? AND ${key} < ? ORDER BY ${key} LIMIT ${AT_ONCE}`,
  );
  const stretches: [after: number, before: number][] = [[-1, Number.MAX_SAFE_INTEGER]];
  let whole = true;
  let cuts = 0;
  for (let stretch = stretches.pop(); stretch; stretch = stretches.pop()) {
    const [after, before] = stretch;
    const rows = readable(() => read.all(after, before));
    if (rows) {
      const last = Number(rows.at(-1)?.[position] ?? after);
      for (const row of rows) if (!insert(row)) whole = false;
      if (rows.length === AT_ONCE && last > after) stretches.push([last, before]);
      continue;
    }
    whole = false;
    cuts += 1;
    const middle = Math.floor(after + (before - after) / 2);
    if (cuts > MOST_CUTS || before - after < 3) continue;
    stretches.push([middle - 1, before], [after, middle]);
  }
  return whole;
}

/** A table without numbers is read from its beginning and from its end; what lies between two breaks is lost. */
function copyFromBothEnds(from: Connection, { name, columns, key }: Table, insert: Insert): boolean {
  const positions = key.map((each) => columns.indexOf(each));
  let whole = true;
  const walk = (order: "ASC" | "DESC"): boolean => {
    const sorted = key.map((each) => `${each} ${order}`).join(", ");
    const after = `(${key.join(", ")}) ${order === "ASC" ? ">" : "<"} (${key.map(() => "?").join(", ")})`;
    const start = `SELECT ${columns.join(", ")} FROM ${name}`;
    let at: Value[] = [];
    for (let size = AT_ONCE, walked = 0; ; ) {
      const where = at.length > 0 ? ` WHERE ${after}` : "";
      const rows = readable(() => from.raw(`${start}${where} ORDER BY ${sorted} LIMIT ?`).all(...at, size));
      if (!rows && size === 1) return false;
      if (!rows) size = 1;
      else {
        const taken = rows.filter(insert).length;
        if (taken < rows.length && order === "ASC") whole = false;
        // Coming from the end, what is known already was met from the beginning.
        if (rows.length < size || (order === "DESC" && taken === 0)) return true;
        at = positions.map((position) => rows.at(-1)?.[position] ?? null);
        if (size === 1 && ++walked > AT_ONCE) return false;
      }
    }
  };
  if (walk("ASC")) return whole;
  walk("DESC");
  return false;
}

/** Undefined where the rows cannot be read. */
function readable(read: () => Value[][]): Value[][] | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** The tables of a store that hold what cannot be worked out from others. */
export function tablesOf(connection: Connection): Table[] {
  return connection
    .raw("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'fts%' AND name NOT LIKE 'sqlite_%'")
    .all()
    .map(([name]) => tableOf(connection, String(name)));
}

function tableOf(connection: Connection, name: string): Table {
  const rows = connection.prepare(`SELECT name, type, pk FROM pragma_table_info('${name}') ORDER BY cid`).all();
  const keyed = rows.filter((row) => Number(row.pk) > 0).sort((left, right) => Number(left.pk) - Number(right.pk));
  return {
    name,
    columns: rows.map((row) => String(row.name)),
    key: keyed.map((row) => String(row.name)),
    isNumbered: keyed.length === 1 && keyed[0]?.type === "INTEGER",
  };
}
