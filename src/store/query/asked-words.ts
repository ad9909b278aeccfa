import { type Term, termKeys } from "./term.ts";
import { numberOf, type Vocabulary } from "./vocabulary.ts";

/** How much a word says, by its number; 0 for one that says nothing. */
export type Weigh = (word: number) => number;

/** Words to look for in profiles, each with what meeting it is worth. */
export interface WeighedWords {
  /** By number of the word: its place in `weights`, 0 for all others. */
  marks: Uint8Array;
  /** The first is no word. */
  weights: Float64Array;
}

/** The words of a question, and which of them stand side by side in it. */
export interface AskedWords extends WeighedWords {
  /** Places in `weights`. */
  pairs: [number, number][];
}

const MOST_WORDS = 255;

/** The words of a question's terms. With `repeats`, one that it says again weighs more. */
export function askedWords(vocabulary: Vocabulary, terms: readonly Term[], weigh: Weigh, repeats: boolean): AskedWords {
  const words: number[] = [];
  const weighed = new Map<number, number>();
  for (const term of terms) {
    const keys = termKeys(term);
    for (const [index, key] of keys.entries()) {
      const word = numberOf(vocabulary, key, keys.length === term.parts.length ? (term.parts[index] ?? key) : key);
      const weight = weigh(word) * (repeats ? 1 + Math.log(term.times ?? 1) : 1);
      words.push(word);
      weighed.set(word, Math.max(weighed.get(word) ?? 0, weight));
    }
  }
  const asked = weighedWords(vocabulary, [...weighed]);
  const places = words.map((word) => asked.marks[word] ?? 0);
  return { ...asked, pairs: pairsOf(places) };
}

/** Words with their weights, made ready; more than 255 are not looked at. */
export function weighedWords(vocabulary: Vocabulary, words: readonly (readonly [number, number])[]): WeighedWords {
  const marks = new Uint8Array(vocabulary.keys.length);
  const weights = new Float64Array(Math.min(words.length, MOST_WORDS) + 1);
  for (const [index, [word, weight]] of words.slice(0, MOST_WORDS).entries()) {
    marks[word] = index + 1;
    weights[index + 1] = weight;
  }
  return { marks, weights };
}

function pairsOf(places: readonly number[]): [number, number][] {
  const pairs = new Map<number, [number, number]>();
  for (const [index, left] of places.entries()) {
    const right = places[index + 1] ?? 0;
    if (left > 0 && right > 0 && left !== right) pairs.set(256 * left + right, [left, right]);
  }
  return [...pairs.values()];
}
