/**
 * The stemmer of M. F. Porter, "An algorithm for suffix stripping", Program 14(3), 1980, with the borders of SQLite's
 * `porter` tokenizer: words of 3 to 64 letters, everything that is not a, e, i, o, u (or y after a consonant) counts as
 * a consonant. A test compares it with the engine, because marks in snippets must agree with what the index matched.
 */
export function stem(word: string): string {
  if (word.length < 3 || word.length > 64) return word;
  let text = step1a(word);
  text = step1b(text);
  if (text.endsWith("y") && hasVowel(text.slice(0, -1))) text = text.slice(0, -1) + "i";
  text = replaceEnding(text, STEP_2, (base) => measure(base) > 0);
  text = replaceEnding(text, STEP_3, (base) => measure(base) > 0);
  text = step4(text);
  return step5(text);
}

const STEP_2: [string, string][] = [
  ["ational", "ate"],
  ["tional", "tion"],
  ["enci", "ence"],
  ["anci", "ance"],
  ["izer", "ize"],
  ["logi", "log"],
  ["bli", "ble"],
  ["alli", "al"],
  ["entli", "ent"],
  ["eli", "e"],
  ["ousli", "ous"],
  ["ization", "ize"],
  ["ation", "ate"],
  ["ator", "ate"],
  ["alism", "al"],
  ["iveness", "ive"],
  ["fulness", "ful"],
  ["ousness", "ous"],
  ["aliti", "al"],
  ["iviti", "ive"],
  ["biliti", "ble"],
];

const STEP_3: [string, string][] = [
  ["icate", "ic"],
  ["ative", ""],
  ["alize", "al"],
  ["iciti", "ic"],
  ["ical", "ic"],
  ["ful", ""],
  ["ness", ""],
];

const STEP_4 = [
  "al",
  "ance",
  "ence",
  "er",
  "ic",
  "able",
  "ible",
  "ant",
  "ement",
  "ment",
  "ent",
  "ion",
  "ou",
  "ism",
].concat(["ate", "iti", "ous", "ive", "ize"]);

function step1a(word: string): string {
  if (!word.endsWith("s")) return word;
  const twoLess = (word.endsWith("sses") && word.length > 4) || (word.endsWith("ies") && word.length > 3);
  if (twoLess) return word.slice(0, -2);
  return word.endsWith("ss") ? word : word.slice(0, -1);
}

function step1b(word: string): string {
  if (word.endsWith("eed") && word.length > 3) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  const ending = word.endsWith("ed") ? 2 : word.endsWith("ing") ? 3 : 0;
  if (ending === 0 || !hasVowel(word.slice(0, -ending))) return word;
  const base = word.slice(0, -ending);
  if (/(?:at|bl|iz)$/.test(base)) return base + "e";
  const last = base.at(-1) ?? "";
  if (base.length > 1 && last === base.at(-2) && !"aeioulsz".includes(last)) return base.slice(0, -1);
  return measure(base) === 1 && endsShort(base) ? base + "e" : base;
}

function step4(word: string): string {
  return replaceEnding(
    word,
    STEP_4.map((ending): [string, string] => [ending, ""]),
    (base, ending) => measure(base) > 1 && (ending !== "ion" || base.endsWith("s") || base.endsWith("t")),
  );
}

function step5(word: string): string {
  let text = word;
  if (text.endsWith("e")) {
    const base = text.slice(0, -1);
    const size = measure(base);
    if (size > 1 || (size === 1 && !endsShort(base))) text = base;
  }
  return text.endsWith("ll") && measure(text.slice(0, -1)) > 1 ? text.slice(0, -1) : text;
}

/** Replaces the longest ending of the list, where the condition holds for what stays. */
function replaceEnding(
  word: string,
  endings: [string, string][],
  holds: (base: string, ending: string) => boolean,
): string {
  let found: [string, string] | undefined;
  for (const pair of endings) {
    if (word.endsWith(pair[0]) && pair[0].length < word.length && pair[0].length > (found?.[0].length ?? 0))
      found = pair;
  }
  if (found === undefined) return word;
  const base = word.slice(0, -found[0].length);
  return holds(base, found[0]) ? base + found[1] : word;
}

function consonants(word: string): boolean[] {
  const kinds: boolean[] = [];
  for (let index = 0; index < word.length; index++) {
    const letter = word[index] ?? "";
    const vowel = "aeiou".includes(letter) || (letter === "y" && (kinds[index - 1] ?? false));
    kinds.push(!vowel);
  }
  return kinds;
}

/** How often a vowel is followed by a consonant. */
function measure(word: string): number {
  const kinds = consonants(word);
  let count = 0;
  for (let index = 1; index < kinds.length; index++) if (kinds[index] && !kinds[index - 1]) count++;
  return count;
}

function hasVowel(word: string): boolean {
  return consonants(word).includes(false) || word.slice(1).includes("y");
}

/** Consonant, vowel, consonant, the last not w, x or y. */
function endsShort(word: string): boolean {
  const kinds = consonants(word).slice(-3);
  return kinds.length === 3 && kinds[0] === true && kinds[1] === false && kinds[2] === true && !/[wxy]$/.test(word);
}
