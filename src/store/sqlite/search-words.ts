import { anywhere } from "../query/expression.ts";
import { isUnspaced } from "../query/indexable.ts";
import { spellingsOf } from "../query/spellings.ts";
import { stopWordsIn } from "../query/stop-words.ts";
import { phraseOf, type Term, wordsApart } from "../query/term.ts";
import { foldWord, wordKey } from "../query/tokens.ts";
import type { Connection } from "./driver.ts";
import { frequencyOf } from "./frequency.ts";
import { namesIn } from "./named-items.ts";
import { passing, someOf } from "./ranked.ts";
import type { Condition } from "./visibility.ts";

/** What became of the words of a question when they met the store. */
export interface MetWords {
  terms: Term[];
  /** Words that no text holds, but an author or a tag is called so: see named-items.ts. */
  named: Term[];
  /** Words that no item holds, in any spelling. */
  missing: string[];
  hints: string[];
}

const MOST_RESPELT = 4;

/**
 * Looks every term up and looks for a way out where nothing holds one: words written together are taken apart, a phrase
 * into its words, a word becomes the beginning of longer ones or the nearest spelling. Each step is told in a hint.
 */
export function meetWords(connection: Connection, terms: readonly Term[], check: Condition): MetWords {
  const met: MetWords = { terms: [], named: [], missing: [], hints: [] };
  let respelt = 0;
  for (const term of terms) {
    if (keep(connection, met, term)) continue;
    if (namesIn(connection, [term]).length > 0) {
      met.named.push(term);
      continue;
    }
    const apart = partsApart(term).filter((part) => keep(connection, met, part));
    if (apart.length > 0) {
      met.hints.push(`No item holds "${term.text}" as it stands; its parts were searched.`);
      continue;
    }
    const others = terms.filter((each) => each !== term);
    const other = respelt++ < MOST_RESPELT ? respell(connection, term, others, check) : undefined;
    if (other !== undefined && keep(connection, met, other)) {
      met.hints.push(`No item holds "${term.text}"; "${other.text}" was searched instead.`);
    } else met.missing.push(term.text);
  }
  return met;
}

/** Adds a term that the store knows; false for one that it does not. */
function keep(connection: Connection, met: MetWords, term: Term): boolean {
  if (frequencyOf(connection, anywhere(term)) === 0) return false;
  if (!met.terms.some((known) => phraseOf(known) === phraseOf(term))) met.terms.push(term);
  return true;
}

function partsApart(term: Term): Term[] {
  if (term.kind === "word" && isUnspaced(term.text)) return letterPairs(term);
  if (term.parts.length < 2) return [];
  const parts = wordsApart(term).filter((part) => part.text.length > 1);
  const stops = stopWordsIn(parts.map((part) => part.text));
  return parts.filter((part) => !stops.has(part.text));
}

/** A long run of Chinese, Japanese, Thai or Korean letters as pairs of neighbours. */
function letterPairs(term: Term): Term[] {
  const letters = [...term.text];
  if (letters.length < 3) return [];
  return letters.slice(1).map((letter, index) => {
    const pair = (letters[index] ?? "") + letter;
    return { kind: "word", text: pair, parts: [pair] };
  });
}

/**
 * A word that begins so, else one that is spelt almost so: the likeliest slip, and the most frequent of several. Only
 * words that this viewer may meet.
 */
function respell(connection: Connection, term: Term, others: readonly Term[], check: Condition): Term | undefined {
  const word = foldWord(term.parts[0] ?? "");
  if (term.parts.length !== 1 || term.prefix === true || word.length < 3 || isUnspaced(word)) return undefined;
  const begun: Term = { kind: "word", text: `${term.text}*`, parts: [term.parts[0] ?? ""], prefix: true };
  if (mayBeMet(connection, begun, check)) return begun;
  let best: Term | undefined;
  let [likeliest, most] = [Number.NEGATIVE_INFINITY, 0];
  for (const spelling of spellingsOf(word)) {
    const other: Term = { kind: "word", text: spelling, parts: [spelling] };
    if (someOf(connection, anywhere(other), 1).length === 0) continue;
    const frequency = frequencyOf(connection, anywhere(other));
    const likely = likelihoodOf(word, spelling) + (others.some((each) => holdsBoth(connection, other, each)) ? 2 : 0);
    // Of forms that the index takes for one word the longest is shown: "kubernetes", not "kubernets".
    const same = best !== undefined && wordKey(best.text) === wordKey(spelling);
    const better = same
      ? spelling.length > (best?.text.length ?? 0)
      : likely > likeliest || (likely === likeliest && frequency > most);
    if (!better || !mayBeMet(connection, other, check)) continue;
    [best, likeliest, most] = [other, same ? Math.max(likely, likeliest) : likely, frequency];
  }
  return best;
}

/** Letters are swapped more often than others are hit, and the first letter is mostly right. */
function likelihoodOf(word: string, spelling: string): number {
  if (word[0] !== spelling[0]) return -1;
  return word.length === spelling.length && [...word].sort().join("") === [...spelling].sort().join("") ? 1 : 0;
}

/** A word is likelier where it stands beside another one of the question. */
function holdsBoth(connection: Connection, left: Term, right: Term): boolean {
  return someOf(connection, `${anywhere(left)} AND ${anywhere(right)}`, 1).length > 0;
}

function mayBeMet(connection: Connection, term: Term, check: Condition): boolean {
  for (let limit = 16; ; limit *= 8) {
    const rows = someOf(connection, anywhere(term), limit).map((row) => ({ row }));
    if (passing(connection, rows, check, new Set()).length > 0) return true;
    if (rows.length < limit) return false;
  }
}
