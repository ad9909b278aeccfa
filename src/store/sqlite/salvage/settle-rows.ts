import { sameValue } from "../columns.ts";
import type { Connection } from "../driver.ts";
import { fingerprint } from "../fingerprint.ts";
import { writeAliases } from "../links.ts";
import { decodeText } from "../text.ts";
import { indexStored } from "../upsert.ts";
import { COUNTED } from "../verify.ts";
import type { Writer } from "../writing.ts";

/** What was met while a store was read that may be damaged. */
export interface Doubt {
  /** The structure of the file was broken, so that rows may hold other values than were stored. */
  structure: boolean;
  /** Tables of which rows are missing. */
  incomplete: ReadonlySet<string>;
}

/** Tables that say who may read what: without one of their rows an item could be shown to the wrong person. */
const WHO_MAY_READ = ["acls", "grants", "members", "containers", "names"];

/**
 * Brings salvaged rows into agreement: drops what refers to something lost, what is no longer what it was and what could
 * be shown to the wrong person, works out again what follows from the rest, and has everything in doubt asked for anew
 * by the next sync. Answers how many texts were dropped.
 */
export function settleRows(writer: Writer, doubt: Doubt): number {
  const { connection } = writer;
  for (const sql of DROP) connection.exec(sql);
  if (WHO_MAY_READ.some((table) => doubt.incomplete.has(table))) connection.exec(DROP_RESTRICTED);
  const dropped = dropWrongTexts(connection);
  for (const sql of AGREE) connection.exec(sql);
  const lost = doubt.structure || doubt.incomplete.size > 0;
  if (lost || dropped > 0) connection.exec(FORGET_CURSORS);
  if (lost) connection.exec("UPDATE items SET version = ''");
  workOutAgain(writer);
  return dropped;
}

const DROP = [
  `DELETE FROM items WHERE source NOT IN (SELECT id FROM sources)
     OR kind NOT IN (SELECT id FROM names WHERE type = 'kind')
     OR (container IS NOT NULL AND container NOT IN (SELECT c.id FROM containers c WHERE c.source = items.source))
     OR (acl IS NOT NULL AND acl <> 0 AND acl NOT IN (SELECT id FROM acls))
     OR typeof(native_id) NOT IN ('text', 'blob') OR typeof(title) NOT IN ('text', 'blob')
     OR typeof(coalesce(created_at, 0)) <> 'integer' OR typeof(coalesce(updated_at, 0)) <> 'integer'
     OR abs(coalesce(created_at, 0)) > 8640000000000000 OR abs(coalesce(updated_at, 0)) > 8640000000000000
     OR typeof(first_seen) <> 'integer' OR typeof(changed_at) <> 'integer'
     OR abs(first_seen) > 8640000000000000 OR abs(changed_at) > 8640000000000000
     OR NOT json_valid(coalesce(authors, '[]')) OR NOT json_valid(coalesce(tags, '[]'))
     OR NOT json_valid(coalesce(fields, '{}')) OR NOT json_valid(coalesce(aliases, '[]'))
     OR NOT json_valid(coalesce(former, '[]'))`,
  "DELETE FROM bodies WHERE item NOT IN (SELECT id FROM items)",
  "DELETE FROM relations WHERE item NOT IN (SELECT id FROM items)",
  "DELETE FROM runs WHERE NOT json_valid(report)",
  "DELETE FROM memory WHERE NOT json_valid(value)",
  `DELETE FROM changes WHERE verb NOT BETWEEN 0 AND 4 OR source NOT IN (SELECT id FROM sources)
     OR NOT json_valid(coalesce(copy, '{}')) OR typeof(at) <> 'integer' OR abs(at) > 8640000000000000`,
  "DELETE FROM failures WHERE source NOT IN (SELECT id FROM sources)",
  "DELETE FROM places WHERE source NOT IN (SELECT id FROM sources)",
  "DELETE FROM passes",
  "DELETE FROM pass_seen",
  "DELETE FROM writers",
  "UPDATE leases SET owner = NULL, expires_at = 0",
];

const DROP_RESTRICTED = `DELETE FROM items WHERE (acl IS NOT NULL AND acl <> 0)
  OR container IN (SELECT id FROM containers WHERE acl IS NOT NULL AND acl <> 0)`;

const AGREE = [
  "DELETE FROM bodies WHERE item NOT IN (SELECT id FROM items)",
  "DELETE FROM relations WHERE item NOT IN (SELECT id FROM items)",
  "UPDATE items SET links = (SELECT count(*) FROM relations WHERE item = items.id)",
  `UPDATE items SET text_length = NULL, text_bytes = NULL, hash = NULL, body_version = NULL, version = '',
     due = CASE WHEN mime IS NULL THEN 0 ELSE 1 END
   WHERE text_length IS NOT NULL AND id NOT IN (SELECT item FROM bodies)`,
  "DELETE FROM counters",
  `INSERT INTO counters (source, name, value) ${COUNTED}`,
  `INSERT INTO meta (key, value)
     SELECT 'next_row', 1 + max(coalesce((SELECT max(id) FROM items), 0), coalesce((SELECT max(item) FROM changes), 0))
     WHERE true ON CONFLICT (key) DO UPDATE SET value = max(value, excluded.value)`,
  `INSERT INTO meta (key, value) SELECT 'next_seq', 1 + coalesce((SELECT max(seq) FROM changes), 0)
     WHERE true ON CONFLICT (key) DO UPDATE SET value = max(value, excluded.value)`,
];

const FORGET_CURSORS = "UPDATE places SET cursor = NULL, options = NULL, last_full_pass_at = NULL, held_digest = NULL";

const AT_ONCE = 200;

/** A text that is not what its fingerprint says has been damaged. */
function dropWrongTexts(connection: Connection): number {
  const read = connection.raw(
    `SELECT b.item, b.text, i.hash, i.text_length FROM bodies b JOIN items i ON i.id = b.item
     WHERE b.item > ? ORDER BY b.item LIMIT ${AT_ONCE}`,
  );
  const drop = connection.prepare("DELETE FROM bodies WHERE item = ?");
  let dropped = 0;
  for (let rows = read.all(0); rows.length > 0; rows = read.all(rows.at(-1)?.[0] ?? null)) {
    for (const [item, stored, hash, length] of rows) {
      const text = decodeText(stored ?? null);
      if (sameValue(fingerprint(text), hash) && text.length === length) continue;
      drop.run(item ?? null);
      dropped += 1;
    }
  }
  return dropped;
}

/** The names and the full text index of every item. */
function workOutAgain(writer: Writer): void {
  const { connection } = writer;
  connection.exec("DELETE FROM aliases");
  const read = connection.prepare(`SELECT * FROM items WHERE id > ? ORDER BY id LIMIT ${AT_ONCE}`);
  for (let rows = read.all(0); rows.length > 0; rows = read.all(rows.at(-1)?.id ?? null)) {
    for (const row of rows) {
      writeAliases(connection, Number(row.id), Number(row.source), row.aliases ?? null, row.former ?? null);
      if (row.lost_at === null) indexStored(writer, row);
    }
  }
}
