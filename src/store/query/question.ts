import { distance } from "fastest-levenshtein";
import type { Filters } from "../../model/index.ts";
import { LONGEST_QUESTION, type Piece, piecesOf } from "./scan.ts";
import { stopWordsIn } from "./stop-words.ts";
import { phraseTerm, type Term, termKeys, termsOfRun } from "./term.ts";
import { readWhen } from "./when.ts";

/** The filters that take names. */
export type NameField = "sources" | "kinds" | "containers" | "authors" | "tags";

/** One name asked for in the question itself. */
export interface AskedName {
  field: NameField;
  value: string;
  excluded: boolean;
  /** Written as `#name`: where no such tag exists it is an ordinary word. */
  hash: boolean;
}

/** A question as headwater understands it, before it meets the store. */
export interface Question {
  terms: Term[];
  excluded: Term[];
  names: AskedName[];
  /** Milliseconds since 1970: at or after, and before. */
  since?: number;
  until?: number;
  /** Words that carry nothing. */
  ignored: string[];
  hints: string[];
  /** The whole question without filters, as typed: it may be a title, an id or a link. */
  literal: string;
}

/** More words than these are not looked for. */
export const MOST_TERMS = 32;
const MOST_EXCLUDED = 16;
const MOST_NAMES = 32;

const NAME_KEYS: Record<string, NameField> = {
  source: "sources",
  kind: "kinds",
  type: "kinds",
  in: "containers",
  container: "containers",
  author: "authors",
  from: "authors",
  by: "authors",
  tag: "tags",
};
const TIME_KEYS = new Set(["since", "after", "until", "before"]);
const KEYS = [...Object.keys(NAME_KEYS), ...TIME_KEYS];

/**
 * Reads what a person typed: words without the small ones, "phrases", -excluded, identifiers, `source:`-style filters
 * and dates. Never throws, whatever the text; reads the first 4,096 characters and 32 words, and says so in a hint.
 */
export function readQuestion(text: string, now: Date): Question {
  const question: Question = { terms: [], excluded: [], names: [], ignored: [], hints: [], literal: "" };
  const whole = text.isWellFormed() ? text : text.replace(/\p{Cs}/gu, " ");
  if (whole.length > LONGEST_QUESTION)
    question.hints.push("Only the first 4,096 characters of the question were read.");
  const rest: string[] = [];
  for (const piece of piecesOf(whole, (key) => KEYS.includes(key))) {
    if (piece.form === "filter" && readFilter(piece, question, now)) continue;
    if (piece.form !== "filter" && !piece.excluded) rest.push(piece.text);
    readWords(piece, question);
  }
  question.literal = rest.join(" ").trim();
  dropStopWords(question);
  dropRepeats(question);
  return question;
}

/** Puts a filter into the question; false when its value makes it a word after all. */
function readFilter(piece: Extract<Piece, { form: "filter" }>, question: Question, now: Date): boolean {
  const field = NAME_KEYS[piece.key];
  if (field !== undefined) {
    for (const value of piece.values) {
      if (question.names.length >= MOST_NAMES) break;
      question.names.push({
        field,
        value: value.normalize("NFC"),
        excluded: piece.excluded,
        hash: piece.hash === true,
      });
    }
    return true;
  }
  const value = piece.values.join(",");
  if (!readTime(piece.key, value, question, now)) {
    question.hints.push(
      `${piece.key}:${value.slice(0, 40)} is no date that headwater knows. Write ${piece.key}:2026-03-15, ${piece.key}:2026-03, ${piece.key}:7d or ${piece.key}:"last week".`,
    );
  }
  return true;
}

function readTime(key: string, value: string, question: Question, now: Date): boolean {
  const period = readWhen(value, now);
  if (period === undefined) return false;
  if (key === "since" || key === "after") question.since = Math.max(question.since ?? period.from, period.from);
  else {
    // "until March" takes March in, "before March" ends where it starts.
    const end = key === "before" ? period.from : period.to;
    question.until = Math.min(question.until ?? end, end);
  }
  return true;
}

function readWords(piece: Piece, question: Question): void {
  if (piece.form === "filter") return;
  const phrase = piece.form === "quoted" ? phraseTerm(piece.text) : undefined;
  const terms = piece.form === "quoted" ? (phrase === undefined ? [] : [phrase]) : termsOfRun(piece.text);
  if (piece.form === "run") hintAtFilter(piece.text, question);
  if (piece.excluded) question.excluded.push(...terms.slice(0, MOST_EXCLUDED - question.excluded.length));
  else question.terms.push(...terms);
}

/** "sorce:github" is read as words, but somebody meant a filter. */
function hintAtFilter(run: string, question: Question): void {
  const key = /^([a-z]{4,10}):[^\s:/\\]/i.exec(run)?.[1]?.toLowerCase();
  const meant = key === undefined ? undefined : KEYS.find((known) => known.length > 3 && distance(known, key) === 1);
  if (meant !== undefined) question.hints.push(`"${key}:" is no filter and was read as words; write "${meant}:".`);
}

/** Takes the small words out, unless the question has no others. */
function dropStopWords(question: Question): void {
  const words = question.terms.filter((term) => term.kind === "word").map((term) => term.text);
  const stops = stopWordsIn(words);
  const kept = question.terms.filter((term) => term.kind !== "word" || term.prefix === true || !stops.has(term.text));
  if (kept.length === 0) return;
  question.ignored = [...stops];
  question.terms = kept;
}

function dropRepeats(question: Question): void {
  const seen = new Map<string, Term>();
  const terms = question.terms.filter((term) => {
    const key = `${term.prefix === true}${term.kind === "phrase"}${termKeys(term).join(" ")}`;
    const known = seen.get(key);
    if (known === undefined) seen.set(key, term);
    else known.times = (known.times ?? 1) + 1;
    return known === undefined;
  });
  if (terms.length > MOST_TERMS) question.hints.push(`Only the first ${MOST_TERMS} different words were looked for.`);
  question.terms = terms.slice(0, MOST_TERMS);
}

/** The dates of a request beside those of its question: the narrower holds. */
export function narrowTimes(question: Question, filters: Filters, now: Date): void {
  for (const [key, value] of [
    ["since", filters.since],
    ["before", filters.until],
  ] as const) {
    if (value !== undefined && !readTime(key, value, question, now)) {
      question.hints.push(
        `"${value.slice(0, 40)}" is no date that headwater knows. Write 2026-03-15 or an ISO 8601 time.`,
      );
    }
  }
}
