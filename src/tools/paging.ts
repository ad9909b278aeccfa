import { lengthWithin } from "./budget.ts";
import { isHighSurrogate } from "./clean.ts";

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
  const next = beforeHeading(text, start, border(text, start, end));
  return { text: text.slice(start, next), next };
}

/** A heading belongs to what comes after it. */
function beforeHeading(text: string, start: number, end: number): number {
  const tail = /(?:(?<=^|\n)#{1,6} [^\n]*\n+)+$/.exec(text.slice(Math.max(start, end - 400), end));
  const at = end - (tail?.[0].length ?? 0);
  return at - start > (end - start) / 2 ? at : end;
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
