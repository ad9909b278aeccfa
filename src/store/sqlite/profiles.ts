import { COUNTED_TEXT, type Profile, profileOf } from "../query/profile.ts";
import { isFull, newVocabulary, type Vocabulary } from "../query/vocabulary.ts";
import type { Connection, Value } from "./driver.ts";
import { listOf } from "./links.ts";
import { decodeText } from "./text.ts";

/** Of longer texts only the title is looked at: reading their beginning would read all of them. */
const LONGEST_READ = 200_000;
/** So many items' beginnings are kept; 2,500 more took 25 MB of a server with a million notes. */
const MOST_KEPT = 1500;

interface Kept {
  profile: Profile;
  /** The state of the file when it was last known to be right, and of the item then. */
  version: number;
  stamp: string;
}

/** What one connection has learnt of words and beginnings; forgotten together. */
export interface Learnt {
  /** Shared by all connections of the process. */
  vocabulary: Vocabulary;
  kept: Map<number, Kept>;
  /** What a word weighs, by its number, when the store had so many items. */
  weights: { items: number; known: Map<number, number> };
}

let vocabulary = newVocabulary();
const learnt = new WeakMap<Connection, Learnt>();

/** What this connection knows; to be asked for once a question, since what became too much is forgotten here. */
export function learntBy(connection: Connection): Learnt {
  if (isFull(vocabulary)) vocabulary = newVocabulary();
  const known = learnt.get(connection);
  if (known?.vocabulary === vocabulary) return known;
  const fresh: Learnt = { vocabulary, kept: new Map(), weights: { items: 0, known: new Map() } };
  learnt.set(connection, fresh);
  return fresh;
}

// What an edit changes: the moment it was noticed, the digest of the text, and what a profile is made from besides.
const STAMP = `i.changed_at || '/' || coalesce(hex(i.hash), '') || '/' || i.title || '/' || coalesce(i.authors, '') ||
  '/' || coalesce(i.tags, '') || '/' || coalesce(i.aliases, '')`;
const AMONG = "WHERE i.id IN (SELECT value FROM json_each(?))";

/**
 * The beginnings of a few items, in their order. Those met before are kept, and read again only when the item has
 * changed; an item that has gone has an empty one.
 */
export function profilesOf(connection: Connection, { vocabulary, kept }: Learnt, rows: readonly number[]): Profile[] {
  const version = Number(connection.raw("PRAGMA data_version").get()?.[0]);
  forgetChanged(connection, kept, rows, version);
  const missing = rows.filter((row) => !kept.has(row));
  if (missing.length > 0) readProfiles(connection, vocabulary, kept, missing, version);
  return rows.map((row) => {
    const known = kept.get(row);
    if (known === undefined) return profileOf(vocabulary, { title: "", text: "", textLength: 0, names: [] });
    kept.delete(row);
    kept.set(row, known);
    return known.profile;
  });
}

/** Something was written since: those that differ now are to be read again. */
function forgetChanged(
  connection: Connection,
  kept: Map<number, Kept>,
  rows: readonly number[],
  version: number,
): void {
  const doubtful = rows.filter((row) => kept.has(row) && kept.get(row)?.version !== version);
  if (doubtful.length === 0) return;
  const stamps = new Map(
    connection
      .raw(`SELECT i.id, ${STAMP} FROM items i ${AMONG}`)
      .all(JSON.stringify(doubtful))
      .map(([row, stamp]) => [Number(row), stampOf(stamp)]),
  );
  for (const row of doubtful) {
    const known = kept.get(row);
    if (known !== undefined && known.stamp === stamps.get(row)) known.version = version;
    else kept.delete(row);
  }
}

function readProfiles(
  connection: Connection,
  vocabulary: Vocabulary,
  kept: Map<number, Kept>,
  rows: readonly number[],
  version: number,
): void {
  const read = connection.raw(
    `SELECT i.id, ${STAMP}, i.title, i.authors, i.tags, i.aliases, i.text_length,
            CASE WHEN i.text_length <= ${LONGEST_READ} THEN substr(b.text, 1, ${COUNTED_TEXT}) END
     FROM items i LEFT JOIN bodies b ON b.item = i.id ${AMONG}`,
  );
  for (const [row, stamp, title, authors, tags, aliases, length, text] of read.all(JSON.stringify(rows))) {
    const names = [...listOf(authors).map((name) => name.replace(/^(?:user|group):/, "")), ...listOf(tags)];
    const beginning = {
      title: decodeText(title ?? null),
      text: decodeText(text ?? null),
      textLength: Number(length ?? 0),
      names: [...names, ...listOf(aliases)],
    };
    kept.set(Number(row), { profile: profileOf(vocabulary, beginning), version, stamp: stampOf(stamp) });
  }
  for (const oldest of kept.keys()) {
    if (kept.size <= MOST_KEPT) break;
    kept.delete(oldest);
  }
}

function stampOf(stamp: Value | undefined): string {
  return decodeText(stamp ?? null);
}
