import { closest, distance } from "fastest-levenshtein";
import type { Filters, Viewer } from "../../model/search.ts";
import type { NameField, Question } from "../query/question.ts";
import type { Connection, Value } from "./driver.ts";
import { fold, keyOf } from "./keys.ts";
import { monthTokens } from "./search-months.ts";
import { decodeText } from "./text.ts";
import { type Condition, visibleTo } from "./visibility.ts";

/** What narrows a search, apart from words: tokens for the index, an exact check for single items, sentences. */
export interface Scope {
  /** Facet tokens: of every group one must be there. */
  groups: string[][];
  /** Facet tokens of which none may be there. */
  without: string[];
  /** Whether item `i` is for this viewer and inside the dates, to the millisecond. */
  check: Condition;
  /** False when a filter names nothing known, or two filters exclude each other: nothing can be found. */
  possible: boolean;
  filters: Filters;
  hints: string[];
  /** `#words` that are no tags after all. */
  words: string[];
}

interface Known {
  token: string;
  name: string;
  /** Another spelling that is as good. */
  label?: string;
  /** The token of the source that a container is in. */
  source?: string;
}

/** Sources before containers, which are narrowed by them. */
const FIELDS: NameField[] = ["sources", "containers", "kinds", "authors", "tags"];
const SINGULAR: Record<NameField, string> = {
  sources: "source",
  kinds: "kind",
  containers: "container",
  authors: "author",
  tags: "tag",
};
/** A container with more folders below it than this is matched by these many. */
const MOST_TOKENS = 200;

/** Turns the filters of a request and of its question into facet tokens; unknown names become hints. */
export function scopeOf(connection: Connection, question: Question, asked: Filters, viewer: Viewer): Scope {
  const visible = visibleTo(connection, viewer);
  const dates = datesOf(question);
  const scope: Scope = {
    groups: [],
    without: [],
    check: {
      sql: `i.lost_at IS NULL AND ${visible.sql}${dates.sql}`,
      parameters: [...visible.parameters, ...dates.parameters],
    },
    possible: true,
    filters: {},
    hints: [],
    words: [],
  };
  for (const field of FIELDS) addNames(connection, scope, field, question, asked[field], viewer === "everything");
  if (question.since !== undefined) scope.filters.since = new Date(question.since).toISOString();
  if (question.until !== undefined) scope.filters.until = new Date(question.until).toISOString();
  const months = monthTokens(connection, question.since, question.until);
  if (months === "nothing") scope.possible = false;
  else if (months !== "everything") scope.groups.push(months);
  return scope;
}

function datesOf(question: Question): Condition {
  const parts: string[] = [];
  const parameters: Value[] = [];
  if (question.since !== undefined) {
    parts.push(" AND i.updated_at >= ?");
    parameters.push(question.since);
  }
  if (question.until !== undefined) {
    parts.push(" AND i.updated_at < ?");
    parameters.push(question.until);
  }
  return { sql: parts.join(""), parameters };
}

/** The names of one field: those of the request form one group, those of the question another; both must hold. */
function addNames(
  connection: Connection,
  scope: Scope,
  field: NameField,
  question: Question,
  requested: string[] | undefined,
  open: boolean,
): void {
  const typed = question.names.filter((name) => name.field === field);
  if (typed.length === 0 && requested === undefined) return;
  const known = knownNames(connection, field);
  const wanted = typed.filter((name) => !name.excluded && !isWord(name.hash, name.value, known, field, scope));
  const inQuestion = resolve(
    connection,
    known,
    field,
    wanted.map((name) => name.value),
    scope,
    open,
  );
  const inRequest = resolve(connection, known, field, requested ?? [], scope, open);
  const excluded = resolve(
    connection,
    known,
    field,
    typed.filter((name) => name.excluded).map((name) => name.value),
    scope,
    open,
  );
  scope.without.push(...excluded.map((name) => name.token));
  const groups = [...(wanted.length > 0 ? [inQuestion] : []), ...((requested?.length ?? 0) > 0 ? [inRequest] : [])];
  const both = groups.length === 2;
  // A container tells its source: saying both to the index would only make it count both.
  const sources = field === "containers" && groups.length > 0 ? scope.groups.splice(0) : [];
  for (const group of groups) addGroup(scope, within(group, sources));
  const common = inQuestion.filter((name) => inRequest.some((other) => other.token === name.token));
  const single = field === "sources" || field === "kinds" || field === "containers";
  if (both && single && common.length === 0) scope.possible = false;
  const met = both ? (common.length > 0 ? common : [...inQuestion, ...inRequest]) : [...inQuestion, ...inRequest];
  if (met.length > 0) scope.filters[field] = [...new Set(met.map((name) => name.name))];
}

