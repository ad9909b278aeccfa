// Stores to ask judged questions of, made by the product, and the two ways of asking: the product's and the plain one.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadStore } from "../store-room.mjs";
import { publicCollections, sampleQuestions } from "./collections.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Questions with "since" in them mean the same on every day. */
const TODAY = new Date("2026-06-21T12:00:00Z");
const PAGE = 500;

/**
 * Every judged set with its store: `{name, questions, ask(question, ranking), askPlainly(question)}`, both of which
 * answer ids, best first. With `embeddings`, the settings of a service, every text is read by it first, and a set has
 * `askByMeaning(question)` too, which answers a promise. `close` removes what was made.
 */
export async function openSets(collections, embeddings) {
  const room = await loadStore();
  const driver = room.loadDriver();
  const folder = mkdtempSync(join(tmpdir(), "headwater-bench-relevance-"));
  const sets = [];
  const add = (name, questions) => {
    const connection = room.connect(driver, join(folder, `${name}.db`), "reader");
    sets.push({ name, questions, connection, ...waysOfAsking(room, connection) });
    if (embeddings !== undefined) meanings.push(sets.at(-1));
  };
  const meanings = [];
  syncSample(folder);
  add("sample", sampleQuestions());
  for (const { name, texts, questions } of publicCollections(collections)) {
    await write(room, folder, name, texts);
    add(name, questions);
  }
  for (const set of meanings) await readMeanings(room, folder, set, embeddings);
  return {
    sets,
    async close() {
      for (const { connection, closeMeanings } of sets) {
        await closeMeanings?.();
        connection.close();
      }
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** As the product does it after a sync; says how long it took. */
async function readMeanings(room, folder, set, settings) {
  const { systemClock: clock } = room;
  const log = { debug() {}, info() {}, warn: (event, data) => console.error(event, data?.message) };
  const embedder = room.openEmbedder({ settings, secrets: { openText: async (text) => text }, clock, log });
  const meanings = room.openMeanings({ folder, tenant: set.name, likeness: embedder.likeness });
  const search = async (request) => room.searchItems(set.connection, request, TODAY);
  const embedding = room.createEmbedding({
    embedder,
    meanings,
    store: { search },
    clock,
    log,
    weight: settings.weight,
  });
  const startedAt = performance.now();
  embedding.begin();
  await embedding.settled();
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  console.error(`${set.name}: ${meanings.state().items} items read by ${settings.model} in ${seconds} s`);
  set.askByMeaning = async (query, limit = 10) =>
    (await embedding.search({ query, limit, viewer: "everything" })).hits.map((hit) => hit.id);
  set.closeMeanings = () => embedding.close();
}

function waysOfAsking(room, connection) {
  return {
    ask: (query, ranking, limit = 10) =>
      room.searchItems(connection, { query, limit, viewer: "everything" }, TODAY, ranking).hits.map((hit) => hit.id),
    askPlainly: (query, limit = 10) => plainRow(room, connection, query, limit),
  };
}

/** The floor: BM25 over any of the words, the small ones out, titles twice; filters hold as the product reads them. */
function plainRow(room, connection, query, limit) {
  const question = room.readQuestion(query, TODAY);
  const scope = room.scopeOf(connection, question, {}, "everything");
  const words = [...new Set(question.terms.flatMap(room.wordsApart).map(room.phraseOf))];
  if (words.length === 0 || !scope.possible) return [];
  const facets = scope.groups.map((tokens) => `(facets : (${tokens.map((token) => `"${token}"`).join(" OR ")})) AND `);
  return connection
    .raw(
      `SELECT i.native_id FROM (SELECT rowid AS id, bm25(fts, 2, 1, 0) AS score FROM fts WHERE fts MATCH ?) AS met
       JOIN items i ON i.id = met.id WHERE ${scope.check.sql} ORDER BY met.score LIMIT ?`,
    )
    .all(`${facets.join("")}({title body} : (${words.join(" OR ")}))`, ...scope.check.parameters, limit)
    .map(([id]) => id);
}

/** The sample vault, read as anybody's folder would be. */
function syncSample(folder) {
  const config = join(folder, "headwater.yaml");
  const paths = JSON.stringify(join(ROOT, "examples", "workspace"));
  writeFileSync(
    config,
    `version: 1\nsources:\n  trust:\n    connector: files\n    tenant: sample\n    paths: ${paths}\n`,
  );
  const cli = join(ROOT, "dist", "cli.js");
  execFileSync(process.execPath, [cli, "sync", "--quiet", "--config", config, "--data", folder, "--tenant", "sample"]);
}

async function write(room, folder, name, texts) {
  const store = await room.openStore({ folder, tenant: name });
  const lease = await store.lease(name, 3_600_000);
  for (let from = 0; from < texts.length; from += PAGE) {
    const upserts = texts.slice(from, from + PAGE).map(itemOf);
    const batch = { upserts, seenRows: [], deletes: [], lost: [], failures: [] };
    await store.apply({ source: name }, lease.fence, batch, { cursor: null, options: {} }, TODAY.toISOString());
  }
  while (await store.tidy());
  await store.close();
}

function itemOf({ id, title, text, authors, year }) {
  const item = {
    id,
    kind: "note",
    title,
    version: "1",
    ...(year !== undefined && { updatedAt: new Date(Date.UTC(year, 6, 1)).toISOString() }),
    authors: authors.map((name) => `user:${name}`),
    tags: [],
    fields: {},
    relations: [],
    aliases: [],
  };
  return { item, text };
}
