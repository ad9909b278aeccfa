import { markdownTable } from "./table.ts";

/** A table while its rows come in; it decides at its end whether it was a table of values or a layout. */
export class TableFrame {
  readonly #rows: string[][] = [];
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

  addCell(text: string): void {
    if (this.#rows.length === 0) this.#rows.push([]);
    const row = this.#rows.at(-1)!;
    if (text.includes("```") || (text.length > 1500 && text.includes("\n\n"))) this.#layout = true;
    row.push(text);
  }

  /** The blocks to write: one Markdown table, or the contents of a layout's cells one after the other. */
  blocks(): string[] {
    const rows = this.#rows.filter((row) => row.some((cell) => cell !== ""));
    const widest = rows.reduce((most, row) => Math.max(most, row.length), 0);
    if (this.#layout || widest <= 1) return rows.flat().filter((cell) => cell !== "");
    const filled = rows.reduce((total, row) => total + row.filter((cell) => cell !== "").length, 0);
    if (filled <= 1) return rows.flat().filter((cell) => cell !== "");
    return [markdownTable(rows)];
  }
}
