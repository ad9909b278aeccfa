import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Item } from "../../src/model/item.ts";
import type { SearchAnswer, SearchRequest } from "../../src/model/search.ts";
import { openStore } from "../../src/store/open.ts";
import { type DriverName, loadDriver } from "../../src/store/sqlite/driver.ts";
import type { Store } from "../../src/store/store.ts";

/** What a test writes: `source` and the parts of an item that matter to it. */
export type Sample = { source: string; id: string } & Partial<Item>;

export interface World {
  store: Store;
  write(...samples: Sample[]): Promise<void>;
  remove(source: string, ...ids: string[]): Promise<void>;
  lose(source: string, ...ids: string[]): Promise<void>;
  /** Searches as the owner, ten hits a page. */
  ask(query: string, request?: Partial<SearchRequest>): Promise<SearchAnswer>;
  /** The ids of the hits, in their order. */
  ids(query: string, request?: Partial<SearchRequest>): Promise<string[]>;
  close(): Promise<void>;
}

/** The drivers that load in this Node. */
export function driversHere(): DriverName[] {
  return (["better-sqlite3", "node:sqlite"] as const).filter((name) => {
    try {
      loadDriver(name);
      return true;
    } catch {
      return false;
    }
  });
}

/** A real store in a folder of its own. */
export async function openWorld(driver?: DriverName): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "headwater-search-"));
  const world = await openWorldAt(folder, driver);
  return {
    ...world,
    async close() {
      await world.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A real store, `test.db`, in a folder that stays. */
export async function openWorldAt(folder: string, driver?: DriverName): Promise<World> {
  const store = await openStore({ folder, tenant: "test", ...(driver !== undefined && { driver }) });
  const at = "2026-11-20T12:00:00.000Z";
  const change = async (source: string, batch: Partial<Parameters<Store["apply"]>[2]>) => {
    const lease = await store.lease(source, 60_000);
    if (lease === undefined) throw new Error("the lease is taken");
    const whole = { upserts: [], seenRows: [], deletes: [], lost: [], failures: [], ...batch };
    await store.apply({ source }, lease.fence, whole, { cursor: null, options: {} }, at);
    await lease.release();
  };
  const ask: World["ask"] = (query, request) => store.search({ query, limit: 10, viewer: "everything", ...request });
  return {
    store,
    async write(...samples) {
      for (const source of new Set(samples.map((sample) => sample.source))) {
        const upserts = samples
          .filter((sample) => sample.source === source)
          .map(({ source: _, ...sample }) => ({
            item: Item.parse({ kind: "note", title: "", version: String(Math.random()), ...sample, text: undefined }),
            text: sample.text ?? "",
          }));
        await change(source, { upserts });
      }
    },
    remove: (source, ...deletes) => change(source, { deletes }),
    lose: (source, ...lost) => change(source, { lost }),
    ask,
    ids: async (query, request) => (await ask(query, request)).hits.map((hit) => hit.id),
    close: () => store.close(),
  };
}
