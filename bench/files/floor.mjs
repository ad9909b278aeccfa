// The raw limit: texts that are in memory already go into a table and its FTS5 index, with the settings that headwater
// uses, in one straight loop. Prints the milliseconds of that loop. Usage: node floor.mjs <documents> <bytes> <file>
import { createRequire } from "node:module";
import { documentAt, fileOf, folderOf } from "../text.mjs";

const [count, bytes, file] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4]];
const documents = Array.from({ length: count }, (_, number) => ({
  id: `${folderOf(number)}/${fileOf(number)}`,
  ...documentAt(number, bytes),
}));

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

const startedAt = performance.now();
const spentBefore = process.cpuUsage();
for (let from = 0; from < count; from += 1000) {
  database.exec("BEGIN IMMEDIATE");
  for (let number = from; number < Math.min(count, from + 1000); number++) {
    const { id, title, text } = documents[number];
    insertRow.run(
      number + 1,
      (number / 250) | 0,
      id,
      title,
      text,
      1_786_000_000_000 + number,
      `${number}-${text.length}`,
    );
    insertWords.run(number + 1, title, text);
  }
  database.exec("COMMIT");
}
const ms = performance.now() - startedAt;
const spent = process.cpuUsage(spentBefore);
console.log(JSON.stringify({ ms, cpuMs: (spent.user + spent.system) / 1000 }));
database.close();

function open(path) {
  const load = createRequire(import.meta.url);
  try {
    return new (load("better-sqlite3"))(path);
  } catch {
    return new (load("node:sqlite").DatabaseSync)(path);
  }
}
