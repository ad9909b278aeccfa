import { cutText, oneLine } from "../clean-text.ts";

const MAX_COLUMNS = 64;
const MAX_CELL = 1000;
/** Rows of a table that are kept and searched; a longer one says that it goes on. */
export const MOST_ROWS = 5000;

/** A Markdown table; the first row is the header. Line breaks in cells become spaces, `|` is escaped. */
export function markdownTable(rows: string[][]): string {
  const width = Math.min(widthOf(rows), MAX_COLUMNS);
  const lines = rows.map((row) => line(row, width));
  lines.splice(1, 0, `|${" --- |".repeat(width)}`);
  return lines.join("\n");
}

export interface OutlinedTable {
  markdown: string;
  columns: number;
  /** Rows below the header. */
  dataRows: number;
  /** A sentence about what was left out. */
  note?: string;
}

/**
 * The head of a table of any length: all of it up to 5,000 rows and the given length, otherwise its first rows below a
 * sentence about its size. A first row that looks like data gets a header of column names A, B, C.
 */
export function outlineTable(
  rows: string[][],
  bounds: { totalRows: number; maxLength: number; more?: boolean },
): OutlinedTable {
  const columns = widthOf(rows);
  const width = Math.min(columns, MAX_COLUMNS);
  const named = looksLikeHeader(rows);
  const header = named ? rows[0]! : columnNames(width);
  const body = named ? rows.slice(1) : rows;
  const dataRows = bounds.totalRows - (named ? 1 : 0);
  const shownRows = fitting(body.slice(0, MOST_ROWS), width, bounds.maxLength);
  const table = markdownTable([header, ...shownRows]);
  const notes: string[] = [];
  if (shownRows.length < dataRows)
    notes.push(`the first ${count(shownRows.length)} of ${bounds.more ? "more than " : ""}${count(dataRows)} rows`);
  if (columns > MAX_COLUMNS) notes.push(`the first ${MAX_COLUMNS} of ${count(columns)} columns`);
  if (notes.length === 0) return { markdown: table, columns, dataRows };
  const note = `Only ${notes.join(" and ")} are shown.`;
  return { markdown: cutText(`${note}\n\n${table}`, bounds.maxLength), columns, dataRows, note };
}

/** Spreadsheet column names: A … Z, AA, AB … */
function columnNames(columns: number): string[] {
  return Array.from({ length: columns }, (_, index) => columnName(index));
}

function columnName(index: number): string {
  const tail = String.fromCharCode(65 + (index % 26));
  return index < 26 ? tail : columnName(Math.floor(index / 26) - 1) + tail;
}

/** The rows that stay within a length, at least one. */
function fitting(rows: string[][], width: number, maxLength: number): string[][] {
  let length = 0;
  const end = rows.findIndex((row) => {
    for (let column = 0; column < width; column++) length += 3 + Math.min(row[column]?.length ?? 0, MAX_CELL);
    return length > maxLength - 2000;
  });
  return end < 0 ? rows : rows.slice(0, Math.max(end, 1));
}

/** Names are mostly filled, and neither numbers nor dates. */
function looksLikeHeader(rows: string[][]): boolean {
  const first = rows[0];
  if (first === undefined || rows.length < 2) return first !== undefined;
  const filled = first.filter((cell) => cell !== "");
  if (filled.length < first.length / 2) return false;
  return filled.every((cell) => !/^[-+]?[\d.,]+%?$|^\d{4}-\d\d-\d\d/.test(cell.slice(0, 40)));
}

function widthOf(rows: string[][]): number {
  return rows.reduce((widest, row) => Math.max(widest, row.length), 1);
}

function line(row: string[], width: number): string {
  let text = "|";
  for (let column = 0; column < width; column++) text += ` ${cell(row[column] ?? "")} |`;
  return text;
}

function cell(text: string): string {
  const short = text.length > MAX_CELL ? `${text.slice(0, MAX_CELL).toWellFormed()}…` : text;
  return oneLine(short).replaceAll("|", "\\|");
}

function count(number: number): string {
  return number.toLocaleString("en-US");
}
