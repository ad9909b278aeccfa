/**
 * The tables of one tenant: `SCHEMA` as of version 1, then what each later version adds. Released texts stay as they are.
 *
 * Whole numbers stand for names everywhere (`sources`, `containers`, `names`), times are milliseconds since 1970 in UTC,
 * and JSON columns are NULL when empty. A string that is not well-formed UTF-16 is kept as a blob (see `text.ts`).
 *
 * `items.id` is never used twice and grows with time; `fts` holds one row per item that may be found, under the same id.
 * Hidden (lost) items have no row in `fts`.
 */
export const SCHEMA_VERSION = 2;

/** An item that everybody of the tenant may read, whatever its container says. */
export const ACL_EVERYONE = 0;

export const VERBS = ["added", "updated", "moved", "deleted", "lost"] as const;

export const SCHEMA = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE sources (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

-- acl: NULL inherits from the container and then means everyone; 0 is everyone; else a row of acls.
CREATE TABLE containers (
  id INTEGER PRIMARY KEY, source INTEGER NOT NULL, native_id TEXT NOT NULL, name TEXT NOT NULL, url TEXT, acl INTEGER,
  listed INTEGER NOT NULL DEFAULT 0, UNIQUE (source, native_id)
);
-- type: kind, author, tag or principal.
CREATE TABLE names (id INTEGER PRIMARY KEY, type TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (type, name));
CREATE TABLE acls (id INTEGER PRIMARY KEY, source INTEGER NOT NULL, access TEXT NOT NULL, UNIQUE (source, access));
CREATE TABLE grants (
  principal INTEGER NOT NULL, acl INTEGER NOT NULL, allow INTEGER NOT NULL, PRIMARY KEY (principal, acl, allow)
) WITHOUT ROWID;
CREATE TABLE members (
  member INTEGER NOT NULL, source INTEGER NOT NULL, grp INTEGER NOT NULL, PRIMARY KEY (member, grp)
) WITHOUT ROWID;
CREATE INDEX members_group ON members (grp);

-- due: 0 the body is here, 1 it is to come, 2 to come and only it will tell whether the item changed. links: relations.
-- former: ids and aliases from before it moved; they outlive what the source says of aliases.
CREATE TABLE items (
  id INTEGER PRIMARY KEY, source INTEGER NOT NULL, native_id TEXT NOT NULL, version TEXT NOT NULL,
  container INTEGER, kind INTEGER NOT NULL, title TEXT NOT NULL, url TEXT, url_key INTEGER, parent TEXT,
  created_at INTEGER, updated_at INTEGER, mime TEXT, bytes INTEGER, handle TEXT, acl INTEGER,
  authors TEXT, tags TEXT, fields TEXT, aliases TEXT, former TEXT, hash BLOB, text_length INTEGER,
  text_bytes INTEGER, body_version TEXT,
  due INTEGER NOT NULL DEFAULT 0, links INTEGER NOT NULL DEFAULT 0,
  first_seen INTEGER NOT NULL, changed_at INTEGER NOT NULL, lost_at INTEGER, UNIQUE (source, native_id)
);
CREATE INDEX items_updated ON items (source, updated_at);
CREATE INDEX items_container ON items (container, updated_at) WHERE container IS NOT NULL;
CREATE INDEX items_parent ON items (source, parent) WHERE parent IS NOT NULL;
CREATE INDEX items_handle ON items (source, handle) WHERE handle IS NOT NULL;
CREATE INDEX items_url ON items (url_key) WHERE url_key IS NOT NULL;
CREATE INDEX items_due ON items (source, native_id) WHERE due > 0;
CREATE INDEX items_lost ON items (source, lost_at) WHERE lost_at IS NOT NULL;

CREATE TABLE bodies (item INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE VIRTUAL TABLE fts USING fts5 (
  title, body, facets, content='', contentless_delete=1, tokenize='porter unicode61 remove_diacritics 2'
);
INSERT INTO fts (fts, rank) VALUES ('automerge', 16);

-- key: keyOf(folded alias), see keys.ts.
CREATE TABLE aliases (source INTEGER NOT NULL, key INTEGER NOT NULL, item INTEGER NOT NULL, alias TEXT NOT NULL,
  PRIMARY KEY (source, key, item, alias)) WITHOUT ROWID;
CREATE INDEX aliases_item ON aliases (item);

-- target_key: keyOf(folded target_id); url_key: keyOf(target_url).
CREATE TABLE relations (
  item INTEGER NOT NULL, position INTEGER NOT NULL, source INTEGER NOT NULL, rel TEXT NOT NULL,
  target_id TEXT, target_key INTEGER, target_url TEXT, url_key INTEGER, text TEXT, PRIMARY KEY (item, position)
) WITHOUT ROWID;
CREATE INDEX relations_target ON relations (source, target_key) WHERE target_key IS NOT NULL;
CREATE INDEX relations_url ON relations (url_key) WHERE url_key IS NOT NULL;

-- container: '' is the whole source.
CREATE TABLE places (
  id INTEGER PRIMARY KEY, source INTEGER NOT NULL, container TEXT NOT NULL, cursor TEXT, options TEXT,
  last_full_pass_at INTEGER, pass_number INTEGER NOT NULL DEFAULT 0, held_digest BLOB, UNIQUE (source, container)
);
-- start_row: the first items.id not used when the pass began. met: whether anything was seen.
CREATE TABLE passes (
  place INTEGER PRIMARY KEY, number INTEGER NOT NULL, started_at INTEGER NOT NULL, start_row INTEGER NOT NULL,
  met INTEGER NOT NULL DEFAULT 0
);
-- One bit per item seen, 32,768 items a row.
CREATE TABLE pass_seen (
  id INTEGER PRIMARY KEY, place INTEGER NOT NULL, chunk INTEGER NOT NULL, bits BLOB NOT NULL, UNIQUE (place, chunk)
);

CREATE TABLE runs (
  run_id TEXT PRIMARY KEY, source TEXT NOT NULL, state TEXT NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER,
  cancel INTEGER NOT NULL DEFAULT 0, report TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX runs_started ON runs (source, started_at);
CREATE TABLE leases (
  source TEXT PRIMARY KEY, fence INTEGER NOT NULL, owner TEXT, host TEXT, pid INTEGER, expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE writers (process TEXT PRIMARY KEY, host TEXT NOT NULL, pid INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE failures (
  id INTEGER PRIMARY KEY, source INTEGER NOT NULL, native_id TEXT NOT NULL, container TEXT, kind TEXT NOT NULL,
  message TEXT NOT NULL, hint TEXT, attempts INTEGER NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL,
  UNIQUE (source, native_id)
);

-- verb: index in VERBS. native_id and copy are kept where the item is gone (deleted), from_id where it moved.
CREATE TABLE changes (
  seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, verb INTEGER NOT NULL, source INTEGER NOT NULL, item INTEGER NOT NULL,
  native_id TEXT, from_id TEXT, container INTEGER, acl INTEGER, copy TEXT
);
CREATE INDEX changes_item ON changes (item);
CREATE INDEX changes_at ON changes (at);
CREATE INDEX changes_gone ON changes (source, native_id) WHERE native_id IS NOT NULL;
CREATE TABLE counters (
  source INTEGER NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL, PRIMARY KEY (source, name)
) WITHOUT ROWID;
`;

/** Version 2: what is kept of a source beside its items. */
export const SCHEMA_2 = `
-- Rows are replaced, not updated: a smaller id is an older value.
CREATE TABLE memory (
  id INTEGER PRIMARY KEY, source TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, at INTEGER NOT NULL,
  UNIQUE (source, key)
);
CREATE INDEX memory_age ON memory (source, id);
CREATE TABLE deliveries (
  source TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (source, id)
) WITHOUT ROWID;
CREATE INDEX deliveries_at ON deliveries (at);
CREATE TABLE pauses (source TEXT PRIMARY KEY, until INTEGER NOT NULL, reason TEXT NOT NULL) WITHOUT ROWID;
`;
