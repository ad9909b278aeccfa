import type { SearchAnswer, SearchHit, SearchRequest } from "../../model/search.ts";
import type { Connection, Row, Value } from "./driver.ts";
import { decodeOptional, decodeText, indexable } from "./text.ts";
import { visibleTo } from "./visibility.ts";

/** The best items for a question: every word of it must be met in the title or the text. */
export function searchItems(connection: Connection, request: SearchRequest, _now: Date): SearchAnswer {
  const words = indexable(request.query).match(/[\p{L}\p{N}]+/gu) ?? [];
  const understood = { words: [...words], phrases: [], ignored: [], filters: {}, hints: [] };
  if (words.length === 0) return { hits: [], understood };
  const match = `{title body} : (${words.map((word) => `"${word}"`).join(" AND ")})`;
  const visible = visibleTo(connection, request.viewer);
  const sources = request.sources ? "AND s.name IN (SELECT value FROM json_each(?))" : "";
  const parameters: Value[] = [match, ...visible.parameters];
  if (request.sources) parameters.push(JSON.stringify(request.sources));
  const rows = connection
    .prepare(
      `SELECT i.*, s.name AS source_name, n.name AS kind_name, b.text AS text, bm25(fts, 3, 1, 0) AS score
       FROM fts JOIN items i ON i.id = fts.rowid JOIN sources s ON s.id = i.source JOIN names n ON n.id = i.kind
       LEFT JOIN bodies b ON b.item = i.id
       WHERE fts MATCH ? AND ${visible.sql} ${sources} ORDER BY score LIMIT ${Math.trunc(request.limit)}`,
    )
    .all(...parameters);
  return { hits: rows.map(hitOf), understood };
}

function hitOf(row: Row): SearchHit {
  return {
    source: decodeText(row.source_name ?? null),
    id: decodeText(row.native_id ?? null),
    kind: decodeText(row.kind_name ?? null),
    title: decodeText(row.title ?? null),
    url: decodeOptional(row.url),
    authors: JSON.parse(decodeText(row.authors ?? "[]")),
    tags: JSON.parse(decodeText(row.tags ?? "[]")),
    snippet: { text: decodeText(row.text ?? null).slice(0, 200), offset: 0 },
    score: -Number(row.score),
    matched: "all",
  };
}
