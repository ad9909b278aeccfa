import type { SearchAnswer, SearchRequest } from "../../model/search.ts";
import { allOf, anyOf, expressionOf, type Limits } from "../query/expression.ts";
import { narrowTimes, type Question, readQuestion } from "../query/question.ts";
import { type Term, termsOfRun } from "../query/term.ts";
import type { Connection } from "./driver.ts";
import { exactFor } from "./exact.ts";
import { rareOf } from "./gate.ts";
import { newestOf } from "./newest.ts";
import { bestOf, type Ranked } from "./ranked.ts";
import { DEEPEST, readCursor, writeCursor } from "./search-cursor.ts";
import { type Found, hitsOf } from "./search-hits.ts";
import { type Scope, scopeOf } from "./search-scope.ts";
import { meetWords } from "./search-words.ts";

/** One search under way. */
interface Search {
  connection: Connection;
  question: Question;
  scope: Scope;
  limits: Limits;
  seen: Set<number>;
  /** One hit more than the page holds, to know whether there is another page. */
  wanted: number;
}

const MOST_HITS = 100;

/**
 * The best items for a question, one page of them. Items that the question names come first, then those that hold all
 * of its words, then those that hold some. Never throws for what a person typed; throws `usage` for a cursor that is
 * not one of this question. At most 100 hits a page and 500 in all pages.
 */
export function searchItems(connection: Connection, request: SearchRequest, now: Date): SearchAnswer {
  const seen = readCursor(request);
  const question = readQuestion(request.query, now);
  narrowTimes(question, request, now);
  const scope = scopeOf(connection, question, request, request.viewer);
  question.terms.push(...scope.words.flatMap(termsOfRun));
  const limit = Math.min(Math.max(1, Math.trunc(request.limit)), MOST_HITS);
  const limits = { groups: scope.groups, without: scope.without, excluded: question.excluded };
  const search: Search = { connection, question, scope, limits, seen, wanted: limit + 1 };
  const asked = question.terms;
  const { found, terms, missing, hints } = scope.possible
    ? find(search)
    : { found: [], terms: question.terms, missing: [], hints: [] };
  const page = found.slice(0, limit);
  for (const each of page) seen.add(each.row);
  return {
    hits: hitsOf(connection, page, terms),
    ...(found.length > limit && seen.size < DEEPEST && { nextCursor: writeCursor(request, seen) }),
    understood: {
      words: asked.filter((term) => term.kind !== "phrase").map((term) => term.text),
      phrases: asked.filter((term) => term.kind === "phrase").map((term) => term.text),
      ignored: [...question.ignored, ...missing],
      filters: scope.filters,
      hints: [...question.hints, ...scope.hints, ...hints],
    },
  };
}

interface Outcome {
  found: Found[];
  terms: Term[];
  missing: string[];
  hints: string[];
}

function find(search: Search): Outcome {
  const { connection, question, limits, scope, seen, wanted } = search;
  const { terms } = question;
  if (terms.length === 0) {
    // Only words that mean nothing to the index, such as "???" or an emoji, are no wish to see everything.
    const listing = question.literal === "" ? newestOf(connection, limits, scope.check, seen, wanted) : [];
    return { found: listing.map((each) => ({ ...each, tier: "all" })), terms, missing: [], hints: [] };
  }
  const exact = exactFor(connection, question, limits, scope.check);
  const passed = new Set([...seen, ...exact.map((each) => each.row)]);
  const found: Found[] = exact.filter((each) => !seen.has(each.row)).map((each) => ({ ...each, tier: "exact" }));
  add(found, withAll(search, terms, passed, wanted - found.length), "all", passed);
  if (found.length >= wanted) return { found, terms, missing: [], hints: [] };
  return fillUp(search, found, passed);
}

/** Less than a page holds all words: find out which of them the store knows, and take what holds some. */
function fillUp(search: Search, found: Found[], passed: Set<number>): Outcome {
  const { connection, question, scope, wanted } = search;
  const met = meetWords(connection, question.terms, scope.check);
  const changed =
    met.terms.length !== question.terms.length || met.terms.some((term, at) => term !== question.terms[at]);
  if (met.terms.length === 0) return { found, ...met };
  if (changed) {
    const tier = met.missing.length > 0 ? "some" : "all";
    add(found, withAll(search, met.terms, passed, wanted - found.length), tier, passed);
  }
  if (found.length < wanted && met.terms.length > 1) {
    add(found, withSome(search, met.terms, met.frequencies, passed, wanted - found.length), "some", passed);
  }
  return { found, ...met };
}

function withAll(search: Search, terms: readonly Term[], passed: Set<number>, wanted: number): Ranked[] {
  if (wanted <= 0) return [];
  const expression = expressionOf(allOf(terms), search.limits) ?? "";
  return bestOf(search.connection, expression, search.scope.check, passed, wanted);
}

function withSome(
  search: Search,
  terms: readonly Term[],
  frequencies: readonly number[],
  passed: Set<number>,
  wanted: number,
): Ranked[] {
  const rare = rareOf(search.connection, terms, frequencies, search.limits);
  const expression = expressionOf(anyOf(terms, rare), search.limits) ?? "";
  return bestOf(search.connection, expression, search.scope.check, passed, wanted);
}

function add(found: Found[], ranked: readonly Ranked[], tier: Found["tier"], passed: Set<number>): void {
  for (const each of ranked) {
    found.push({ ...each, tier });
    passed.add(each.row);
  }
}
