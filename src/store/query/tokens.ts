import { indexable, isUnspaced } from "./indexable.ts";
import { stem } from "./stem.ts";

/** A word of a text: where it stands, in UTF-16 units, and what it is compared by. */
export interface Token {
  start: number;
  end: number;
  key: string;
}

const WORD = /[\p{L}\p{N}\p{Co}][\p{L}\p{N}\p{Co}\p{M}\u00AD\u200B-\u200D]*/gu;

/** Accents and other marks that the index ignores; not the voicing marks of kana, which make other letters. */
const MARK = /(?![\u3099\u309A])\p{Mn}/gu;

/** What two words have in common when the index takes them for the same: case, accents, width and endings aside. */
export function wordKey(word: string): string {
  return stem(foldWord(word));
}

/** A word without case, accents, width and invisible characters. */
export function foldWord(word: string): string {
  // Unpaired surrogates are no letters; NFKD takes accents off and Hangul apart, NFC puts Hangul together again.
  return indexable(word)
    .normalize("NFKD")
    .replace(MARK, "")
    .toLowerCase()
    .replace(MARK, "")
    .normalize("NFC")
    .replaceAll(" ", "");
}

/** The words of a text as the index cuts them; scripts without spaces letter by letter. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(WORD)) {
    const word = match[0];
    if (isUnspaced(word)) lettersOf(word, match.index, tokens);
    else tokens.push({ start: match.index, end: match.index + word.length, key: wordKey(word) });
  }
  return tokens;
}

/** Cuts a run into its unspaced letters and the spaced words between them. */
function lettersOf(run: string, at: number, tokens: Token[]): void {
  for (const match of run.matchAll(/[\u0000-\u02FF\u0370-\u0DFF]+|[^\u0000-\u02FF\u0370-\u0DFF]\p{M}*/gu)) {
    const key = wordKey(match[0]);
    if (key !== "") tokens.push({ start: at + match.index, end: at + match.index + match[0].length, key });
  }
}
