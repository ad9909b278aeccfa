import { addWords, GAP, type Vocabulary } from "./vocabulary.ts";

/** What an item says at its beginning, as numbers of words, small enough to be kept. */
export interface Profile {
  /** The words of the title, a gap, and those of the beginning of the text, in their order. */
  words: Uint32Array;
  /** How many of them are the title's. */
  titled: number;
  /** The words of its authors and tags, and those of its other names that its title does not have. */
  names: Uint32Array;
  /** In words; those of the title count twice. */
  length: number;
  /** The share of the text that it is made from, 0 to 1. */
  read: number;
}

/** So much of a text is looked at, in UTF-16 units: what an item is about is said at its beginning. */
export const COUNTED_TEXT = 3000;
export const TITLE_WEIGHT = 2;
const MOST_NAMES = 64;

/** What a profile is made from. */
export interface Beginning {
  title: string;
  text: string;
  /** Of the whole text, in UTF-16 units. */
  textLength: number;
  /** Authors and tags, and the other names of the item. */
  names: readonly string[];
}

export function profileOf(vocabulary: Vocabulary, { title, text, textLength, names }: Beginning): Profile {
  const words: number[] = [];
  addWords(vocabulary, title, words);
  const titled = words.length;
  words.push(GAP);
  addWords(vocabulary, text.slice(0, COUNTED_TEXT), words);
  const inTitle = new Set(words.slice(0, titled));
  const called: number[] = [];
  for (const name of names.slice(0, MOST_NAMES)) addWords(vocabulary, name, called);
  const fresh = new Set(called.filter((word) => !inTitle.has(word)));
  return {
    words: Uint32Array.from(words),
    titled,
    names: Uint32Array.from([...fresh].slice(0, MOST_NAMES)),
    length: TITLE_WEIGHT * titled + words.length - titled - 1,
    read: textLength === 0 ? 1 : Math.min(1, Math.min(text.length, COUNTED_TEXT) / textLength),
  };
}