function addGroup(scope: Scope, names: Known[]): void {
  if (names.length === 0) scope.possible = false;
  else scope.groups.push(names.slice(0, MOST_TOKENS).map((name) => name.token));
}

/** The containers that are in one of the sources of every group. */
function within(names: Known[], sources: readonly string[][]): Known[] {
  return names.filter((name) => sources.every((group) => name.source !== undefined && group.includes(name.source)));
}

function isWord(hash: boolean, value: string, known: Known[], field: NameField, scope: Scope): boolean {
  if (!hash || known.some((name) => matches(field, name, fold(value)))) return false;
  scope.words.push(value);
  return true;
}

function resolve(
  connection: Connection,
  known: Known[],
  field: NameField,
  values: string[],
  scope: Scope,
  open: boolean,
): Known[] {
  const found: Known[] = [];
  for (const value of values) {
    const sought = fold(value);
    const exact = known.filter((name) => fold(name.name) === sought || (name.label && fold(name.label) === sought));
    const met =
      exact.length > 0 && field !== "containers" && field !== "tags"
        ? exact
        : known.filter((name) => matches(field, name, sought));
    // Who is written Haruka on a report may sign as 山田 遥 elsewhere: her own page knows both.
    const called = field === "authors" && open ? [...met, ...calledSo(connection, known, value)] : met;
    found.push(...called);
    if (called.length === 0)
      scope.hints.push(unknown(known, field, value, open || field === "sources" || field === "kinds"));
  }
  return [...new Set(found)];
}

/** Authors whose own page has the name as an alias: "Haruka" is written 山田 遥 where she signs. */
function calledSo(connection: Connection, authors: Known[], name: string): Known[] {
  const titles = connection
    .raw(
      `SELECT i.title, a.alias FROM sources s CROSS JOIN aliases a ON a.source = s.id AND a.key = ?
       CROSS JOIN items i ON i.id = a.item AND i.lost_at IS NULL LIMIT 50`,
    )
    .all(keyOf(fold(name)))
    .filter(([, alias]) => fold(decodeText(alias ?? null)) === fold(name))
    .map(([title]) => fold(decodeText(title ?? null)));
  return authors.filter((author) => titles.includes(bare(fold(author.name))));
}

/** Tags and containers take in what lies below them, authors any part of their name that starts a word. */
function matches(field: NameField, known: Known, sought: string): boolean {
  const name = fold(known.name);
  const label = known.label === undefined ? name : fold(known.label);
  if (name === sought || label === sought) return true;
  if (sought === "") return false;
  if (field === "kinds") return name + "s" === sought;
  if (field === "tags" || field === "containers") {
    const below = sought.endsWith("/") ? sought : sought + "/";
    return name.startsWith(below) || label.startsWith(below) || (field === "tags" && "#" + name === sought);
  }
  if (field !== "authors") return false;
  const at = name.indexOf(sought);
  return at === 0 || (at > 0 && !/[\p{L}\p{N}]/u.test(name[at - 1] ?? ""));
}

function unknown(known: Known[], field: NameField, value: string, mayName: boolean): string {
  const shown = value.slice(0, 60);
  const sentence = `No ${SINGULAR[field]} is called "${shown}".`;
  if (!mayName || known.length === 0) return sentence;
  const spellings = known.slice(0, 5000).flatMap((name) => [name.name, name.label ?? name.name]);
  const near = closest(
    fold(shown),
    spellings.map((name) => bare(fold(name))),
  );
  if (distance(fold(shown), near) <= Math.max(2, Math.floor(shown.length / 3))) {
    return `${sentence} Did you mean "${spellings.find((name) => bare(fold(name)) === near)}"?`;
  }
  const some = known.slice(0, 8).map((name) => `"${name.label ?? name.name}"`);
  return field === "sources" || field === "kinds" ? `${sentence} There are ${some.join(", ")}.` : sentence;
}

function bare(name: string): string {
  return name.replace(/^(?:user|group):/, "");
}

function knownNames(connection: Connection, field: NameField): Known[] {
  if (field === "sources") return rows(connection, "SELECT id, name FROM sources", [], "s");
  if (field === "containers") return rows(connection, "SELECT id, native_id, name, source FROM containers", [], "c");
  const type = SINGULAR[field];
  return rows(connection, "SELECT id, name FROM names WHERE type = ?", [type], type[0] ?? "");
}

function rows(connection: Connection, sql: string, parameters: Value[], letter: string): Known[] {
  return connection
    .raw(sql)
    .all(...parameters)
    .map(([id, name, label, source]) => ({
      token: `${letter}${id}`,
      name: decodeText(name ?? null),
      ...(label !== undefined && { label: decodeText(label) }),
      ...(source !== undefined && { source: `s${source}` }),
    }));
}
