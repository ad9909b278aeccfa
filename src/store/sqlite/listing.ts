import { ConnectorError } from "../../model/errors.ts";
import type { ItemsRequest, StoredItem } from "../store.ts";
import type { Connection, Row, Value } from "./driver.ts";
import { filterItems } from "./filter.ts";
import { itemOf, SELECT_ITEM } from "./rows.ts";
import { encodeText } from "./text.ts";
import { type Condition, visibleTo } from "./visibility.ts";

/** Where a page ended: the last item's edit time (null: none) and row. */
interface Mark {
  updatedAt: number | null;
  row: number;
}

/**
 * Items newest edit first, those without a time last. Pages follow on from the last item shown, so writes in between
 * neither repeat nor skip what stands still.
 */
export function listItems(connection: Connection, request: ItemsRequest): { items: StoredItem[]; nextCursor?: string } {
  const limit = Math.max(1, Math.trunc(request.limit));
  const after = request.cursor === undefined ? undefined : parseMark(request.cursor);
  const found = scopes(connection, request).flatMap((scope) => page(connection, scope, request, after, limit + 1));
  found.sort(newestFirst);
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map((row) => itemOf(connection, row)),
    ...(found.length > limit && last && { nextCursor: formatMark(last) }),
  };
}

/** One scope per source, so that each is read in the order of its index and the few rows of all are merged. */
function scopes(connection: Connection, request: ItemsRequest): Condition[] {
  const wanted = request.sources;
  return connection
    .raw("SELECT id, name FROM sources ORDER BY id")
    .all()
    .filter(([, name]) => wanted === undefined || wanted.includes(String(name)))
    .map(([id]) => ({ sql: "i.source = ?", parameters: [Number(id)] }));
}

function page(
  connection: Connection,
  scope: Condition,
  request: ItemsRequest,
  after: Mark | undefined,
  limit: number,
): Row[] {
  const visible = visibleTo(connection, request.viewer);
  const filter = filterItems(connection, request);
  const parent = request.parent === undefined ? "" : "AND i.parent = ?";
  const fixed: Value[] = [...scope.parameters, ...visible.parameters, ...filter.parameters];
  if (request.parent !== undefined) fixed.push(encodeText(request.parent));
  const where = `${scope.sql} AND i.lost_at IS NULL AND ${visible.sql} AND ${filter.sql} ${parent}`;
  const read = (more: string, parameters: Value[], most: number) =>
    connection
      .prepare(`${SELECT_ITEM} WHERE ${where} AND ${more} ORDER BY i.updated_at DESC, i.id DESC LIMIT ?`)
      .all(...fixed, ...parameters, most);
  const rows: Row[] = [];
  if (after === undefined) rows.push(...read("i.updated_at IS NOT NULL", [], limit));
  else if (after.updatedAt !== null) {
    rows.push(...read("(i.updated_at, i.id) < (?, ?)", [after.updatedAt, after.row], limit));
  }
  if (rows.length >= limit) return rows;
  const before = after && after.updatedAt === null ? after.row : Number.MAX_SAFE_INTEGER;
  return [...rows, ...read("i.updated_at IS NULL AND i.id < ?", [before], limit - rows.length)];
}

function newestFirst(left: Row, right: Row): number {
  const time = (row: Row) => (row.updated_at === null ? Number.NEGATIVE_INFINITY : Number(row.updated_at));
  if (time(left) !== time(right)) return time(left) < time(right) ? 1 : -1;
  return Number(right.id) - Number(left.id);
}

function formatMark(row: Row): string {
  const mark = [row.updated_at === null ? null : Number(row.updated_at), Number(row.id)];
  return Buffer.from(JSON.stringify(mark)).toString("base64url");
}

function parseMark(cursor: string): Mark {
  try {
    const [updatedAt, row] = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")) as unknown[];
    if (typeof row === "number" && (updatedAt === null || typeof updatedAt === "number")) return { updatedAt, row };
  } catch {
    // Said below.
  }
  throw new ConnectorError("usage", "This cursor is not from an earlier page of items.", {
    hint: "Ask for the first page again, without a cursor.",
  });
}
