import type { Change, ChangesRequest } from "../store.ts";
import type { GoneCopy } from "./changelog.ts";
import { iso, milliseconds } from "./columns.ts";
import type { Connection, Row, Value } from "./driver.ts";
import { filterItems } from "./filter.ts";
import { listOf } from "./links.ts";
import { VERBS } from "./schema.ts";
import { decodeOptional, decodeText } from "./text.ts";
import { type Condition, visibleTo } from "./visibility.ts";

/** Lines looked through in one go, between two breaths, and the most of them read at a time. */
const STRETCH = 20_000;
const MOST_READ = 500;

/**
 * A line with what is known of its item: from the item while it is stored, else from the line that tells it is gone.
 * `acl` and `container` are the item's, so that a line is shown to whoever may (or might have) read the item.
 */
const LINES = `
  SELECT l.seq, l.at, l.verb, l.item, l.from_id, s.name AS source_name,
    i.id AS stored, i.native_id, i.title, i.url, i.authors, i.tags, i.updated_at, k.name AS kind_name,
    c.native_id AS container_id, c.name AS container_name,
    coalesce(l.native_id, g.native_id) AS gone_id, coalesce(l.copy, g.copy) AS copy
  FROM changes l JOIN sources s ON s.id = l.source LEFT JOIN items i ON i.id = l.item
  LEFT JOIN changes g ON i.id IS NULL AND g.item = l.item AND g.copy IS NOT NULL
  LEFT JOIN names k ON k.id = i.kind LEFT JOIN containers c ON c.id = coalesce(i.container, l.container, g.container)`;

/**
 * The lines of the change log that match, and the newest sequence number of all. `read` runs each of its reads at one
 * moment of the store; between them others get their turn, since a long log may be looked through to its end.
 */
export async function listChanges(
  connection: Connection,
  request: ChangesRequest,
  read: <T>(action: () => T) => Promise<T>,
): Promise<{ changes: Change[]; lastSeq: number }> {
  const { first, last, where } = await read(() => plan(connection, request));
  const changes: Change[] = [];
  const ahead = !request.newestFirst;
  for (let from = ahead ? first : last; from >= first && from <= last && changes.length < request.limit; ) {
    const to = ahead ? Math.min(from + STRETCH, last) : Math.max(from - STRETCH, first);
    const rows = await read(() => candidates(connection, request, where, from, to));
    for (const row of rows) {
      const line = changeOf(row);
      if (changes.length < request.limit && matches(line, row, request)) changes.push(line);
    }
    const edge = rows.length < strideOf(request) ? to : Number(rows.at(-1)?.seq);
    from = ahead ? edge + 1 : edge - 1;
    if (changes.length < request.limit) await new Promise(setImmediate);
  }
  return { changes, lastSeq: last };
}

function strideOf(request: ChangesRequest): number {
  return Math.min(MOST_READ, Math.max(50, Math.trunc(request.limit)));
}

interface Plan {
  first: number;
  last: number;
  where: Condition;
}

function plan(connection: Connection, request: ChangesRequest): Plan {
  const last = Number(connection.raw("SELECT value FROM meta WHERE key = 'next_seq'").get()?.[0] ?? 1) - 1;
  const since = milliseconds(request.recordedSince);
  const first = since === null ? 1 : connection.raw("SELECT min(seq) FROM changes WHERE at >= ?").get(since)?.[0];
  return {
    first: Math.max(Number(first ?? last + 1), (request.afterSeq ?? 0) + 1),
    last,
    where: conditions(connection, request, last),
  };
}

/** Up to a stride of lines between two sequence numbers, both included: first their numbers, then all about them. */
function candidates(
  connection: Connection,
  request: ChangesRequest,
  where: Condition,
  from: number,
  to: number,
): Row[] {
  const order = request.newestFirst ? "DESC" : "ASC";
  const numbers = connection
    .raw(
      `SELECT l.seq FROM changes l LEFT JOIN items i ON i.id = l.item
       WHERE ${where.sql} AND l.seq BETWEEN ? AND ? ORDER BY l.seq ${order} LIMIT ${strideOf(request)}`,
    )
    .all(...where.parameters, Math.min(from, to), Math.max(from, to));
  const visible = visibleTo(connection, request.viewer, "v");
  return connection
    .prepare(
      `${LINES} WHERE l.seq IN (SELECT value FROM json_each(?)) AND EXISTS (SELECT 1 FROM (SELECT
         coalesce(i.acl, l.acl, g.acl) AS acl, coalesce(i.container, l.container, g.container) AS container
       ) v WHERE ${visible.sql}) ORDER BY l.seq ${order}`,
    )
    .all(JSON.stringify(numbers.flat()), ...visible.parameters);
}

