import { isUnspaced } from "./indexable.ts";
import { type Term, termKeys } from "./term.ts";
import { foldWord, tokensOf, wordKey } from "./tokens.ts";

/** Where a text meets a question, in UTF-16 units. `needle` is the number of what was met. */
export interface Match {
  start: number;
  end: number;
  needle: number;
}

/** One term made ready to be looked for in texts. */
export interface Needle {
  keys: string[];
  prefix: boolean;
  /** How much meeting it says: rare words more. */
  weight: number;
  pattern: RegExp;
  accented: RegExp;
}

const MOST_MATCHES = 300;
const LETTER = /[\p{L}\p{N}\p{Co}\p{M}]/u;
const WORD = /[\p{L}\p{N}\p{Co}][\p{L}\p{N}\p{Co}\p{M}\u00AD\u200B-\u200D]*/uy;
/** Between the letters of a word: accents of their own, soft hyphens, zero-width characters. */
const WITHIN = "[\\u0300-\\u036F\\u00AD\\u200B-\\u200D]*";

/** Makes a term ready; undefined when it has no word. */
export function needleOf(term: Term, weight: number): Needle | undefined {
  const keys = termKeys(term);
  const first = keys[0];
  if (first === undefined) return undefined;
  const begin = term.prefix === true ? foldWord(term.parts[0] ?? "") : beginningOf(first);
  return {
    keys: term.prefix === true ? [begin] : keys,
    prefix: term.prefix === true,
    weight,
    pattern: new RegExp(escaped(begin), "gi"),
    accented: new RegExp((begin.match(/ss|ae|oe|th|./gu) ?? []).map(anySpelling).join(WITHIN), "giu"),
  };
}

/** What a stem and all words with it begin with: stemming turns "happy" to "happi" and "hoping" to "hope". */
function beginningOf(key: string): string {
  if (!/^[a-z]+$/.test(key) || key.length < 3) return key;
  return key.replace(/(?:bl|[eiy])$/, (ending) => (ending === "bl" ? "b" : ""));
}

/** All places where one of the needles is met, in order, at most 300 of each. */
export function matchesIn(text: string, needles: readonly Needle[]): Match[] {
  const plain = !/[^\u0000-\u007F\u2010-\u2027]/.test(text);
  const matches: Match[] = [];
  for (const [index, needle] of needles.entries()) {
    const pattern = plain ? needle.pattern : needle.accented;
    pattern.lastIndex = 0;
    let count = 0;
    for (let met = pattern.exec(text); met !== null && count < MOST_MATCHES; met = pattern.exec(text)) {
      const end = endOfMatch(text, met.index, needle);
      pattern.lastIndex = end ?? met.index + 1;
      if (end === undefined) continue;
      matches.push({ start: met.index, end, needle: index });
      count++;
    }
  }
  return matches.sort((left, right) => left.start - right.start || right.end - left.end);
}

/** Where the needle that begins here ends; undefined when only its first letters are here. */
function endOfMatch(text: string, start: number, needle: Needle): number | undefined {
  const unspaced = isUnspaced(needle.keys[0] ?? "");
  if (!unspaced && start > 0 && LETTER.test(text[start - 1] ?? "")) return undefined;
  if (needle.keys.length > 1) {
    const tokens = tokensOf(text.slice(start, start + 40 + 40 * needle.keys.length));
    const met = needle.keys.every((key, index) => tokens[index]?.key === key);
    return met ? start + (tokens[needle.keys.length - 1]?.end ?? 0) : undefined;
  }
  if (unspaced) return start + (tokensOf(text.slice(start, start + 20))[0]?.end ?? 1);
  WORD.lastIndex = start;
  const word = WORD.exec(text)?.[0] ?? "";
  const met = needle.prefix ? foldWord(word).startsWith(needle.keys[0] ?? "") : keyOfWord(word) === needle.keys[0];
  return met ? start + word.length : undefined;
}

const known = new Map<string, string>();

function keyOfWord(word: string): string {
  const kept = known.get(word);
  if (kept !== undefined) return kept;
  if (known.size > 5000) known.clear();
  const key = wordKey(word);
  if (word.length <= 64) known.set(word, key);
  return key;
}

const LIGATURES: Record<string, string> = { ss: "ßẞ", ae: "æÆ", oe: "œŒ", th: "þÞ" };

function anySpelling(letters: string): string {
  const ligature = LIGATURES[letters];
  const apart = [...letters].map(anyAccent).join(WITHIN);
  return ligature === undefined ? apart : `(?:${apart}|[${ligature}])`;
}

let accents: Map<string, string> | undefined;

/** A letter with and without accents, in full width, or as part of a ligature. */
function anyAccent(letter: string): string {
  if (accents === undefined) {
    accents = new Map();
    const ranges: [number, number][] = [
      [0xc0, 0x24f],
      [0x1e00, 0x1eff],
      [0xff10, 0xff5a],
    ];
    for (const [from, to] of ranges) {
      for (let code = from; code <= to; code++) {
        const plain = foldWord(String.fromCharCode(code))[0] ?? "";
        if (/[a-z0-9]/.test(plain)) accents.set(plain, (accents.get(plain) ?? "") + String.fromCharCode(code));
      }
    }
  }
  const others = accents.get(letter);
  return others === undefined ? escaped(letter) : `[${letter}${others}]`;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
