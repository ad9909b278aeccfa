// The raw limit of the store: a table of documents and its FTS5 index with the settings that headwater uses, and nothing around it.
import { createRequire } from "node:module";

/** Opens a new file; `insert` puts documents `{number, container, id, title, text, updated, version}` in, a transaction each call. */
export function openRaw(file) {
  const database = open(file);
  database.exec(`
  PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
  PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;
  CREATE TABLE docs (
    id INTEGER PRIMARY KEY, source INTEGER, container INTEGER, ext_id TEXT, title TEXT, body TEXT, url TEXT, author TEXT,
    updated INTEGER, version TEXT, hash BLOB, UNIQUE (source, ext_id)
  );
  CREATE INDEX docs_updated ON docs (source, updated);
  CREATE INDEX docs_container ON docs (container, updated);
  CREATE VIRTUAL TABLE fts USING fts5 (
    title, body, facets, content='', contentless_delete=1, tokenize='porter unicode61 remove_diacritics 2'
  );
  INSERT INTO fts (fts, rank) VALUES ('automerge', 16);`);
  const insertRow = database.prepare(
    "INSERT INTO docs (id, source, container, ext_id, title, body, updated, version) VALUES (?, 1, ?, ?, ?, ?, ?, ?)",
  );
  const insertWords = database.prepare(
    "INSERT INTO fts (rowid, title, body, facets) VALUES (?, ?, ?, 's1 k1 y2026 m202608')",
  );
  return {
    insert(documents) {
      database.exec("BEGIN IMMEDIATE");
      for (const { number, container, id, title, text, updated, version } of documents) {
        insertRow.run(number, container, id, title, text, updated, version);
        insertWords.run(number, title, text);
      }
      database.exec("COMMIT");
    },
    close: () => database.close(),
  };
}

function open(path) {
  const load = createRequire(import.meta.url);
  try {
    return new (load("better-sqlite3"))(path);
  } catch {
    return new (load("node:sqlite").DatabaseSync)(path);
  }
}
