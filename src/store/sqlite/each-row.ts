import type { Connection, Value } from "./driver.ts";

/** Rows that cross from SQLite as one text, of half a megabyte. */
const ROWS_AT_ONCE = 65_536;
/** Before every date. */
const NEVER = Number.MIN_SAFE_INTEGER;

/**
 * Visits the row of every item of a source, or of one container, by the date of its last change. Texts of many rows
 * cross from SQLite in a third of the time that one by one they take, and in little memory. Nothing may change meanwhile.
 */
export function eachRow(
  connection: Connection,
  owner: { source: number } | { container: number },
  visit: (row: number) => void,
  atOnce = ROWS_AT_ONCE,
): void {
  const [of, number] =
    "source" in owner
      ? ["items INDEXED BY items_updated WHERE source = ?", owner.source]
      : ["items INDEXED BY items_container WHERE container = ?", owner.container];
  const slice = (where: string) =>
    connection.raw(
      `SELECT group_concat(id), max(updated_at)
       FROM (SELECT id, updated_at FROM ${of} AND ${where} ORDER BY updated_at, id LIMIT ${atOnce})`,
    );
  const sameDate = slice("updated_at IS ? AND id > ?"); // undated items come first
  const laterDate = slice("updated_at > ?");
  let date: Value = null;
  let last = 0;
  const visitAll = (rows: Value[] | undefined) =>
    eachNumber(String(rows?.[0] ?? ""), (row) => {
      last = row;
      visit(row);
    });
  for (;;) {
    while (visitAll(sameDate.get(number, date, last)) === atOnce);
    const later: Value[] | undefined = laterDate.get(number, date ?? NEVER);
    if (visitAll(later) === 0) return;
    date = later?.[1] ?? null;
  }
}

/** Visits the numbers of "1,2,3" and counts them. */
function eachNumber(list: string, visit: (number: number) => void): number {
  if (list === "") return 0;
  let number = 0;
  let count = 0;
  for (let at = 0; at <= list.length; at++) {
    const digit = list.charCodeAt(at) - 48; // NaN at the end
    if (digit >= 0) {
      number = number * 10 + digit;
    } else {
      visit(number);
      number = 0;
      count += 1;
    }
  }
  return count;
}
