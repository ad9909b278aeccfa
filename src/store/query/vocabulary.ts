import { tokensOf } from "./tokens.ts";

/** The number of no word: it stands between title and text. */
export const GAP = 0;

const MOST_RUNS = 100_000;
const LONGEST_KEPT = 64;
const WORD_CODE = wordCodes();

/** Words as numbers, so that a text is a row of numbers: small to keep and quick to count. */
export interface Vocabulary {
  /** Every run of letters met so far, as the number of its word, or of its words where it is several. */
  runs: Map<string, number | readonly number[]>;
  numbers: Map<string, number>;
  /** By number: what the word is compared by, and one way it is written. */
  keys: string[];
  spellings: string[];
}

export function newVocabulary(): Vocabulary {
  return { runs: new Map(), numbers: new Map(), keys: [""], spellings: [""] };
}

/** Whether so many words were met that it is time to start again. */
export function isFull(vocabulary: Vocabulary): boolean {
  return vocabulary.runs.size > MOST_RUNS || vocabulary.keys.length > MOST_RUNS;
}

/** The number of a word by what it is compared by; `spelling` is kept when it is new. */
export function numberOf(vocabulary: Vocabulary, key: string, spelling: string): number {
  const known = vocabulary.numbers.get(key);
  if (known !== undefined) return known;
  const number = vocabulary.keys.push(key) - 1;
  vocabulary.spellings.push(spelling);
  vocabulary.numbers.set(key, number);
  return number;
}

/** The words of a text in order, appended to `words`. As `tokensOf` cuts them, and much faster: every run is looked up. */
export function addWords(vocabulary: Vocabulary, text: string, words: number[]): void {
  for (let at = 0; at < text.length; ) {
    if (!isWordCode(text.charCodeAt(at))) {
      at++;
      continue;
    }
    const start = at;
    while (at < text.length && isWordCode(text.charCodeAt(at))) at++;
    const run = wordsOfRun(vocabulary, text.slice(start, at));
    if (typeof run === "number") words.push(run);
    else words.push(...run);
  }
}

function wordsOfRun(vocabulary: Vocabulary, run: string): number | readonly number[] {
  const known = vocabulary.runs.get(run);
  if (known !== undefined) return known;
  const own = ownCopy(run);
  const words = tokensOf(own).map(({ key, start, end }) => numberOf(vocabulary, key, own.slice(start, end)));
  const kept = words.length === 1 ? (words[0] ?? words) : words;
  if (own.length <= LONGEST_KEPT) vocabulary.runs.set(own, kept);
  return kept;
}

/** A part of a text, from a length of 13 on, is kept by V8 together with the whole text that it was cut from. */
function ownCopy(part: string): string {
  return part.length < 13 ? part : Buffer.from(part, "utf16le").toString("utf16le");
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
