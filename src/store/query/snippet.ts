import type { Snippet } from "../../model/index.ts";
import { type Match, matchesIn, type Needle } from "./matches.ts";
import { plainText } from "./plain-text.ts";

/** About how long a passage is, in UTF-16 units of the original. */
const WIDTH = 240;
/** Longer texts are searched up to here. */
export const LONGEST_TEXT = 400_000;

/**
 * The passage of a text that meets a question best: most different words, rare ones first, close together, early. Its
 * words stand between ** and **, Markdown is taken off, and `offset` says where it begins in the text. Without a match
 * it is the front of the text.
 */
export function snippetOf(text: string, needles: readonly Needle[]): Snippet {
  const searched = text.length > LONGEST_TEXT ? text.slice(0, LONGEST_TEXT) : text;
  const best = bestStretch(matchesIn(searched, needles), needles);
  const start = best === undefined ? 0 : startOf(text, best);
  const end = endOf(text, start, best?.end ?? 0);
  const passage = marked(plainText(text.slice(start, end)), needles);
  const before = start > 0 && text.slice(0, start).trim() !== "" ? "… " : "";
  const after = end < text.length && /\S/.test(text.slice(end, end + 1000)) ? " …" : "";
  return { text: passage === "" ? "" : before + passage + after, offset: start };
}

/** The stretch of at most one passage with the best matches. */
function bestStretch(
  matches: readonly Match[],
  needles: readonly Needle[],
): { start: number; end: number } | undefined {
  let best: { start: number; end: number } | undefined;
  let bestScore = 0;
  const inside = new Map<number, number>();
  let last = 0;
  for (const [first, match] of matches.entries()) {
    while (last < matches.length && (matches[last]?.end ?? 0) - match.start <= WIDTH - 20) {
      const needle = matches[last++]?.needle ?? 0;
      inside.set(needle, (inside.get(needle) ?? 0) + 1);
    }
    const end = matches[Math.max(last - 1, first)]?.end ?? match.end;
    let score = -(end - match.start) / (4 * WIDTH);
    for (const [needle, count] of inside) {
      if (count > 0) score += (needles[needle]?.weight ?? 1) * (1 + 0.1 * Math.min(count - 1, 2));
    }
    if (best === undefined || score > bestScore + 1e-9) [best, bestScore] = [{ start: match.start, end }, score];
    if (last <= first) last = first + 1;
    else inside.set(match.needle, (inside.get(match.needle) ?? 1) - 1);
  }
  return best;
}

/** Where a passage around a stretch begins: at a line or a sentence when one is near, else at a word. */
function startOf(text: string, stretch: { start: number; end: number }): number {
  const room = Math.max(0, WIDTH - (stretch.end - stretch.start));
  const earliest = Math.max(0, stretch.start - Math.min(120, Math.floor(room * 0.75)));
  if (earliest === 0) return 0;
  const lead = text.slice(earliest, stretch.start);
  const line = lead.lastIndexOf("\n") + 1;
  if (line > 0) return earliest + line;
  const sentence = [...lead.matchAll(/[.!?。！？…]["'”’)\]]?\s+|[。！？]/gu)].at(-1);
  if (sentence !== undefined) return earliest + sentence.index + sentence[0].length;
  const middle = Math.max(earliest, stretch.start - Math.min(60, Math.floor(room / 2)));
  const blank = /\s/.exec(text.slice(middle, stretch.start));
  if (blank !== null) return middle + blank.index + 1;
  return isUnbroken(text, middle) ? stretch.start : wholeCharacter(text, middle);
}

/** A Latin word or link is not cut in its middle; scripts without spaces may be. */
function isUnbroken(text: string, at: number): boolean {
  return /^[\x21-\u024F]{2}$/.test(text.slice(at - 1, at + 1));
}

function endOf(text: string, start: number, atLeast: number): number {
  const limit = Math.max(start + WIDTH, atLeast);
  if (limit >= text.length) return text.length;
  const tail = text.slice(Math.max(atLeast, limit - 40), limit + 1);
  const blank = tail.search(/\s\S*$/);
  return blank > 0 ? Math.max(atLeast, limit - 40) + blank : wholeCharacter(text, limit);
}

/** The nearest border to the left that splits neither a surrogate pair nor a letter from its accents. */
function wholeCharacter(text: string, at: number): number {
  let border = at;
  for (let steps = 0; border > 0 && steps < 32; steps++) {
    const split = /[\uDC00-\uDFFF]/.test(text[border] ?? "") && /[\uD800-\uDBFF]/.test(text[border - 1] ?? "");
    const joined = /^(?:\p{M}|\u200D)/u.test(text.slice(border, border + 2)) || text[border - 1] === "\u200D";
    const toned = /^[\u{1F3FB}-\u{1F3FF}]/u.test(text.slice(border, border + 2));
    if (!split && !joined && !toned) break;
    border--;
  }
  return border;
}

function marked(text: string, needles: readonly Needle[]): string {
  let result = "";
  let at = 0;
  for (const { start, end } of matchesIn(text, needles)) {
    if (start < at) continue;
    result += `${text.slice(at, start)}**${text.slice(start, end)}**`;
    at = end;
  }
  return result + text.slice(at);
}
