import type { Viewer } from "../../model/search.ts";
import type { RelatedItem } from "../store.ts";
import { aliasKey } from "./columns.ts";
import type { Connection, Row, Value } from "./driver.ts";
import { keyOf } from "./keys.ts";
import { listOf } from "./links.ts";
import { rowOf, visibleById, visibleRow } from "./lookup.ts";
import { decodeOptional, decodeText } from "./text.ts";

const LINK = "SELECT item, source, position, rel, target_id, target_url FROM relations";

/**
 * What an item points to, in the order written, then what points to it. Targets are found when asked: by id or alias
 * in the same source, by address in any.
 */
export function relatedItems(
  connection: Connection,
  source: string,
  id: string,
  viewer: Viewer,
  limit = 100,
): RelatedItem[] {
  const self = visibleRow(connection, source, id, viewer);
  if (!self) return [];
  const answer: RelatedItem[] = [];
  for (const link of connection.prepare(`${LINK} WHERE item = ? ORDER BY position`).all(self.id ?? null)) {
    if (answer.length === limit) return answer;
    answer.push(pointingOut(connection, link, viewer));
  }
  for (const link of linksTo(connection, self)) {
    if (answer.length === limit) return answer;
    const item = endOf(visibleById(connection, Number(link.item), viewer));
    if (item) answer.push({ rel: decodeText(link.rel ?? null), direction: "in", item });
  }
  return answer;
}

/** A target the viewer may not see is given as it was written, as if it were not stored. */
function pointingOut(connection: Connection, link: Row, viewer: Viewer): RelatedItem {
  const target = targetOf(connection, link);
  const item = target === undefined ? undefined : endOf(visibleById(connection, target, viewer));
  const related: RelatedItem = { rel: decodeText(link.rel ?? null), direction: "out" };
  if (item) return { ...related, item };
  return { ...related, target: decodeOptional(link.target_id) ?? decodeOptional(link.target_url) };
}

function targetOf(connection: Connection, link: Row): number | undefined {
  const id = decodeOptional(link.target_id);
  const byId = id === undefined ? undefined : rowOf(connection, Number(link.source), id);
  if (byId !== undefined) return byId;
  const url = decodeOptional(link.target_url);
  if (url === undefined) return undefined;
  const rows = connection
    .raw("SELECT id, url FROM items WHERE url_key = ? ORDER BY source = ? DESC, id")
    .all(keyOf(url), link.source ?? null);
  const found = rows.find(([, written]) => decodeText(written ?? null) === url);
  return found ? Number(found[0]) : undefined;
}

/** Links that lead to an item, one per item and meaning. Names shared by several items are checked by going there. */
function linksTo(connection: Connection, self: Row): Row[] {
  const names = [decodeText(self.native_id ?? null), ...listOf(self.aliases), ...listOf(self.former)];
  const read = (where: string, parameters: Value[]) =>
    connection.prepare(`${LINK} WHERE ${where} ORDER BY item, position`).all(...parameters);
  const keys = [...new Set(names.map(aliasKey))];
  const links = keys.flatMap((key) => read("source = ? AND target_key = ?", [self.source ?? null, key]));
  if (self.url_key !== null) links.push(...read("url_key = ?", [self.url_key ?? null]));
  const met = new Set<string>();
  return links.filter((link) => {
    const key = `${link.item} ${link.rel}`;
    if (link.item === self.id || met.has(key) || targetOf(connection, link) !== Number(self.id)) return false;
    met.add(key);
    return true;
  });
}

function endOf(row: Row | undefined): RelatedItem["item"] {
  if (!row) return undefined;
  const url = decodeOptional(row.url);
  return {
    source: decodeText(row.source_name ?? null),
    id: decodeText(row.native_id ?? null),
    kind: decodeText(row.kind_name ?? null),
    title: decodeText(row.title ?? null),
    ...(url !== undefined && { url }),
  };
}
