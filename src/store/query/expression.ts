import { phraseOf, type Term } from "./term.ts";

/** What a full text expression is limited to: facet tokens, and terms that must not occur. */
export interface Limits {
  groups: readonly string[][];
  without: readonly string[];
  excluded: readonly Term[];
}

/**
 * A question in the language of FTS5, where every word stands between quotes and every part between parentheses, so
 * that nothing a person typed is ever an operator. `words` is an expression over title and body, or empty for facets
 * alone; undefined when there is nothing positive to look for.
 */
export function expressionOf(words: string, limits: Limits): string | undefined {
  const wanted = limits.groups.map((tokens) => `(facets : (${anyToken(tokens)}))`);
  if (words !== "") wanted.push(`({title body} : (${words}))`);
  if (wanted.length === 0) return undefined;
  const unwanted = unwantedOf(limits);
  const positive = wanted.join(" AND ");
  return unwanted === undefined ? positive : `(${positive}) NOT (${unwanted})`;
}

/** An expression for what must not be found; undefined when there is nothing of the kind. */
export function unwantedOf(limits: Limits): string | undefined {
  const unwanted = limits.excluded.map(anywhere);
  if (limits.without.length > 0) unwanted.push(`(facets : (${anyToken(limits.without)}))`);
  return unwanted.length === 0 ? undefined : unwanted.join(" OR ");
}

/** Every term must occur. */
export function allOf(terms: readonly Term[]): string {
  return terms.map(phraseOf).join(" AND ");
}

/** Every term must occur, and one of them in the title. */
export function titledAllOf(terms: readonly Term[]): string {
  const titled = `(title : (${terms.map(phraseOf).join(" OR ")}))`;
  return terms.length === 1 ? titled : `${titled} AND ${allOf(terms)}`;
}

/**
 * Quoted phrases must occur, of the rest any word may. `rare` limits the rest to items that have one of these: ranking
 * looks at every item that matches, so common words must not bring in everything.
 */
export function anyOf(terms: readonly Term[], rare?: readonly Term[]): string {
  const phrases = terms.filter((term) => term.kind === "phrase");
  const any = terms.map(phraseOf).join(" OR ");
  if (phrases.length > 0) return terms.length > phrases.length ? `${allOf(phrases)} AND (${any})` : allOf(phrases);
  if (rare === undefined || rare.length === terms.length) return any;
  return `(${rare.map(phraseOf).join(" OR ")}) AND (${any})`;
}

function anyToken(tokens: readonly string[]): string {
  return tokens.map((token) => `"${token}"`).join(" OR ");
}

/** The expression for one term anywhere in title or text. */
export function anywhere(term: Term): string {
  return `({title body} : (${phraseOf(term)}))`;
}
