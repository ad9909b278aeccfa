import type { Alike, SearchAnswer, SearchRequest } from "../../model/search.ts";
import { allOf, anyOf, expressionOf, type Limits, titledAllOf } from "../query/expression.ts";
import { withoutLatest } from "../query/latest.ts";
import { narrowTimes, type Question, readQuestion } from "../query/question.ts";
import { FULL_RANKING, type Ranking } from "../query/ranking.ts";
import { type Term, termsOfRun, withParts } from "../query/term.ts";
import type { Connection } from "./driver.ts";
import { MOST_EXACT, namedBy, titledAmong, titledBy } from "./exact.ts";
import { folded, type Page } from "./fold-hits.ts";
import { estimateOf } from "./frequency.ts";
import { fused, nearInside } from "./fuse.ts";
import { BUDGET, gateFor } from "./gate.ts";
import { namedItems } from "./named-items.ts";
import { newestOf } from "./newest.ts";
import { bestAmong, bestOf, passing, type Ranked, someOf } from "./ranked.ts";
import { POOL, reordered } from "./reorder.ts";
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
  enough: number;
  /** As many as are put into order, where that is more. */
  wanted: number;
}

const MOST_HITS = 100;
/** Up to so many pages of items that hold all words are checked one by one before anything is ranked. */
const FEW_PAGES = 8;

/**
 * The best items for a question, one page of them. Items that the question names come first, then those that hold all
 * of its words and the best of those with some, in the order of `reorder.ts`. Never throws for what a person typed; throws `usage` for a cursor that is
 * not one of this question. At most 100 hits a page and 500 in all pages.
 */
export function searchItems(
  connection: Connection,
  request: SearchRequest,
  now: Date,
  ranking: Ranking = FULL_RANKING,
): SearchAnswer {
  const seen = readCursor(request);
  const question = readQuestion(request.query, now);
  narrowTimes(question, request, now);
  const scope = scopeOf(connection, question, request, request.viewer);
  question.terms.push(...scope.words.flatMap(termsOfRun));
  const limit = Math.min(Math.max(1, Math.trunc(request.limit)), MOST_HITS);
  const limits = { groups: scope.groups, without: scope.without, excluded: question.excluded };
  const search: Search = {
    connection,
    question,
    scope,
    limits,
    seen,
    enough: limit + 1,
    wanted: Math.max(limit + 1, POOL),
  };
  const asked = question.terms;
  const { terms: words, latest } = withoutLatest(asked);
  if (ranking.freshness) question.terms = words;
  const { found, terms, missing, hints } = scope.possible
    ? find(search)
    : { found: [], terms: question.terms, missing: [], hints: [] };
  if (ranking.names && scope.possible) addNamed(search, found);
  const exact = found.filter((each) => each.tier === "exact");
  const others = found.filter((each) => each.tier !== "exact");
  const worded = reordered(connection, others, terms, ranking, ranking.freshness && latest);
  const ordered = [...exact, ...withAlike(search, request.alike, exact, worded)];
  const page = ranking.folding ? folded(connection, ordered, limit) : cut(ordered, limit);
  for (const row of page.rows) seen.add(row);
  return {
    hits: hitsOf(connection, page.hits, terms),
    ...(page.more && seen.size < DEEPEST && { nextCursor: writeCursor(request, seen) }),
    understood: {
      words: asked.filter((term) => term.kind !== "phrase").map((term) => term.text),
      phrases: asked.filter((term) => term.kind === "phrase").map((term) => term.text),
      ignored: [...question.ignored, ...missing],
      filters: scope.filters,
      hints: [...question.hints, ...scope.hints, ...hints],
    },
  };
}

/** With what is alike in meaning, where somebody knows. A quoted phrase is never answered by what lacks it. */
function withAlike(search: Search, alike: Alike | undefined, exact: readonly Found[], worded: Found[]): Found[] {
  const { connection, question, limits, scope, seen } = search;
  if (!scope.possible || alike === undefined || question.terms.some((term) => term.kind === "phrase")) return worded;
  const passed = new Set([...seen, ...exact.map((each) => each.row)]);
  const near = nearInside(connection, alike.rows, { limits, check: scope.check, passed });
  return fused(worded, near, alike.weight);
}

function cut(ordered: readonly Found[], limit: number): Page {
  const hits = ordered.slice(0, limit).map((each) => ({ ...each, copies: [] }));
  return { hits, rows: hits.map((hit) => hit.row), more: ordered.length > limit };
}

/** Puts in what the question names by author or tag, where it will still be put into order. */
function addNamed({ connection, question, limits, scope, seen }: Search, found: Found[]): void {
  const { terms } = question;
  if (terms.length === 0) return;
  const passed = new Set([...seen, ...found.map((each) => each.row)]);
  const tier = terms.length === 1 ? "all" : "some";
  const named = namedItems(connection, terms, limits, scope.check, passed).map((each): Found => ({ ...each, tier }));
  found.splice(Math.max(0, POOL - named.length), 0, ...named);
}

interface Outcome {
  found: Found[];
  terms: Term[];
  missing: string[];
  hints: string[];
}

