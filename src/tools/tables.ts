import { cleanLine } from "./clean.ts";
import { grouped } from "./time.ts";

/** A table with fewer rows is read faster than its summary. */
const LONG_ROWS = 20;
const SHOWN_TABLES = 8;
const SHOWN_COLUMNS = 30;
const HEAD = /^\|(.+)\|[ \t]*\n\|(?:[ \t]*:?-{3,}:?[ \t]*\|)+[ \t]*$/gm;

/** A Markdown table in a text. */
export interface Table {
  /** Where its header begins, and where what comes after it does. */
  offset: number;
  end: number;
  /** Where its first row begins. */
  body: number;
  columns: string[];
  rows: number;
}

/** The long tables of a text, in order. */
export function longTables(text: string): Table[] {
  const found: Table[] = [];
  for (const head of text.matchAll(HEAD)) {
    if (head.index < (found.at(-1)?.end ?? 0)) continue;
    const table = tableAt(text, head.index, head[0], head[1] ?? "");
    if (table.rows >= LONG_ROWS) found.push(table);
    if (found.length >= 200) break;
  }
  return found;
}

function tableAt(text: string, offset: number, head: string, names: string): Table {
  const body = offset + head.length + 1;
  let [end, rows] = [body, 0];
  while (text[end] === "|") {
    rows += 1;
    const line = text.indexOf("\n", end);
    end = line < 0 ? text.length : line + 1;
  }
  const columns = names.split(/(?<!\\)\|/).map((name) => cleanLine(name.replaceAll("\\|", "|"), 60) || "(no name)");
  return { offset, end, body, columns, rows };
}

/** "5,000 rows from line 3, columns: station | taken_at" for each of the first long tables. */
export function tablesText(tables: readonly Table[], lineAt: (offset: number) => number): string | undefined {
  if (tables.length === 0) return undefined;
  const told = tables
    .slice(0, SHOWN_TABLES)
    .map((table) => `${grouped(table.rows)} rows from line ${lineAt(table.body)}, columns: ${columnsText(table)}`);
  if (tables.length > SHOWN_TABLES) told.push(`${tables.length - SHOWN_TABLES} more tables`);
  return told.join("; ");
}

/** For a page that begins inside a long table, what stands above its rows: the columns, and which row comes first. */
export function goesOnInTable(tables: readonly Table[], text: string, offset: number): string | undefined {
  const table = tables.find(({ body, end }) => offset > body && offset < end);
  if (table === undefined) return undefined;
  const before = text.slice(table.body, offset).split("\n").length;
  return `row ${grouped(before)} of ${grouped(table.rows)}, columns: ${columnsText(table)}`;
}

function columnsText({ columns }: Table): string {
  const shown = columns.slice(0, SHOWN_COLUMNS).join(" | ");
  return columns.length > SHOWN_COLUMNS ? `${shown} | … ${columns.length - SHOWN_COLUMNS} more` : shown;
}
