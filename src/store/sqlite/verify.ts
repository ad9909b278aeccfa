import { sameValue } from "./columns.ts";
import type { Connection } from "./driver.ts";
import { storeError } from "./failure.ts";
import { fingerprint } from "./fingerprint.ts";
import { decodeText } from "./text.ts";

/**
 * Sentences about what is wrong with a store's file; none when it is sound. "quick" reads the structure of every page;
 * "full" also compares indexes with tables, the full text index with itself and with the items, each text with its
 * fingerprint, and the counters with a recount.
 */
export function check(connection: Connection, depth: "quick" | "full"): string[] {
  const checks: (() => string[])[] =
    depth === "quick"
      ? [() => pragma(connection, "quick_check")]
      : [
          () => pragma(connection, "integrity_check"),
          () => index(connection),
          () => texts(connection),
          () => counters(connection),
        ];
  const found: string[] = [];
  for (const each of checks) {
    try {
      found.push(...each());
    } catch (error) {
      found.push(storeError(error).message);
    }
    if (found.length > 0) break;
  }
  return found;
}

function pragma(connection: Connection, name: "quick_check" | "integrity_check"): string[] {
  const rows = connection.raw(`PRAGMA ${name}(10)`).all();
  const said = rows.map(([line]) => String(line)).filter((line) => line !== "ok");
  return said.map((line) => `The file is damaged: ${line}.`);
}

function index(connection: Connection): string[] {
  try {
    connection.exec("INSERT INTO fts (fts, rank) VALUES ('integrity-check', 0)");
  } catch {
    return ["The full text index does not agree with itself."];
  }
  const lacking = one(
    connection,
    "SELECT count(*) FROM items WHERE lost_at IS NULL AND id NOT IN (SELECT id FROM fts_docsize)",
  );
  const foreign = one(
    connection,
    "SELECT count(*) FROM fts_docsize WHERE id NOT IN (SELECT id FROM items WHERE lost_at IS NULL)",
  );
  const bodies = one(
    connection,
    "SELECT count(*) FROM items WHERE text_length IS NOT NULL AND id NOT IN (SELECT item FROM bodies)",
  );
  return [
    ...(lacking > 0 ? [`${items(lacking)} ${lacking === 1 ? "is" : "are"} not in the full text index.`] : []),
    ...(foreign > 0
      ? [`The full text index knows ${items(foreign)} that ${foreign === 1 ? "is" : "are"} gone or hidden.`]
      : []),
    ...(bodies > 0 ? [`${items(bodies)} ${bodies === 1 ? "lacks its" : "lack their"} text.`] : []),
  ];
}

/** Texts that are not what was stored, read a few hundred at a time. */
function texts(connection: Connection): string[] {
  const read = connection.raw(
    "SELECT b.item, b.text, i.hash FROM bodies b JOIN items i ON i.id = b.item WHERE b.item > ? ORDER BY b.item LIMIT 200",
  );
  let wrong = 0;
  for (let rows = read.all(0); rows.length > 0; rows = read.all(rows.at(-1)?.[0] ?? null)) {
    wrong += rows.filter(([, text, hash]) => !sameValue(fingerprint(decodeText(text ?? null)), hash)).length;
  }
  return wrong === 0 ? [] : [`${items(wrong)} ${wrong === 1 ? "has" : "have"} other words than were stored.`];
}

/** What the counters have to say. */
export const COUNTED = `
  SELECT source, 'items' AS name, count(*) AS value FROM items WHERE lost_at IS NULL GROUP BY source
  UNION ALL SELECT source, 'k' || kind, count(*) FROM items WHERE lost_at IS NULL GROUP BY source, kind
  UNION ALL SELECT source, 'c' || container, count(*) FROM items WHERE lost_at IS NULL AND container IS NOT NULL
    GROUP BY source, container
  UNION ALL SELECT source, 'bytes', sum(coalesce(text_bytes, 0)) FROM items WHERE lost_at IS NULL GROUP BY source
  UNION ALL SELECT source, 'due', count(*) FROM items WHERE lost_at IS NULL AND due > 0 GROUP BY source
  UNION ALL SELECT source, 'lost', count(*) FROM items WHERE lost_at IS NOT NULL GROUP BY source
  UNION ALL SELECT source, 'failures', count(*) FROM failures GROUP BY source`;

function counters(connection: Connection): string[] {
  const wrong = one(
    connection,
    `WITH counted AS (${COUNTED}) SELECT count(*) FROM (
       SELECT source, name, value FROM counted WHERE value <> 0
         EXCEPT SELECT source, name, value FROM counters WHERE value <> 0)`,
  );
  const stale = one(
    connection,
    `WITH counted AS (${COUNTED}) SELECT count(*) FROM (
       SELECT source, name, value FROM counters WHERE value <> 0
         EXCEPT SELECT source, name, value FROM counted WHERE value <> 0)`,
  );
  const off = Math.max(wrong, stale);
  return off === 0 ? [] : [`${off} ${off === 1 ? "counter does" : "counters do"} not agree with what is stored.`];
}

function one(connection: Connection, sql: string): number {
  return Number(connection.raw(sql).get()?.[0] ?? 0);
}

function items(count: number): string {
  return count === 1 ? "1 item" : `${count} items`;
}
