/** A piece of text as the PDF reader places it. */
export interface TextItem {
  str: string;
  /** Scale and place: `[4]` is x, `[5]` is y from the bottom. */
  transform: number[];
  width: number;
  height: number;
  hasEOL: boolean;
}

export interface Cell {
  text: string;
  x: number;
}

/** One line of a page; wide gaps split it into cells. */
export interface Line {
  text: string;
  cells: Cell[];
  y: number;
  height: number;
  width: number;
}

/** Bullets of the Symbol and Wingdings fonts, which lie in the private area. */
const SYMBOL = /[\uf020-\uf0ff]/g;

/** Puts the pieces of a page together to lines, in the order in which the file has them. */
export function linesOf(items: TextItem[]): Line[] {
  const lines: Line[] = [];
  let row: TextItem[] = [];
  const end = () => {
    const line = lineOf(row);
    if (line !== undefined) lines.push(line);
    row = [];
  };
  for (const item of items) {
    const last = row.at(-1);
    if (last !== undefined && item.str.trim() !== "" && offLine(last, item)) end();
    if (item.str.trim() !== "") row.push(item);
    if (item.hasEOL) end();
  }
  end();
  return lines;
}

function lineOf(row: TextItem[]): Line | undefined {
  const first = row[0];
  if (first === undefined) return undefined;
  const cells: Cell[] = [];
  let last: TextItem | undefined;
  for (const item of row) {
    const gap = last === undefined ? 0 : xOf(item) - xOf(last) - last.width;
    const size = Math.max(item.height, 1);
    const cell = cells.at(-1);
    if (cell === undefined || gap > size) cells.push({ text: item.str, x: xOf(item) });
    else cell.text += gap > size * 0.2 && !cell.text.endsWith(" ") ? ` ${item.str}` : item.str;
    last = item;
  }
  for (const cell of cells) cell.text = cell.text.replace(SYMBOL, "•").replace(/\s+/g, " ").trim();
  return {
    text: cells.map((cell) => cell.text).join(" "),
    cells,
    y: first.transform[5] ?? 0,
    height: row.reduce((most, item) => Math.max(most, item.height), 0),
    width: xOf(last!) + last!.width - xOf(first),
  };
}

function offLine(last: TextItem, item: TextItem): boolean {
  const drop = Math.abs((item.transform[5] ?? 0) - (last.transform[5] ?? 0));
  return drop > Math.max(last.height, item.height, 1) * 0.7;
}

function xOf(item: TextItem): number {
  return item.transform[4] ?? 0;
}
