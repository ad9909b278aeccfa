const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/gu;
const WITHOUT_WIDTH = /\u001b\[\d+m|\p{Mn}|[\u200b-\u200f]/gu;

/** Columns that a text takes on a terminal. */
export function widthOf(text: string): number {
  const visible = text.replace(WITHOUT_WIDTH, "");
  return [...visible].length + (visible.match(WIDE)?.length ?? 0);
}

/** Where a table is too wide, cells above this width do not widen the others of their column. */
const USUAL_CELL = 24;

/**
 * Rows as columns two spaces apart, empty columns left out; numbers in `right` columns stand to the right. Where a row is
 * wider than the terminal, what has no room stands below it, first of all its last cell.
 */
export function table(
  rows: readonly (readonly string[])[],
  { right = [], columns = Number.POSITIVE_INFINITY }: { right?: readonly number[]; columns?: number } = {},
): string[] {
  const filled = widthsOf(rows, Number.POSITIVE_INFINITY);
  const total = filled.reduce((sum, width) => sum + (width > 0 ? width + 2 : 0), -2);
  const widths = total <= columns ? filled : widthsOf(rows, USUAL_CELL);
  const padded = (row: readonly string[]) =>
    row.flatMap((cell, column) => {
      if (filled[column] === 0) return [];
      const gap = " ".repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell)));
      return [right.includes(column) ? gap + cell : cell + gap];
    });
  return rows.map((row) => {
    const line = padded(row).join("  ").trimEnd();
    if (widthOf(line) <= columns) return line;
    const but = padded(row.slice(0, -1)).join("  ").trimEnd();
    return widthOf(but) <= columns ? `${but}\n${wrapped(row.at(-1) ?? "", columns)}` : filledUp(row, columns);
  });
}

function widthsOf(rows: readonly (readonly string[])[], most: number): number[] {
  return rows.reduce<number[]>(
    (all, row) =>
      row.map((cell, column) => {
        const width = widthOf(cell);
        return Math.max(all[column] ?? 0, width <= most ? width : 0);
      }),
    [],
  );
}

/** The cells of a row one after the other, as many as a line holds. */
function filledUp(row: readonly string[], columns: number): string {
  const lines: string[] = [];
  let line = "";
  for (const cell of row.filter((each) => each !== "")) {
    const longer = line === "" ? cell : `${line}  ${cell}`;
    if (line !== "" && widthOf(longer) > columns) {
      lines.push(line);
      line = `  ${cell}`;
    } else line = longer;
  }
  return [...lines, line.startsWith("  ") ? wrapped(line.trimStart(), columns) : line].join("\n");
}

/** Two texts on one line, or below each other where that is too long for the terminal. */
export function beside(left: string, right: string, columns: number): string {
  const line = `${left}  ${right}`;
  return widthOf(line) <= columns ? line : `${left}\n${wrapped(right, columns)}`;
}

/** A paragraph of the answer, indented and broken between words where the terminal ends. */
export function wrapped(text: string, columns: number, indent = "  "): string {
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = indent;
    for (const word of paragraph.split(" ")) {
      const longer = line.length > indent.length ? `${line} ${word}` : line + word;
      if (widthOf(longer) > columns && line.length > indent.length) {
        lines.push(line);
        line = indent + word;
      } else line = longer;
    }
    lines.push(line);
  }
  return lines.map((line) => line.trimEnd()).join("\n");
}
