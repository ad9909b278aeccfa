// A store of so many documents, written through the product's own writer thread, and the product's own search over it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadStore } from "../store-room.mjs";
import { documentAt, makeCorpus, numbers } from "./corpus.mjs";

const PAGE = 500;
const ROUNDS = 3;

/** Opens the store at `folder`, and fills it when it has fewer than `items` documents. */
export async function openWorld({ items, folder, log }) {
  const room = folder ?? mkdtempSync(join(tmpdir(), "headwater-bench-search-"));
  const { openStore, connect, loadDriver } = await loadStore();
  const store = await openStore({ folder: room, tenant: "bench" });
  const corpus = makeCorpus();
  const driver = loadDriver();
  const file = join(room, "bench.db");
  const first = connect(driver, file, "reader");
  const have = Number(first.raw("SELECT coalesce(max(id), 0) FROM items").get()[0]);
  const startedAt = performance.now();
  await fill(store, corpus, have, items, log);
  for (let more = true; more && have < items; ) more = await store.tidy();
  first.close();
  // What a store has learnt about its words must not help the next round: each round has readers of its own.
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push({ store: await openStore({ folder: room, tenant: "bench" }), floor: connect(driver, file, "reader") });
  }
  const pages = {};
  let version = 0;
  return {
    store,
    corpus,
    rounds,
    driver: driver.label,
    builtInMs: have < items ? performance.now() - startedAt : 0,
    /** Writes pages of `size` documents one after the other until `stop.aborted`; answers how many. */
    async keepWriting(size, stop) {
      let written = 0;
      for (; !stop.aborted; written += size) {
        const from = items + 1_000_000 + ((written / size) % 20) * size;
        pages[from] ??= pageOf(corpus, from, size);
        for (const { item } of pages[from]) item.version = String(++version);
        for (const each of pages[from]) each.text += ` again ${version}`;
        await writePage(store, "source-01", pages[from]);
      }
      return written;
    },
    async close() {
      for (const round of rounds) {
        round.floor.close();
        await round.store.close();
      }
      await store.close();
      if (folder === undefined) rmSync(room, { recursive: true, force: true });
    },
  };
}

async function fill(store, corpus, have, items, log) {
  const random = numbers(99 + have);
  for (let next = have; next < items; next += PAGE) {
    const source = corpus.sources[Math.floor(random() * corpus.sources.length)];
    await writePage(store, source, pageOf(corpus, next, Math.min(PAGE, items - next)));
    if (next % 100_000 === 0 && next > have) log?.(`${next} documents written`);
  }
}

function pageOf(corpus, from, size) {
  return Array.from({ length: size }, (_, index) => {
    const { title, text, updatedAt, place } = documentAt(corpus, from + index);
    const item = {
      id: `doc-${from + index}`,
      kind: ["note", "message", "issue"][(from + index) % 3],
      title,
      version: "1",
      container: `place-${place}`,
      updatedAt: new Date(updatedAt).toISOString(),
      authors: [`user:person${(from + index) % 200}@example.org`],
      tags: [],
      fields: {},
      relations: [],
      aliases: [],
    };
    return { item, text };
  });
}

const leases = new Map();

async function writePage(store, source, upserts) {
  const lease = leases.get(source) ?? (await store.lease(source, 3_600_000));
  leases.set(source, lease);
  const batch = { upserts, seenRows: [], deletes: [], lost: [], failures: [] };
  await store.apply({ source }, lease.fence, batch, { cursor: null, options: {} }, new Date().toISOString());
}
