import { tokensOf } from "./tokens.ts";

/** What the beginning of an item says, counted: titles count twice. */
export interface Profile {
  counts: Map<string, number>;
  length: number;
}

/** So much of a text is counted, in UTF-16 units: what an item is about is said at its beginning. */
export const COUNTED_TEXT = 3000;
const TITLE_WEIGHT = 2;
const MOST_KEPT = 50_000;
const WORD_CODE = wordCodes();

/** Counts title and text. */
export function profileOf(title: string, text: string): Profile {
  const profile: Profile = { counts: new Map(), length: 0 };
  for (const key of keysOf(title)) count(profile, key, TITLE_WEIGHT);
  for (const key of keysOf(text.slice(0, COUNTED_TEXT))) count(profile, key, 1);
  return profile;
}

function count(profile: Profile, key: string, weight: number): void {
  profile.counts.set(key, (profile.counts.get(key) ?? 0) + weight);
  profile.length += weight;
}

/** A word as it is written somewhere, for a key that was met. */
export function spellingOf(key: string): string | undefined {
  return spellings.get(key);
}

/** To be called between two questions: words are kept for the next one, but not without end. */
export function forgetSomeWords(): void {
  if (runs.size < MOST_KEPT) return;
  runs.clear();
  spellings.clear();
}

const runs = new Map<string, readonly string[]>();
const spellings = new Map<string, string>();

/** As `tokensOf`, without places and much faster: every run of letters is looked up once. */
function keysOf(text: string): string[] {
  const keys: string[] = [];
  for (let at = 0; at < text.length; ) {
    if (!isWordCode(text.charCodeAt(at))) {
      at++;
      continue;
    }
    const start = at;
    while (at < text.length && isWordCode(text.charCodeAt(at))) at++;
    for (const key of keysOfRun(text.slice(start, at))) keys.push(key);
  }
  return keys;
}

function keysOfRun(run: string): readonly string[] {
  const known = runs.get(run);
  if (known !== undefined) return known;
  const tokens = tokensOf(run);
  const keys = tokens.map((token) => token.key);
  if (run.length <= 64) runs.set(run, keys);
  for (const { key, start, end } of tokens) if (!spellings.has(key)) spellings.set(key, run.slice(start, end));
  return keys;
}

/** Beyond ASCII everything may be a letter but spaces and punctuation; `tokensOf` has the last word on a run. */
function isWordCode(code: number): boolean {
  if (code < 128) return WORD_CODE[code] === 1;
  return code >= 0xaa && !(code >= 0x2000 && code <= 0x206f) && !(code >= 0x3000 && code <= 0x303f);
}

function wordCodes(): Uint8Array {
  const codes = new Uint8Array(128);
  for (const letter of "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    codes[letter.charCodeAt(0)] = 1;
  return codes;
}
