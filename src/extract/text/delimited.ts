import { MOST_ROWS, outlineTable } from "../markdown/table.ts";
import type { Reading } from "../reading.ts";
import type { Extracted } from "../types.ts";

/** More of one value than any table shows. */
const MAX_VALUE = 8000;
const DELIMITERS = [",", ";", "\t", "|"] as const;

/** A table of values: a Markdown table of its first rows, with its columns and rows; `cut` when the text ends early. */
export function readDelimited(text: string, reading: Omit<Reading, "bytes" | "format">, cut: boolean): Extracted {
  const tabs = /tab-separated/.test(reading.mime) || /\.tsv$/i.test(reading.name);
  const delimiter = tabs ? "\t" : sniffDelimiter(text);
  const { rows, count } = parseRows(text, delimiter, MOST_ROWS + 1);
  const warnings: string[] = [];
  if (rows.length === 0) return { text: "", fields: { rows: 0, columns: 0 }, warnings };
  const table = outlineTable(rows, { totalRows: count, maxLength: reading.textLength, more: cut });
  if (table.note !== undefined) warnings.push(table.note);
  return { text: table.markdown, fields: { rows: table.dataRows, columns: table.columns }, warnings };
}

/** The delimiter that splits the first lines most evenly; a comma when none does. */
function sniffDelimiter(text: string): string {
  const sample = text.slice(0, 20_000);
  let best: string = ",";
  let bestScore = 0;
  for (const delimiter of DELIMITERS) {
    const { rows } = parseRows(sample, delimiter, 20);
    const score = evenness(rows.length > 2 ? rows.slice(0, -1) : rows);
    if (score > bestScore) {
      best = delimiter;
      bestScore = score;
    }
  }
  return best;
}

/** How many rows are as wide as the first, weighed by that width; zero for one column. */
function evenness(rows: string[][]): number {
  const width = rows[0]?.length ?? 0;
  if (width < 2) return 0;
  const same = rows.filter((row) => row.length === width).length;
  return (same / rows.length) * Math.min(width, 50);
}

/** Splits values after RFC 4180, quoted line breaks included; keeps `maxRows` rows and counts them all. */
export function parseRows(text: string, delimiter: string, maxRows: number): { rows: string[][]; count: number } {
  const rows: string[][] = [];
  let count = 0;
  let at = 0;
  while (at < text.length) {
    const keepRow = count < maxRows;
    const row: string[] = [];
    let ended = false;
    while (!ended) {
      const value = readValue(text, at, delimiter);
      if (keepRow && row.length < 1000) row.push(value.text());
      ended = value.lastOfRow;
      at = value.next;
    }
    const blank = keepRow ? row.length === 1 && row[0] === "" : false;
    if (blank) continue;
    count++;
    if (keepRow) rows.push(row);
  }
  return { rows, count };
}

interface Value {
  text: () => string;
  next: number;
  lastOfRow: boolean;
}

function readValue(text: string, start: number, delimiter: string): Value {
  const quoted = text[start] === '"';
  let at = start;
  if (quoted) at = endOfQuotes(text, start + 1);
  const from = at;
  while (at < text.length && text[at] !== delimiter && text[at] !== "\n") at++;
  const lastOfRow = at >= text.length || text[at] === "\n";
  const plain = () => text.slice(start, Math.min(at, start + MAX_VALUE)).trim();
  const inQuotes = () => {
    const inside = text.slice(start + 1, Math.min(from - 1, start + MAX_VALUE)).replaceAll('""', '"');
    return (inside + text.slice(from, Math.min(at, from + MAX_VALUE))).trim();
  };
  return { text: quoted ? inQuotes : plain, next: at + 1, lastOfRow };
}

/** The place after the closing quote; the end of the text when the quote is never closed. */
function endOfQuotes(text: string, start: number): number {
  let at = start;
  while (true) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return text.length + 1;
    if (text[quote + 1] !== '"') return quote + 1;
    at = quote + 2;
  }
}
