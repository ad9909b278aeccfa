/** A stretch of a text: from `start` up to, not including, `end`. UTF-16 units. */
export type Span = readonly [start: number, end: number];

const FENCE = /^(?:[ \t]{0,3}>[ \t]?)*[ \t]*(`{3,}|~{3,})([^\n]*)$/;

/**
 * Where a Markdown text is code: fenced blocks and inline spans (CommonMark 0.31 §4.5, §6.1). A fence that is never closed
 * runs to the end; a run of backticks that is never closed is no code. Linear in the length of the text.
 */
export function codeSpans(text: string): Span[] {
  const spans: Span[] = [];
  let [open, openAt, proseAt] = ["", 0, 0];
  for (let at = 0; at <= text.length; ) {
    const newline = text.indexOf("\n", at);
    const end = newline < 0 ? text.length : newline;
    const fence = mayFence(text, at, end) ? FENCE.exec(text.slice(at, end)) : null;
    const marks = fence?.[1] ?? "";
    if (open === "" && marks !== "" && !(marks.startsWith("`") && fence?.[2]?.includes("`"))) {
      inlineSpans(text, proseAt, at, spans);
      [open, openAt] = [marks, at];
    } else if (open !== "" && marks.startsWith(open) && fence?.[2]?.trim() === "") {
      spans.push([openAt, end]);
      [open, proseAt] = ["", end];
    }
    at = end + 1;
  }
  if (open !== "") spans.push([openAt, text.length]);
  else inlineSpans(text, proseAt, text.length, spans);
  return spans;
}

function mayFence(text: string, from: number, end: number): boolean {
  for (let at = from; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === 96 || code === 126) return text.charCodeAt(at + 2) === code;
    if (code !== 32 && code !== 9 && code !== 62) return false;
  }
  return false;
}

/** Inline spans end with the paragraph, so runs are matched up to the next blank line. */
function inlineSpans(text: string, from: number, to: number, spans: Span[]): void {
  for (let at = from; at < to; ) {
    const tick = text.indexOf("`", at);
    if (tick < 0 || tick >= to) return;
    const blank = text.indexOf("\n\n", tick);
    const end = blank < 0 ? to : Math.min(blank, to);
    spansOfParagraph(text, tick, end, spans);
    at = end + 1;
  }
}

function spansOfParagraph(text: string, from: number, to: number, spans: Span[]): void {
  const runs: Span[] = [];
  for (let at = from; at < to && at >= 0; ) {
    let end = at;
    while (end < to && text.charCodeAt(end) === 96) end++;
    if (end > at) runs.push([at, end]);
    at = text.indexOf("`", end);
    if (at < 0 || at >= to) break;
  }
  const later = new Map<number, number[]>(); // length of a run → places of its runs, last first
  for (let index = runs.length - 1; index >= 0; index--) {
    const [start, end] = runs[index] as Span;
    const same = later.get(end - start);
    if (same === undefined) later.set(end - start, [index]);
    else same.push(index);
  }
  for (let index = 0; index < runs.length; index++) {
    const [start, end] = runs[index] as Span;
    const same = later.get(end - start) as number[];
    while (same.length > 0 && (same.at(-1) as number) <= index) same.pop();
    const close = same.at(-1);
    if (close === undefined) continue;
    spans.push([start, (runs[close] as Span)[1]]);
    index = close;
  }
}

/** The text with code blanked out, so that every other character keeps its place. */
export function withoutCode(text: string, spans: readonly Span[]): string {
  if (spans.length === 0) return text;
  const kept: string[] = [];
  let at = 0;
  for (const [start, end] of spans) {
    kept.push(text.slice(at, start), " ".repeat(Math.max(0, end - start)));
    at = end;
  }
  kept.push(text.slice(at));
  return kept.join("");
}
