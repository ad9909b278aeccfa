import { TableFrame } from "../markdown/table-frame.ts";
import { MarkdownWriter } from "../markdown/writer.ts";

/** Tables deeper inside each other than this flow into the cell around them. */
const MAX_TABLES = 8;
const CELL_LENGTH = 1_000_000;

/**
 * The tables that are open in a document, one inside the other. Each cell has a writer of its own: what opens or closes here
 * takes the writer of now and answers the one to go on with.
 */
export class OpenTables {
  readonly #tables: { frame: TableFrame; outer: MarkdownWriter }[] = [];
  readonly #cells: { outer: MarkdownWriter; columns: number }[] = [];
  #flat = 0;

  get isInside(): boolean {
    return this.#tables.length > 0;
  }

  open(writer: MarkdownWriter): void {
    if (this.#tables.length >= MAX_TABLES) {
      this.#flat++;
      return;
    }
    writer.flush();
    this.#tables.at(-1)?.frame.holdTable();
    this.#tables.push({ frame: new TableFrame(false), outer: writer });
  }

  close(writer: MarkdownWriter): MarkdownWriter {
    if (this.#flat > 0) {
      this.#flat--;
      return writer;
    }
    const closing = this.#tables.pop();
    if (closing === undefined) return writer;
    for (const block of closing.frame.blocks()) closing.outer.block(block);
    return closing.outer;
  }

  startRow(): void {
    if (this.#flat === 0) this.#tables.at(-1)?.frame.startRow();
  }

  openCell(writer: MarkdownWriter, columns = 1): MarkdownWriter {
    if (this.#flat > 0) return writer;
    this.#cells.push({ outer: writer, columns });
    return new MarkdownWriter(writer.full ? 0 : CELL_LENGTH);
  }

  /** The open cell takes so many columns. */
  widen(columns: number): void {
    const cell = this.#cells.at(-1);
    if (cell !== undefined) cell.columns = columns;
  }

  /** `fill` makes what stands in the columns behind the first, so that the columns below stay in line. */
  closeCell(writer: MarkdownWriter, fill: (text: string) => string): MarkdownWriter {
    if (this.#flat > 0) return writer;
    const cell = this.#cells.pop();
    const frame = this.#tables.at(-1)?.frame;
    if (cell === undefined || frame === undefined) return writer;
    const text = writer.toString();
    frame.addCell(text);
    for (let more = 1; more < cell.columns; more++) frame.addCell(fill(text));
    return cell.outer;
  }
}
