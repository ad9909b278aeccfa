import { lengthWithin } from "./budget.ts";
import { isHighSurrogate } from "./clean.ts";

const SHOWN_HEADINGS = 40;

/** A part of a long text; `next` is where to go on, absent at the end. */
export interface TextPage {
  text: string;
  next?: number;
}

/** At most `maxChars` UTF-16 units and `tokens` from `offset`, cut at the end of a line where there is one. */
export function pageOf(text: string, offset: number, maxChars: number, tokens: number): TextPage {
  const start = offset > 0 && isHighSurrogate(text, offset - 1) ? offset - 1 : offset;
  const most = Math.min(text.length, start + Math.floor(maxChars));
  const end = start + lengthWithin(text.slice(start, most), tokens);
  if (end >= text.length) return { text: text.slice(start) };
  const next = border(text, start, end);
  return { text: text.slice(start, next), next };
}

/** The best place to cut in the second half of the page: after a line, else after a word, else between characters. */
function border(text: string, start: number, end: number): number {
  const half = start + Math.floor((end - start) / 2);
  for (const mark of ["\n", " "]) {
    const at = text.lastIndexOf(mark, end - 1);
    if (at >= half) return at + 1;
  }
  return isHighSurrogate(text, end - 1) && end - 1 > start ? end - 1 : end;
}

/** The Markdown headings of a text with their places, thinned to the upper levels when there are many. */
export function outline(text: string): { heading: string; offset: number }[] {
  const found: { heading: string; offset: number; level: number }[] = [];
  let fenced = false;
  for (const line of text.matchAll(/^(?:(`{3,}|~{3,})|(#{1,6}) +(\S.*))/gm)) {
    if (line[1]) fenced = !fenced;
    else if (!fenced)
      found.push({ heading: line[3]!.replace(/ +#+ *$/, ""), offset: line.index, level: line[2]!.length });
  }
  for (let level = 6; level > 1 && found.length > SHOWN_HEADINGS; level--) {
    const upper = found.filter((each) => each.level < level);
    if (upper.length === 0) break;
    found.splice(0, found.length, ...upper);
  }
  return found.slice(0, SHOWN_HEADINGS).map(({ heading, offset }) => ({ heading, offset }));
}
