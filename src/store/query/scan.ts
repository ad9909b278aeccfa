/** A piece of a question as it was typed: a run of characters, a quoted text, or a filter. */
export type Piece =
  | { form: "run"; text: string; excluded: boolean }
  | { form: "quoted"; text: string; excluded: boolean }
  | { form: "filter"; key: string; values: string[]; excluded: boolean; hash?: boolean };

/** No more of a question than this many UTF-16 units is read. */
export const LONGEST_QUESTION = 4096;

const CLOSING: Record<string, string> = { '"': '"', "“": "”", "„": "“”", "«": "»", "「": "」", "『": "』", "＂": "＂" };
const GAP = /[\s\p{Cc}\p{Zs}\uFEFF()[\]{}<>,;!?|`、。！？，；（）【】《》]/u;
const LINK_GAP = /[\s\p{Cc}\p{Zs}\uFEFF<>|`、。！？（）【】《》]/u;

/**
 * Cuts a question into pieces in one walk from left to right; each character is looked at a bounded number of times.
 * `isFilter` says whether a word before a colon names a filter. A quote that is never closed is no quote.
 */
export function piecesOf(question: string, isFilter: (key: string) => boolean): Piece[] {
  const text = question.slice(0, LONGEST_QUESTION);
  const lastOf = new Map([...new Set(Object.values(CLOSING).join(""))].map((mark) => [mark, text.lastIndexOf(mark)]));
  const pieces: Piece[] = [];
  let at = 0;
  while (at < text.length) {
    if (GAP.test(text[at] ?? "")) {
      at++;
      continue;
    }
    const excluded = text[at] === "-" && /^[\p{L}\p{N}"“«„#]/u.test(text.slice(at + 1, at + 3));
    const start = excluded ? at + 1 : at;
    const [piece, next] =
      quotedAt(text, start, lastOf) ?? filterAt(text, start, isFilter, lastOf) ?? runAt(text, start, lastOf);
    if (piece !== undefined) pieces.push({ ...piece, excluded });
    at = Math.max(next, at + 1);
  }
  return pieces;
}

type Read = [Piece | undefined, next: number];
type Marks = ReadonlyMap<string, number>;

function quotedAt(text: string, start: number, lastOf: Marks): Read | undefined {
  const end = closingOf(text, start, lastOf);
  if (end === undefined) return undefined;
  return [{ form: "quoted", text: text.slice(start + 1, end), excluded: false }, end + 1];
}

/** Where the quote that opens here is closed. */
function closingOf(text: string, start: number, lastOf: Marks): number | undefined {
  const closing = CLOSING[text[start] ?? ""];
  if (closing === undefined || ![...closing].some((mark) => (lastOf.get(mark) ?? -1) > start)) return undefined;
  for (let at = start + 1; at < text.length; at++) if (closing.includes(text[at] ?? "")) return at;
  return undefined;
}

function filterAt(text: string, start: number, isFilter: (key: string) => boolean, lastOf: Marks): Read | undefined {
  if (text[start] === "#" && /[\p{L}_]/u.test(text.slice(start + 1, start + 3))) {
    const end = endOfRun(text, start + 1, lastOf);
    const tag = text.slice(start + 1, end).replace(/[.:'’]+$/, "");
    return [{ form: "filter", key: "tag", values: [tag], excluded: false, hash: true }, end];
  }
  const key = /^[a-z]{2,12}(?=:)/i.exec(text.slice(start, start + 14))?.[0].toLowerCase();
  if (key === undefined || !isFilter(key)) return undefined;
  const from = start + key.length + 1;
  const close = closingOf(text, from, lastOf);
  if (close !== undefined) {
    const value = text.slice(from + 1, close).trim();
    return value === "" ? undefined : [{ form: "filter", key, values: [value], excluded: false }, close + 1];
  }
  let end = from;
  while (end < text.length && !/[\s\p{Zs}]/u.test(text[end] ?? "")) end++;
  const values = text.slice(from, end).split(",").filter(Boolean);
  if (values.length === 0 || /^[:/\\]/.test(values[0] ?? "")) return undefined;
  return [{ form: "filter", key, values, excluded: false }, end];
}

function runAt(text: string, start: number, lastOf: Marks): Read {
  const end = endOfRun(text, start, lastOf);
  return [end > start ? { form: "run", text: text.slice(start, end), excluded: false } : undefined, end];
}

function endOfRun(text: string, start: number, lastOf: Marks): number {
  const gap = /^[a-z][a-z0-9+.-]{1,12}:\/\//i.test(text.slice(start, start + 16)) ? LINK_GAP : GAP;
  let at = start;
  while (at < text.length && !gap.test(text[at] ?? "")) {
    // 3.5" is a measure, not the start of a phrase.
    if (at > start && !/\d/.test(text[at - 1] ?? "") && closingOf(text, at, lastOf) !== undefined) break;
    at++;
  }
  return at;
}
