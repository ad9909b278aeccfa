import type { HitPlace, HitThread, SearchHit } from "../../model/search.ts";
import { anywhere } from "../query/expression.ts";
import { type Needle, needleOf } from "../query/matches.ts";
import { LONGEST_TEXT, snippetOf } from "../query/snippet.ts";
import type { Term } from "../query/term.ts";
import type { Connection, Row, Value } from "./driver.ts";
import { highestRow, knownFrequency } from "./frequency.ts";
import type { Ranked } from "./ranked.ts";
import { decodeOptional, decodeText } from "./text.ts";

/** A hit as the index knows it: named by the question, with all of its words, or with some. */
export interface Found extends Ranked {
  tier: "exact" | "all" | "some";
}

/** A hit with what it stands for. */
export interface Folded extends Found {
  copies: HitPlace[];
  thread?: HitThread;
}

/** The hits as people see them, in the same order, with the best passage of each. */
export function hitsOf(connection: Connection, found: readonly Folded[], terms: readonly Term[]): SearchHit[] {
  const needles = needlesOf(connection, terms);
  const rows = connection.prepare(
    `SELECT i.native_id, i.title, i.url, i.created_at, i.updated_at, i.authors, i.tags, s.name AS source, n.name AS kind,
            c.native_id AS container, substr(b.text, 1, ${LONGEST_TEXT}) AS text
     FROM items i JOIN sources s ON s.id = i.source JOIN names n ON n.id = i.kind
     LEFT JOIN containers c ON c.id = i.container LEFT JOIN bodies b ON b.item = i.id WHERE i.id = ?`,
  );
  const hits: SearchHit[] = [];
  for (const each of found) {
    const row = rows.get(each.row);
    if (row !== undefined) hits.push(hitOf(row, each, needles));
  }
  return hits;
}

/** Words to look for in the texts; rare ones weigh more. A word that was not counted yet is not counted for this. */
function needlesOf(connection: Connection, terms: readonly Term[]): Needle[] {
  const all = highestRow(connection) + 1;
  const weigh = (term: Term) => {
    const frequency = knownFrequency(connection, anywhere(term));
    const weight = frequency === undefined ? term.text.length : Math.log(1 + all / (1 + frequency));
    return term.parts.length > 1 ? 2 * weight : weight;
  };
  return terms.map((term) => needleOf(term, weigh(term))).filter((needle) => needle !== undefined);
}

function hitOf(row: Row, found: Folded, needles: readonly Needle[]): SearchHit {
  const text = decodeText(row.text ?? null);
  return {
    source: decodeText(row.source ?? null),
    id: decodeText(row.native_id ?? null),
    kind: decodeText(row.kind ?? null),
    title: decodeText(row.title ?? null),
    url: decodeOptional(row.url),
    container: decodeOptional(row.container),
    authors: listOf(row.authors),
    tags: listOf(row.tags),
    createdAt: timeOf(row.created_at),
    updatedAt: timeOf(row.updated_at),
    snippet: text === "" ? { text: "", offset: 0 } : snippetOf(text, needles),
    score: Math.round(((found.tier === "exact" ? 1 : 0) + found.score / (found.score + 1)) * 10_000) / 10_000,
    matched: found.tier === "some" ? "some" : "all",
    ...(found.copies.length > 0 && { copies: found.copies }),
    ...((found.thread?.more ?? 0) > 0 && { thread: found.thread }),
  };
}

function listOf(value: Value | undefined): string[] {
  return value === null || value === undefined ? [] : (JSON.parse(decodeText(value)) as string[]);
}

function timeOf(value: Value | undefined): string | undefined {
  return value === null || value === undefined ? undefined : new Date(Number(value)).toISOString();
}