function find(search: Search): Outcome {
  const { connection, question, limits, scope, seen, enough, wanted } = search;
  const { terms } = question;
  if (terms.length === 0) {
    // Only words that mean nothing to the index, such as "???" or an emoji, are no wish to see everything.
    const listing = question.literal === "" ? newestOf(connection, limits, scope.check, seen, wanted) : [];
    return { found: listing.map((each) => ({ ...each, tier: "all" })), terms, missing: [], hints: [] };
  }
  const named = namedBy(connection, question, limits, scope.check);
  const passed = new Set([...seen, ...named.map((each) => each.row)]);
  const found: Found[] = named.filter((each) => !seen.has(each.row)).map((each) => ({ ...each, tier: "exact" }));
  const first = holdingAll(search, terms, passed);
  if (found.length + first.ranked.length >= enough) {
    return { found: [...found, ...titledFirst(search, first, passed)], terms, missing: [], hints: [] };
  }
  const met = meetWords(connection, terms, scope.check);
  const same = met.terms.length === terms.length && met.terms.every((term, at) => term === terms[at]);
  const all = same || met.terms.length === 0 ? first : holdingAll(search, met.terms, passed);
  const tier = met.missing.length > 0 ? "some" : "all";
  const rest =
    all.scored && all.ranked.length >= wanted - found.length
      ? []
      : holdingSome(search, withParts(met.terms), all, passed);
  const order = inOrder(all, rest).map((each): Found => ({ ...each, tier }));
  const titled = titledAmong(
    connection,
    order.map((each) => each.row),
    question,
  );
  found.push(...order.filter((each) => titled.has(each.row)).map((each): Found => ({ ...each, tier: "exact" })));
  found.push(...order.filter((each) => !titled.has(each.row)));
  const known = new Set(all.ranked.map((each) => each.row));
  found.push(...rest.filter((each) => !known.has(each.row)).map((each): Found => ({ ...each, tier: "some" })));
  return { found, terms: [...met.terms, ...met.named], missing: met.missing, hints: met.hints };
}

/** Items with all words; not scored where they are so few that those with some words will be ranked anyway. */
interface All {
  ranked: Ranked[];
  scored: boolean;
  /** Every item with all words, where they are few; in the order of their rows. */
  whole?: Ranked[];
}

function holdingAll(search: Search, terms: readonly Term[], passed: ReadonlySet<number>): All {
  const { connection, limits, scope, enough, wanted } = search;
  const expression = expressionOf(allOf(terms), limits) ?? "";
  const most = FEW_PAGES * (enough + passed.size);
  const rows = someOf(connection, expression, most).map((row) => ({ row, score: 0 }));
  if (rows.length < most) {
    const whole = passing(connection, rows, scope.check, passed);
    if (terms.length > 1 && whole.length < enough) return { ranked: whole, scored: false, whole };
    const ranked = whole.length === 0 ? [] : bestAmong(connection, expression, whole, rows.length, wanted);
    return { ranked, scored: true, whole };
  }
  if (estimateOf(connection, expression) > BUDGET) {
    // So many items hold the words that those with one in the title are more than enough, and quicker to rank.
    const titled = expressionOf(titledAllOf(terms), limits) ?? "";
    const ranked = bestOf(connection, titled, scope.check, passed, wanted);
    if (ranked.length >= enough) return { ranked, scored: true };
  }
  return { ranked: bestOf(connection, expression, scope.check, passed, wanted), scored: true };
}

/** Items with some of the words, also those with all: their scores come with them. */
function holdingSome(search: Search, terms: readonly Term[], all: All, passed: ReadonlySet<number>): Ranked[] {
  if (terms.length < 2) return [];
  const { connection, limits, scope } = search;
  const wanted = search.wanted + all.ranked.length;
  const gate = gateFor(connection, terms, limits, search.enough + all.ranked.length + passed.size);
  const best = (expression: string) =>
    bestOf(connection, expressionOf(expression, limits) ?? "", scope.check, passed, wanted);
  const found = best(anyOf(gate.terms, gate.rare));
  const narrowed = gate.rare !== undefined || gate.terms.length < terms.length;
  return narrowed && found.length < search.enough ? best(anyOf(terms)) : found;
}

/** Those with all words, by the scores they have among those with some. */
function inOrder(all: All, rest: readonly Ranked[]): Ranked[] {
  if (all.scored) return all.ranked;
  const scores = new Map(rest.map((each) => [each.row, each.score]));
  return all.ranked
    .map(({ row }) => ({ row, score: scores.get(row) ?? 0 }))
    .sort((left, right) => right.score - left.score || right.row - left.row);
}

/** Items with all words, those first whose title is the whole question, wherever they rank. */
function titledFirst(search: Search, all: All, passed: ReadonlySet<number>): Found[] {
  const titled = titledOf(search, all).filter((each) => !passed.has(each.row));
  const rows = new Set(titled.map((each) => each.row));
  return [
    ...titled.map((each): Found => ({ ...each, tier: "exact" })),
    ...all.ranked.filter((each) => !rows.has(each.row)).map((each): Found => ({ ...each, tier: "all" })),
  ];
}

function titledOf({ connection, question, limits, scope }: Search, { whole }: All): Ranked[] {
  if (whole === undefined) return titledBy(connection, question, limits, scope.check);
  const newest = whole.toReversed();
  const titled = titledAmong(
    connection,
    newest.map((each) => each.row),
    question,
  );
  return newest.filter((each) => titled.has(each.row)).slice(0, MOST_EXACT);
}
