import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../src/connectors/kit/index.ts";
import { systemClock } from "../../src/sources/clock.ts";
import { EmbeddingSettings } from "../../src/sources/embeddings/embedding-settings.ts";
import { openEmbedder } from "../../src/sources/embeddings/open-embedder.ts";
import type { Store } from "../../src/store/store.ts";
import { meaningOf, type WithMeaning } from "../../src/sync/meaning.ts";
import { openWorldAt, type World } from "../store/search-world.ts";
import { type EmbeddingTwin, startEmbeddingTwin } from "./embedding-twin.ts";

/** A store, a service for embeddings, and as many readers of both as a test opens. */
export interface MeaningWorld {
  twin: EmbeddingTwin;
  folder: string;
  world: World;
  warnings: string[];
  open(settings?: object, clock?: Clock): WithMeaning;
  /** Reads what is due, to its end. */
  read(meant: WithMeaning): Promise<WithMeaning>;
  ids(meant: WithMeaning, query: string, more?: object): Promise<string[]>;
  close(): Promise<void>;
}

export async function openMeaningWorld(): Promise<MeaningWorld> {
  const twin = await startEmbeddingTwin();
  const folder = mkdtempSync(join(tmpdir(), "headwater-meaning-"));
  const world = await openWorldAt(folder);
  const warnings: string[] = [];
  const opened: WithMeaning[] = [];
  const log = { debug: () => undefined, info: () => undefined, warn: (event: string) => void warnings.push(event) };
  return {
    twin,
    folder,
    world,
    warnings,
    open(settings = {}, clock = systemClock) {
      const parsed = EmbeddingSettings.parse({ model: "small", url: twin.url, ...settings });
      if (parsed === undefined) throw new Error("there are settings");
      const secrets = { openText: async (text: string) => text };
      const embedder = openEmbedder({ settings: parsed, secrets, clock: systemClock, log });
      const store: Store = { ...world.store, close: async () => undefined };
      const meant = meaningOf({ embedder, store, clock, log, folder, tenant: "test", settings: parsed });
      let closed: Promise<void> | undefined;
      const once = { ...meant, store: { ...meant.store, close: () => (closed ??= meant.store.close()) } };
      opened.push(once);
      return once;
    },
    async read(meant) {
      meant.begin();
      await meant.meaning.settled();
      return meant;
    },
    ids: async ({ store }, query, more = {}) =>
      (await store.search({ query, limit: 10, viewer: "everything", ...more })).hits.map((hit) => hit.id),
    async close() {
      for (const each of opened) await each.store.close();
      await world.close();
      await twin.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
