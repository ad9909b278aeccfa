/** Letters that Unicode does not take apart but that people type without their stroke or ligature. */
const PLAIN: Record<string, string> = {
  ß: "ss",
  ẞ: "SS",
  æ: "ae",
  Æ: "AE",
  œ: "oe",
  Œ: "OE",
  ø: "o",
  Ø: "O",
  ł: "l",
  Ł: "L",
  đ: "d",
  Đ: "D",
  ð: "d",
  Ð: "D",
  þ: "th",
  Þ: "TH",
  ı: "i",
  İ: "I",
};
const UNUSUAL = /[ßẞæÆœŒøØłŁđĐðÐþÞıİ]/g;
/** Soft hyphens and zero-width characters: they would cut a word in two. */
const INVISIBLE = /[\u00AD\u200B-\u200D\u2060\uFEFF]/g;
/** Combining marks, full and half width forms, ligatures of PDF files, loose jamo, mathematical letters. */
const UNCOMPOSED = /[\u0300-\u036F\u1100-\u11FF\u3130-\u318F\uF900-\uFAFF\uFB00-\uFB06\uFF00-\uFFEF]|\uD835/;
/** Scripts written without spaces, and Hangul, whose particles stick to the word. */
const UNSPACED = /[\u0E00-\u0EFF\u1000-\u109F\u1780-\u17FF\u2E80-\u9FFF\uAC00-\uD7AF\uF900-\uFAFF]|[\uD840-\uD88F]/;
const UNSPACED_LETTER =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\u30FC\p{sc=Hangul}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/gu;
/**
 * Symbols younger than the tables of SQLite's tokenizer (Unicode 6.1), which takes what it does not know for letters: an
 * emoji would grow together with the word before it. Whole blocks of symbols, the older ones among them, are as good.
 */
const SYMBOLS = /[\u20BA-\u20CF\u23FB-\u23FF\u2B00-\u2BFF]|[\uD83C-\uD83E]/;
const SYMBOL = /[\u20BA-\u20CF\u23FB-\u23FF\u2B00-\u2BFF\u{1F000}-\u{1F0FF}\u{1F10D}-\u{1F10F}\u{1F1E6}-\u{1FBEF}]/gu;
const ANYTHING_SPECIAL =
  /[\u0300-\u036F\u00AD\u00C6\u00D0\u00D8\u00DE\u00DF\u00E6\u00F0\u00F8\u00FE\u0110\u0111\u0130\u0131\u0141\u0142\u0152\u0153\u0E00-\u0EFF\u1000-\u109F\u1100-\u11FF\u1780-\u17FF\u1E9E\u200B-\u200D\u2060\u20BA-\u20CF\u23FB-\u23FF\u2B00-\u2BFF\u2E80-\u9FFF\uAC00-\uFFEF]/;

/**
 * Text as the full text index gets it, and as questions ask for it: compatibility forms composed, ligatures and
 * strokes written plainly, invisible characters and emoji out, and every letter of a script without spaces (Chinese, Japanese,
 * Thai …, and Korean) a word of its own, so that any part of a sentence is found as a phrase of letters. Plain text
 * comes back as it is, at the cost of one scan. The stored text itself is never changed.
 */
export function indexable(text: string): string {
  if (!ANYTHING_SPECIAL.test(text)) return text;
  let plain = text.replace(INVISIBLE, "");
  if (UNCOMPOSED.test(plain)) plain = plain.normalize("NFKC");
  plain = plain.replace(UNUSUAL, (letter) => PLAIN[letter] ?? letter);
  if (SYMBOLS.test(plain)) plain = plain.replace(SYMBOL, " ");
  return UNSPACED.test(plain) ? plain.replace(UNSPACED_LETTER, " $& ") : plain;
}

/** Whether the text has a letter of a script that is indexed letter by letter. */
export function isUnspaced(text: string): boolean {
  return UNSPACED.test(text);
}
