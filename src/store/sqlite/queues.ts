import type { Access } from "../../model/item.ts";
import type { BodyDue, Standing, StoredFailure } from "../store.ts";
import { iso } from "./columns.ts";
import type { Connection, Row, Value } from "./driver.ts";
import { sourceOf } from "./lookup.ts";
import { accessOf } from "./rows.ts";
import { decodeOptional, decodeText, encodeText } from "./text.ts";

/** How listed items stand to what is stored. A hidden item is "changed": it has come back and must be stored again. */
export function compareItems(
  connection: Connection,
  source: number | undefined,
  listed: readonly { id: string; version: string }[],
): Standing[] {
  // One number is the cheapest answer SQLite can give: the row, negative when it differs.
  const find = connection.raw(
    "SELECT iif(version = ? AND lost_at IS NULL, id, -id) FROM items WHERE source = ? AND native_id = ?",
  );
  return listed.map(({ id, version }) => {
    const row =
      source === undefined ? undefined : (find.get(encodeText(version), source, encodeText(id))?.[0] as number);
    if (row === undefined) return { state: "new" };
    return row > 0 ? { state: "same", row } : { state: "changed", row: -row };
  });
}

/** Bodies that have not come, by id. Those that failed are left to `failuresDue`. */
export function dueBodies(connection: Connection, source: string, limit: number, afterId?: string): BodyDue[] {
  const number = sourceOf(connection, source);
  if (number === undefined) return [];
  const after: Value[] = afterId === undefined ? [] : [encodeText(afterId)];
  return connection
    .prepare(
      `SELECT i.native_id, i.version, i.mime, i.bytes, c.native_id AS container_id
       FROM items i INDEXED BY items_due LEFT JOIN containers c ON c.id = i.container
       WHERE i.source = ? AND i.due > 0 AND i.lost_at IS NULL ${afterId === undefined ? "" : "AND i.native_id > ?"}
         AND NOT EXISTS (SELECT 1 FROM failures f WHERE f.source = i.source AND f.native_id = i.native_id)
       ORDER BY i.native_id LIMIT ?`,
    )
    .all(number, ...after, limit)
    .map((row) => {
      const container = decodeOptional(row.container_id);
      return {
        id: decodeText(row.native_id ?? null),
        version: decodeText(row.version ?? null),
        mime: decodeText(row.mime ?? null),
        ...(row.bytes !== null && { bytes: Number(row.bytes) }),
        ...(container !== undefined && { container }),
      };
    });
}

const SELECT_FAILURE = "SELECT f.*, s.name AS source_name FROM failures f JOIN sources s ON s.id = f.source";

/** Failures that may be tried again, the longest untried first. */
export function dueFailures(
  connection: Connection,
  source: string,
  limit: number,
  maxAttempts: number,
): StoredFailure[] {
  return connection
    .prepare(`${SELECT_FAILURE} WHERE s.name = ? AND f.attempts < ? ORDER BY f.last_at, f.native_id LIMIT ?`)
    .all(source, maxAttempts, limit)
    .map(failureOf);
}

/** Failures by id, then source; `after` is the last one of the page before. */
export function listFailures(
  connection: Connection,
  request: { sources?: string[]; limit: number; after?: { id: string; source: string } },
): StoredFailure[] {
  const sources = request.sources === undefined ? null : JSON.stringify(request.sources);
  const after: Value[] = request.after === undefined ? [] : [encodeText(request.after.id), request.after.source];
  return connection
    .prepare(
      `${SELECT_FAILURE} WHERE (? IS NULL OR s.name IN (SELECT value FROM json_each(?)))
         ${request.after === undefined ? "" : "AND (f.native_id, s.name) > (?, ?)"} ORDER BY f.native_id, s.name LIMIT ?`,
    )
    .all(sources, sources, ...after, request.limit)
    .map(failureOf);
}

function failureOf(row: Row): StoredFailure {
  const container = decodeOptional(row.container);
  const hint = decodeOptional(row.hint);
  return {
    source: decodeText(row.source_name ?? null),
    ...(container !== undefined && { container }),
    id: decodeText(row.native_id ?? null),
    kind: decodeText(row.kind ?? null) as StoredFailure["kind"],
    message: decodeText(row.message ?? null),
    ...(hint !== undefined && { hint }),
    attempts: Number(row.attempts),
    firstAt: iso(row.first_at) ?? "",
    lastAt: iso(row.last_at) ?? "",
  };
}

/** The containers of a source that it listed last or that have items, by name. */
export function listContainers(
  connection: Connection,
  source: string,
): { id: string; name: string; url?: string; access?: Access }[] {
  return connection
    .prepare(
      `SELECT c.native_id, c.name, c.url, c.acl, a.access FROM containers c JOIN sources s ON s.id = c.source
       LEFT JOIN acls a ON a.id = c.acl
       WHERE s.name = ? AND (c.listed = 1 OR EXISTS (SELECT 1 FROM items i WHERE i.container = c.id))
       ORDER BY c.name, c.id`,
    )
    .all(source)
    .map((row) => {
      const url = decodeOptional(row.url);
      const access = accessOf(row);
      return {
        id: decodeText(row.native_id ?? null),
        name: decodeText(row.name ?? null),
        ...(url !== undefined && { url }),
        ...(access !== undefined && { access }),
      };
    });
}
