/** What of an item narrows a search, as numbers of `sources`, `containers` and `names`. */
export interface Facets {
  source: number;
  container: number | null;
  kind: number;
  authors: readonly number[];
  tags: readonly number[];
  /** Milliseconds since 1970. */
  updatedAt: number | null;
}

/**
 * The tokens of the `facets` column: `s<source>` `c<container>` `k<kind>` `a<author>` `t<tag>`, and of the last edit in
 * UTC `y<YYYY>` and `m<YYYYMM>`. All end in digits, so no stemmer touches them.
 */
export function facetsOf(item: Facets): string {
  let tokens = `s${item.source} k${item.kind}`;
  if (item.container !== null) tokens += ` c${item.container}`;
  for (const author of item.authors) tokens += ` a${author}`;
  for (const tag of item.tags) tokens += ` t${tag}`;
  if (item.updatedAt === null) return tokens;
  const date = new Date(item.updatedAt);
  const year = String(date.getUTCFullYear()).padStart(4, "0");
  return `${tokens} y${year} m${year}${String(date.getUTCMonth() + 1).padStart(2, "0")}`;
}
