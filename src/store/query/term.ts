import { indexable, isUnspaced } from "./indexable.ts";
import { isUnspacedStop } from "./stop-words.ts";
import { foldWord, tokensOf } from "./tokens.ts";

/**
 * One thing a question asks for. `word` is one word; `compound` several that were written together ("real-time") and
 * may also stand apart; `identifier` a name, number, address or path whose parts belong together; `phrase` was quoted.
 */
export interface Term {
  kind: "word" | "compound" | "identifier" | "phrase";
  /** As it was typed, without quotes. */
  text: string;
  /** Its words in order: letters, digits and marks only. */
  parts: string[];
  /** "kube*": any word that begins so. */
  prefix?: boolean;
  /** How often the question says it, where that is more than once. */
  times?: number;
}

const PART = /[\p{L}\p{N}\p{Co}][\p{L}\p{N}\p{Co}\p{M}\u00AD\u200B-\u200D]*/gu;
const ELIDED = new Set("l d j m t s n c qu re ve ll".split(" "));

/** The words in a text, as the index would cut it. */
export function partsOf(text: string): string[] {
  return text.match(PART) ?? [];
}

/** A quoted text as one term; undefined when it holds no word. */
export function phraseTerm(text: string): Term | undefined {
  const parts = partsOf(text);
  return parts.length === 0 ? undefined : { kind: "phrase", text: text.trim().replace(/\s+/gu, " "), parts };
}

/** The terms of a run of characters without a space: mostly one, several where the run only joins words. */
export function termsOfRun(run: string): Term[] {
  const text = run.replace(/^[^\p{L}\p{N}\p{Co}]+/u, "").replace(/[^\p{L}\p{N}\p{Co}\p{M}+#*]+$/u, "");
  const parts = partsOf(text);
  const first = parts[0];
  if (first === undefined) return [];
  if (isUnspaced(text)) return unspacedTerms(text);
  const bare = text.replace(/[*+#]+$/, "");
  if (parts.length === 1) return [oneWord(text, bare, first)];
  if (looksLikeIdentifier(bare)) return [{ kind: "identifier", text: bare, parts }];
  if (/^[^'’]+(?:['’][^'’]+)+$/u.test(bare) && !/[^\p{L}\p{M}'’]/u.test(bare)) return elided(bare, parts);
  if (/[-–&+.]/.test(bare)) return [{ kind: "compound", text: bare, parts }];
  return parts.map((part) => ({ kind: "word", text: part, parts: [part] }));
}

function oneWord(text: string, bare: string, part: string): Term {
  const prefix = text.endsWith("*") && part.length >= 2;
  const named = /\d/.test(part) ? /\p{L}/u.test(part) || part.length > 4 : /\p{Ll}\p{Lu}/u.test(part);
  return {
    kind: named ? "identifier" : "word",
    text: prefix ? bare + "*" : part,
    parts: [part],
    ...(prefix && { prefix }),
  };
}

/** Ticket numbers, versions, file names, addresses, paths, links, snake_case, times and dates. */
function looksLikeIdentifier(text: string): boolean {
  if (/[\p{L}\p{N}][@_\\#=~%][\p{L}\p{N}]|:\/\/|::/u.test(text)) return true;
  if (/\d/.test(text)) return true;
  if (/\p{L}\.\p{L}/u.test(text)) return true;
  return (text.match(/[\p{L}\p{N}]\/[\p{L}\p{N}]/gu)?.length ?? 0) > 1;
}

/** "l'équipe" is équipe, "Anna's" is Anna, "O'Brien" stays together, "don't" is a word for the stop list. */
function elided(text: string, parts: string[]): Term[] {
  const kept = parts.filter((part, index) => {
    const small = foldWord(part);
    return !ELIDED.has(small) || (index > 0 && index < parts.length - 1);
  });
  const [only] = kept;
  if (kept.length === 1 && only !== undefined && only.length > 1 && !/n['’]t$/i.test(text)) {
    return [{ kind: "word", text: only, parts: [only] }];
  }
  if (/n['’]t$/i.test(text)) return [{ kind: "word", text: text.replace(/['’]/g, ""), parts }];
  return [{ kind: "compound", text, parts }];
}

let segmenter: Intl.Segmenter | undefined;

/** A run without spaces, cut into words by the dictionary of the runtime; each is found as a phrase of letters. */
function unspacedTerms(run: string): Term[] {
  segmenter ??= new Intl.Segmenter("ja", { granularity: "word" });
  const words: string[] = [];
  let joined = false;
  for (const { segment, isWordLike } of segmenter.segment(run.normalize("NFKC"))) {
    const alone = /^\p{sc=Han}$/u.test(segment) && !isUnspacedStop(segment);
    // The dictionary leaves endings and rare names as single letters: 会議|室, 王|芳.
    if (joined && alone) words.push(words.pop() + segment);
    else if (isWordLike === true) words.push(segment);
    joined = /\p{sc=Han}$/u.test(segment) && !isUnspacedStop(segment);
  }
  return words
    .map((word) => (isUnspaced(word) ? withoutParticle(word) : word))
    .map((word): Term => ({ kind: "word", text: word, parts: partsOf(word) }))
    .filter((term) => term.parts.length > 0);
}

/** Korean particles after a noun: the noun alone finds it with and without them. */
function withoutParticle(word: string): string {
  if (!/^\p{sc=Hangul}{3,}$/u.test(word)) return word;
  return word.replace(/(?:에서|으로|까지|부터|에게|을|를|은|는|이|가|에|의|로|와|과|도)$/u, "");
}

/** The words of a term one by one, for the second try of something that nothing holds in one piece. */
export function wordsApart(term: Term): Term[] {
  return term.parts.map((part) => ({ kind: "word", text: part, parts: [part] }));
}

/** With every word of "real-time" beside it: where any word will do, "time" alone is better than nothing. */
export function withParts(terms: readonly Term[]): Term[] {
  return terms.flatMap((term) =>
    term.kind === "compound" ? [term, ...wordsApart(term).filter((part) => part.text.length > 1)] : [term],
  );
}

/** The term as the engine must find it: one quoted string, which holds letters, digits, marks and spaces only. */
export function phraseOf(term: Term): string {
  const words = indexable(term.parts.join(" ")).replace(/[^\p{L}\p{N}\p{Co}\p{M}]+/gu, " ");
  return `"${words.trim()}"${term.prefix === true ? "*" : ""}`;
}

/** What the words of a term are compared by, in order. */
export function termKeys(term: Term): string[] {
  return tokensOf(term.parts.join(" ")).map((token) => token.key);
}