function conditions(connection: Connection, request: ChangesRequest, lastSeq: number): Condition {
  const window = ["seq <= ?", "seq > ?"];
  const bounds: Value[] = [lastSeq, request.afterSeq ?? 0];
  const since = milliseconds(request.recordedSince);
  if (since !== null) {
    window.push("at >= ?");
    bounds.push(since);
  }
  const inWindow = (alias: string) => window.map((each) => `${alias}.${each}`).join(" AND ");
  const all: Condition[] = [{ sql: inWindow("l"), parameters: bounds }];
  if (request.sources) {
    const set = JSON.stringify(request.sources);
    all.push({
      sql: "l.source IN (SELECT id FROM sources WHERE name IN (SELECT value FROM json_each(?)))",
      parameters: [set],
    });
  }
  if (request.verbs) {
    const set = JSON.stringify(request.verbs.map((verb) => VERBS.indexOf(verb)));
    all.push({ sql: "l.verb IN (SELECT value FROM json_each(?))", parameters: [set] });
  }
  // What is stored and not hidden is judged here; what is not, by the copy its last line keeps.
  for (const stored of [filterItems(connection, request), visibleTo(connection, request.viewer)]) {
    all.push({ ...stored, sql: `(i.id IS NULL OR i.lost_at IS NOT NULL OR (${stored.sql}))` });
  }
  if (request.folded) all.push(...folds(inWindow, bounds));
  return { sql: all.map((each) => each.sql).join(" AND "), parameters: all.flatMap((each) => each.parameters) };
}

/**
 * One line per item. A row's newest line stands for it; an id that went and came again is told by its newest row; and
 * what both came and went inside the window is left out, unless something of that id had been there before.
 */
function folds(inWindow: (alias: string) => string, bounds: Value[]): Condition[] {
  const [added, deleted] = [VERBS.indexOf("added"), VERBS.indexOf("deleted")];
  const earlier = `EXISTS (SELECT 1 FROM changes e WHERE e.source = l.source AND e.native_id = l.native_id
    AND e.seq < l.seq AND ${inWindow("e")})`;
  const came = `EXISTS (SELECT 1 FROM changes d WHERE d.item = l.item AND d.verb = ${added} AND ${inWindow("d")})`;
  return [
    {
      sql: `NOT EXISTS (SELECT 1 FROM changes f WHERE f.item = l.item AND f.seq > l.seq AND ${inWindow("f")})`,
      parameters: bounds,
    },
    {
      sql: `(l.verb <> ${deleted} OR (
        NOT EXISTS (SELECT 1 FROM items n WHERE n.source = l.source AND n.native_id = l.native_id)
        AND NOT EXISTS (SELECT 1 FROM changes h WHERE h.source = l.source AND h.native_id = l.native_id
          AND h.seq > l.seq AND ${inWindow("h")})
        AND (NOT ${came} OR ${earlier})))`,
      parameters: [...bounds, ...bounds, ...bounds],
    },
  ];
}

function changeOf(row: Row): Change {
  const gone =
    row.stored === null && row.copy !== null ? (JSON.parse(decodeText(row.copy ?? null)) as GoneCopy) : undefined;
  const change: Change = {
    seq: Number(row.seq),
    at: iso(row.at) ?? "",
    verb: VERBS[Number(row.verb)] ?? "updated",
    source: decodeText(row.source_name ?? null),
    id: decodeText((row.stored === null ? row.gone_id : row.native_id) ?? null),
    kind: gone?.kind ?? decodeText(row.kind_name ?? null),
    title: gone?.title ?? decodeText(row.title ?? null),
    authors: gone?.authors ?? listOf(row.authors),
  };
  const optional = {
    url: gone ? gone.url : decodeOptional(row.url),
    container: gone ? gone.container : decodeOptional(row.container_id),
    updatedAt: gone ? iso(gone.updatedAt) : iso(row.updated_at),
    from: decodeOptional(row.from_id),
  };
  for (const [name, value] of Object.entries(optional))
    if (value !== undefined) Object.assign(change, { [name]: value });
  return change;
}

/** Filters that are about the item. */
function matches(line: Change, row: Row, request: ChangesRequest): boolean {
  const among = (wanted: string[] | undefined, has: (string | undefined)[]) =>
    wanted === undefined || has.some((each) => each !== undefined && wanted.includes(each));
  const gone =
    row.stored === null && row.copy !== null ? (JSON.parse(decodeText(row.copy ?? null)) as GoneCopy) : undefined;
  if (!among(request.kinds, [line.kind])) return false;
  if (!among(request.containers, [line.container, decodeOptional(row.container_name)])) return false;
  if (!among(request.authors, line.authors) || !among(request.tags, gone?.tags ?? listOf(row.tags))) return false;
  const updated = milliseconds(line.updatedAt);
  const since = milliseconds(request.since);
  const until = milliseconds(request.until);
  return (
    (since === null || (updated !== null && updated >= since)) &&
    (until === null || (updated !== null && updated < until))
  );
}
