import { MOST_ROWS } from "../markdown/table.ts";
import { type NumberLook, showNumber } from "./number-format.ts";
import { attribute, readXmlPart, type XmlAttributes } from "./xml.ts";
import type { ZipPackage } from "./zip.ts";

/** What the cells of a workbook refer to. */
export interface CellContext {
  strings: string[];
  looks: NumberLook[];
  from1904: boolean;
}

const KEPT_ROWS = MOST_ROWS + 2;
const MAX_COLUMNS = 1000;

/** The first rows of a sheet without empty ones; the total comes from the sheet's own note of its size. */
export function readSheet(zip: ZipPackage, part: string, name: string, context: CellContext) {
  const sheet = new SheetRows(context);
  readXmlPart(zip, part, name, sheet);
  return { rows: sheet.trimmedRows(), totalRows: sheet.totalRows };
}

class SheetRows {
  readonly #context: CellContext;
  readonly #rows: string[][] = [];
  #row: string[] = [];
  #column = 0;
  #type = "n";
  #look: NumberLook = "number";
  #value = "";
  #collects = false;
  #declaredRows = 0;
  #passedRows = 0;

  constructor(context: CellContext) {
    this.#context = context;
  }

  get totalRows(): number {
    const empty = this.#passedRows - this.#rows.length;
    return this.#rows.length < KEPT_ROWS ? this.#rows.length : Math.max(this.#rows.length, this.#declaredRows - empty);
  }

  /** Rows without the empty columns that all of them begin with. */
  trimmedRows(): string[][] {
    let lead = MAX_COLUMNS;
    for (const row of this.#rows) {
      const first = row.findIndex((cell) => cell !== "" && cell !== undefined);
      if (first >= 0) lead = Math.min(lead, first);
    }
    return this.#rows.map((row) => Array.from(row, (cell) => cell ?? "").slice(lead));
  }

  open(name: string, attributes: XmlAttributes): undefined {
    if (name === "dimension") {
      const lastRow = /:\$?[A-Z]+\$?(\d{1,7})$/.exec(attribute(attributes, "ref") ?? "")?.[1];
      this.#declaredRows = Math.min(Number(lastRow ?? 0), 1_048_576);
    } else if (name === "row") {
      this.#row = [];
      this.#column = -1;
    } else if (name === "c") this.#openCell(attributes);
    else if (name === "v" || name === "t") this.#collects = true;
    return undefined;
  }

  close(name: string): "stop" | undefined {
    if (name === "v" || name === "t") this.#collects = false;
    else if (name === "c") this.#closeCell();
    else if (name === "row") {
      this.#passedRows++;
      if (this.#row.some((cell) => cell !== undefined && cell !== "")) this.#rows.push(this.#row);
      if (this.#rows.length >= KEPT_ROWS) return "stop";
    } else if (name === "sheetData") return "stop";
    return undefined;
  }

  text(text: string): void {
    if (this.#collects && this.#value.length < 32_767) this.#value += text;
  }

  #openCell(attributes: XmlAttributes): void {
    this.#column = columnOf(attribute(attributes, "r")) ?? this.#column + 1;
    this.#type = attribute(attributes, "t") ?? "n";
    this.#look = this.#context.looks[Number(attribute(attributes, "s") ?? 0)] ?? "number";
    this.#value = "";
  }

  #closeCell(): void {
    if (this.#column >= MAX_COLUMNS || this.#value === "") return;
    while (this.#row.length < this.#column) this.#row.push("");
    this.#row[this.#column] = this.#shown().trim();
  }

  #shown(): string {
    switch (this.#type) {
      case "s":
        return this.#context.strings[Number(this.#value)] ?? "";
      case "b":
        return this.#value === "1" ? "TRUE" : "FALSE";
      case "n":
        return showNumber(this.#value, this.#look, this.#context.from1904);
      case "d":
        return this.#value.replace(/T00:00:00(\.0+)?Z?$/, "");
      default:
        return this.#value;
    }
  }
}

/** The column of a cell by its address: 0 for `A7`, 26 for `AA1`. */
function columnOf(address: string | undefined): number | undefined {
  const letters = /^[A-Z]{1,3}/.exec(address ?? "")?.[0];
  if (letters === undefined) return undefined;
  let column = 0;
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}
