import type { Clock, Logger } from "../connectors/kit/index.ts";
import { problemOf } from "../model/index.ts";
import type { EmbeddingSettings } from "../sources/embeddings/embedding-settings.ts";
import type { Embedder } from "../sources/embeddings/open-embedder.ts";
import type { MeaningState, Meanings } from "../store/meanings.ts";
import { openMeanings } from "../store/sqlite/meanings.ts";
import type { Store } from "../store/store.ts";
import { createEmbedding } from "./embed.ts";

interface MeaningParts {
  embedder: Embedder;
  store: Store;
  clock: Clock;
  log: Logger;
  folder: string;
  tenant: string;
  settings: Pick<EmbeddingSettings, "sources" | "weight">;
}

/** A store that also searches by meaning, and what tells how that stands. */
export interface WithMeaning {
  store: Store;
  meaning: { readonly model: string; state: Meanings["state"]; settled(): Promise<void> };
  /** Reads new texts in the background. */
  begin(): void;
}

/** Adds search by meaning to a store. Where it cannot be had here, that is logged once, and the store is as it was. */
export function meaningOf({ embedder, store, clock, log, folder, tenant, settings }: MeaningParts): WithMeaning {
  const { model, likeness } = embedder;
  const { sources, weight } = settings;
  let meanings: Meanings;
  try {
    meanings = openMeanings({ folder, tenant, likeness, sources });
  } catch (error) {
    log.warn("embeddings.off", { message: problemOf(error).message });
    const state = () => ({ items: 0, of: 0, problem: problemText(error) });
    return { store, meaning: { model, state, settled: async () => undefined }, begin: () => undefined };
  }
  const embedding = createEmbedding({ embedder, meanings, store, clock, log, weight });
  return {
    store: {
      ...store,
      search: (request) => embedding.search(request),
      async close() {
        await embedding.close();
        await store.close();
      },
    },
    meaning: { model, state: () => stateOf(meanings), settled: () => embedding.settled() },
    begin: () => embedding.begin(),
  };
}

/** A file of vectors that cannot be read is said, and hinders nothing else. */
function stateOf(meanings: Meanings): MeaningState {
  try {
    return meanings.state();
  } catch (error) {
    return { items: 0, of: 0, problem: problemText(error) };
  }
}

function problemText(error: unknown): string {
  const { message, hint } = problemOf(error);
  return hint === undefined ? message : `${message} ${hint}`;
}
