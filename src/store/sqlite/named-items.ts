import { anyOf, expressionOf, type Limits } from "../query/expression.ts";
import { type Term, termKeys } from "../query/term.ts";
import { tokensOf } from "../query/tokens.ts";
import type { Connection } from "./driver.ts";
import { estimateOf } from "./frequency.ts";
import { BUDGET } from "./gate.ts";
import { bestOf, passing, type Ranked } from "./ranked.ts";
import { decodeText } from "./text.ts";
import type { Condition } from "./visibility.ts";

/** So many items are added because of their authors and tags. */
const MOST_ITEMS = 20;
/** A word that is part of more names than this names nobody. */
const MOST_NAMES = 8;
/** Names beyond these are no words of questions. */
const MOST_KNOWN = 50_000;

interface Known {
  newest: number;
  /** By the key of a word: the facet tokens of the authors and tags that have it in their name. */
  tokens: Map<string, string[]>;
}

const known = new WeakMap<Connection, Known>();

/** The facet tokens of the authors and tags that are called by one of the terms; few, or none. */
export function namesIn(connection: Connection, terms: readonly Term[]): string[] {
  const { tokens } = knownNames(connection);
  const named = new Set<string>();
  for (const key of new Set(terms.flatMap(termKeys))) {
    const some = tokens.get(key) ?? [];
    if (some.length <= MOST_NAMES) for (const token of some) named.add(token);
  }
  return [...named].slice(0, 2 * MOST_NAMES);
}

/**
 * Items by an author or with a tag that the question names in passing, and that its words alone need not find: those
 * that hold other words of it first, then the newest. At most 20, within the limits, none of `passed`.
 */
export function namedItems(
  connection: Connection,
  terms: readonly Term[],
  limits: Limits,
  check: Condition,
  passed: ReadonlySet<number>,
): Ranked[] {
  const named = namesIn(connection, terms);
  if (named.length === 0) return [];
  const within: Limits = { ...limits, groups: [...limits.groups, named] };
  const worded = expressionOf(anyOf(terms), within) ?? "";
  const found = estimateOf(connection, worded) > BUDGET ? [] : bestOf(connection, worded, check, passed, MOST_ITEMS);
  if (found.length === MOST_ITEMS) return found;
  const rows = connection
    .raw("SELECT rowid FROM fts WHERE fts MATCH ? ORDER BY rowid DESC LIMIT ?")
    .all(expressionOf("", within) ?? "", 2 * MOST_ITEMS + passed.size)
    .map(([row]) => ({ row: Number(row), score: 0 }));
  const taken = new Set([...passed, ...found.map((each) => each.row)]);
  return [...found, ...passing(connection, rows, check, taken)].slice(0, MOST_ITEMS);
}

/** Names only ever come: those that are new are read when a question is asked. */
function knownNames(connection: Connection): Known {
  const kept = known.get(connection) ?? { newest: 0, tokens: new Map<string, string[]>() };
  known.set(connection, kept);
  const fresh = connection
    .raw(`SELECT id, type, name FROM names WHERE id > ? AND type IN ('author', 'tag') ORDER BY id LIMIT ${MOST_KNOWN}`)
    .all(kept.newest < MOST_KNOWN ? kept.newest : Number.MAX_SAFE_INTEGER);
  for (const [id, type, name] of fresh) {
    kept.newest = Number(id);
    const bare = decodeText(name ?? null).replace(/^(?:user|group):/, "");
    for (const key of new Set(tokensOf(bare).map((token) => token.key))) {
      const tokens = kept.tokens.get(key) ?? [];
      if (tokens.length <= MOST_NAMES) tokens.push(`${type === "author" ? "a" : "t"}${id}`);
      kept.tokens.set(key, tokens);
    }
  }
  return kept;
}
