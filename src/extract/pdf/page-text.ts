import { markdownTable } from "../markdown/table.ts";
import { type Line, linesOf, type TextItem } from "./lines.ts";

/**
 * The text of a page: lines joined to paragraphs, hyphens at line ends removed; gaps and a change of type size split
 * paragraphs; lines that are set in columns become a Markdown table.
 */
export function pageText(items: TextItem[]): string {
  const lines = linesOf(items);
  const widest = lines.reduce((most, line) => Math.max(most, line.width), 0);
  const blocks: string[] = [];
  let paragraph = "";
  let above: Line | undefined;
  const end = () => {
    if (paragraph !== "") blocks.push(paragraph);
    paragraph = "";
  };
  for (let index = 0; index < lines.length; index++) {
    const rows = tableAt(lines, index);
    if (rows > 0) {
      end();
      blocks.push(tableOf(lines.slice(index, index + rows)));
      index += rows - 1;
      above = undefined;
      continue;
    }
    const line = lines[index]!;
    if (above !== undefined && startsParagraph(above, line)) end();
    line.text = line.text.replace(/^[•◦▪‣]\s*/, "- ");
    paragraph = paragraph === "" ? line.text : joinLines(paragraph, line.text, above!.width < widest * 0.6);
    above = line;
  }
  end();
  return blocks.join("\n\n");
}

/** How many lines from here on form a table: at least three of three or more short cells, one line under the other. */
function tableAt(lines: Line[], start: number): number {
  let end = start;
  while (end < lines.length && isRow(lines[end]!) && (end === start || follows(lines[end - 1]!, lines[end]!))) end++;
  return end - start >= 3 ? end - start : 0;
}

function isRow(line: Line): boolean {
  return line.cells.length >= 3 && line.cells.every((cell) => cell.text.length <= 60);
}

function follows(above: Line, line: Line): boolean {
  const drop = above.y - line.y;
  return drop > 0 && drop < Math.max(above.height, line.height, 1) * 4;
}

/** Columns begin where the cells of the fullest row do; the cells of other rows go to the nearest one. */
function tableOf(lines: Line[]): string {
  const fullest = lines.reduce((most, line) => (line.cells.length > most.cells.length ? line : most));
  const starts = fullest.cells.map((cell) => cell.x);
  const rows = lines.map((line) => {
    const row = starts.map(() => "");
    for (const cell of line.cells) {
      const column = nearest(starts, cell.x);
      row[column] = row[column] === "" ? cell.text : `${row[column]} ${cell.text}`;
    }
    return row;
  });
  return markdownTable(rows);
}

function nearest(starts: number[], x: number): number {
  let best = 0;
  for (let index = 1; index < starts.length; index++) {
    if (Math.abs(starts[index]! - x) < Math.abs(starts[best]! - x)) best = index;
  }
  return best;
}

function startsParagraph(above: Line, line: Line): boolean {
  const size = Math.max(above.height, line.height, 1);
  const drop = above.y - line.y;
  if (drop < -size * 2) return true; // the next column begins higher up
  if (drop > size * 1.9) return true;
  return Math.abs(above.height - line.height) > Math.min(above.height, line.height) * 0.18;
}

function joinLines(text: string, next: string, aboveIsShort: boolean): string {
  if (/^([•◦▪‣–*-]|\(?[0-9a-zA-Z]{1,3}[.)])\s/.test(next)) return `${text}\n${next}`;
  if (/\p{Ll}[-\u00ad\u2010]$/u.test(text.slice(-4)) && /^\p{Ll}/u.test(next)) return text.slice(0, -1) + next;
  if (aboveIsShort && /^[\p{Lu}\p{N}]/u.test(next)) return `${text}\n${next}`;
  return `${text}${endsIdeographic(text) ? "" : " "}${next}`;
}

/** Chinese and Japanese are written without spaces between lines. */
function endsIdeographic(text: string): boolean {
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}、。]$/u.test(text.slice(-1));
}
