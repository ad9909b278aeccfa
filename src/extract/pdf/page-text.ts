/** A piece of text as the PDF reader places it. */
export interface TextItem {
  str: string;
  /** Scale and place: `[4]` is x, `[5]` is y from the bottom. */
  transform: number[];
  width: number;
  height: number;
  hasEOL: boolean;
}

interface Line {
  text: string;
  y: number;
  height: number;
}

/** The text of a page as paragraphs: lines joined, hyphens at line ends removed, gaps and larger type split. */
export function pageText(items: TextItem[]): string {
  const lines = linesOf(items);
  const paragraphs: string[] = [];
  let current = "";
  let above: Line | undefined;
  for (const line of lines) {
    if (above !== undefined && startsParagraph(above, line)) {
      paragraphs.push(current);
      current = "";
    }
    current = current === "" ? line.text : joinLines(current, line.text, above!, line);
    above = line;
  }
  if (current !== "") paragraphs.push(current);
  return paragraphs.join("\n\n");
}

function linesOf(items: TextItem[]): Line[] {
  const lines: Line[] = [];
  let text = "";
  let last: TextItem | undefined;
  let tallest = 0;
  const end = () => {
    const clean = text.replace(/\s+/g, " ").trim();
    if (clean !== "" && last !== undefined) lines.push({ text: clean, y: last.transform[5] ?? 0, height: tallest });
    text = "";
    tallest = 0;
  };
  for (const item of items) {
    if (last !== undefined && text !== "" && offLine(last, item)) end();
    if (item.str !== "") {
      if (last !== undefined && text !== "" && apart(last, item)) text += " ";
      text += item.str;
      if (item.str.trim() !== "") {
        last = item;
        tallest = Math.max(tallest, item.height);
      }
    }
    if (item.hasEOL) end();
  }
  end();
  return lines;
}

function offLine(last: TextItem, item: TextItem): boolean {
  if (item.str.trim() === "") return false;
  const drop = Math.abs((item.transform[5] ?? 0) - (last.transform[5] ?? 0));
  return drop > Math.max(last.height, item.height, 1) * 0.7;
}

/** A gap wider than a quarter of the type's size stands for a space; cells of a table are set apart likewise. */
function apart(last: TextItem, item: TextItem): boolean {
  if (last.str.endsWith(" ") || item.str.startsWith(" ")) return false;
  const gap = (item.transform[4] ?? 0) - (last.transform[4] ?? 0) - last.width;
  return gap > Math.max(last.height, 1) * 0.25;
}

function startsParagraph(above: Line, line: Line): boolean {
  const size = Math.max(above.height, line.height, 1);
  const drop = above.y - line.y;
  if (drop < -size * 2) return true; // the next column begins higher up
  if (drop > size * 1.9) return true;
  return Math.abs(above.height - line.height) > Math.min(above.height, line.height) * 0.18;
}

function joinLines(text: string, next: string, above: Line, line: Line): string {
  if (/^([•◦▪‣–*-]|\(?[0-9a-zA-Z]{1,3}[.)])\s/.test(next)) return `${text}\n${next}`;
  if (/\p{Ll}[-\u00ad\u2010]$/u.test(text) && /^\p{Ll}/u.test(next)) return text.slice(0, -1) + next;
  const short = line.y === above.y;
  return short ? `${text} ${next}` : `${text}${endsIdeographic(text) ? "" : " "}${next}`;
}

/** Chinese and Japanese are written without spaces between lines. */
function endsIdeographic(text: string): boolean {
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}、。]$/u.test(text.slice(-1));
}
