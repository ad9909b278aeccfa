import { markdownTable } from "./table.ts";

/** No table of a mail or a page has cells that are wider. */
const MOST_COLUMNS = 12;

/** A table while its rows come in; it decides at its end whether it was a table of values or a layout. */
export class TableFrame {
  readonly #rows: string[][] = [];
  /** Columns that a cell takes beside its own, by row and cell. */
  readonly #wide = new Map<string[], Map<number, number>>();
  #layout: boolean;

  constructor(layout: boolean) {
    this.#layout = layout;
  }

  /** Tables that hold tables are layouts. */
  holdTable(): void {
    this.#layout = true;
  }

  startRow(): void {
    this.#rows.push([]);
  }

  addCell(text: string, columns = 1): void {
    if (this.#rows.length === 0) this.#rows.push([]);
    const row = this.#rows.at(-1)!;
    if (text.includes("```") || (text.length > 1500 && text.includes("\n\n"))) this.#layout = true;
    row.push(text);
    if (!Number.isSafeInteger(columns) || columns <= 1) return;
    const wide = this.#wide.get(row) ?? new Map<number, number>();
    this.#wide.set(row, wide.set(row.length - 1, Math.min(columns, MOST_COLUMNS) - 1));
  }

  /** The blocks to write: one Markdown table, or the contents of a layout's cells one after the other. */
  blocks(): string[] {
    const rows = this.#rows.filter((row) => row.some((cell) => cell !== ""));
    const widest = rows.reduce((most, row) => Math.max(most, row.length), 0);
    if (this.#layout || widest <= 1) return rows.flat().filter((cell) => cell !== "");
    const filled = rows.reduce((total, row) => total + row.filter((cell) => cell !== "").length, 0);
    if (filled <= 1) return rows.flat().filter((cell) => cell !== "");
    return [markdownTable(rows.map((row) => this.#spread(row)))];
  }

  /** A row with empty cells where one of it takes several columns, so that what follows stands below its heading. */
  #spread(row: string[]): string[] {
    const wide = this.#wide.get(row);
    if (wide === undefined) return row;
    return row.flatMap((cell, at) => [cell, ...Array<string>(wide.get(at) ?? 0).fill("")]);
  }
}
