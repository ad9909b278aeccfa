import type { Clock, Logger } from "../connectors/kit/index.ts";
import { problemOf, type SearchAnswer, type SearchRequest } from "../model/index.ts";
import type { Embedder } from "../sources/embeddings/open-embedder.ts";
import type { Meanings } from "../store/meanings.ts";
import type { Store } from "../store/store.ts";

/** So long a search waits for the vector of its question; then it goes by words alone. */
const PATIENCE_MS = 2000;
/** After a failure searches do not ask for so long, so that none of them waits for a service that is down. */
const REST_MS = 30_000;
const NEAREST = 50;
const MOST_QUESTIONS = 500;
const TEXTS_AT_ONCE = 32;

/** Keeps the vectors of a tenant's texts up to date and searches by them. */
export interface Embedding {
  /** Goes on in the background where it stopped; called when something may have changed. */
  begin(): void;
  /** Resolves when nothing is under way; what went wrong is in the state of the vectors. */
  settled(): Promise<void>;
  /** A search by words, and by meaning where the service answers in time. Never fails because of the service. */
  search(request: SearchRequest): Promise<SearchAnswer>;
  close(): Promise<void>;
}

interface EmbeddingParts {
  embedder: Embedder;
  meanings: Meanings;
  store: Pick<Store, "search">;
  clock: Clock;
  log: Logger;
}

export function createEmbedding({ embedder, meanings, store, clock, log }: EmbeddingParts): Embedding {
  const closing = new AbortController();
  const questions = new Map<string, Float32Array>();
  let again = false;
  let under: Promise<void> | undefined;
  let restUntil = 0;

  const fails = (event: string, error: unknown) => {
    if (closing.signal.aborted) return;
    const { message } = problemOf(error);
    restUntil = clock.now().getTime() + REST_MS;
    log.warn(event, { message });
    meanings.tell(message);
  };

  async function work(): Promise<void> {
    try {
      do {
        again = false;
        meanings.forgetGone();
        for (let after = 0; !closing.signal.aborted; ) {
          const due = meanings.due(after, TEXTS_AT_ONCE);
          const last = due.at(-1);
          if (last === undefined) break;
          for (const { row, hash, passages } of due) {
            const vectors = await inBatches(embedder, passages, closing.signal);
            meanings.keep(row, hash, vectors);
          }
          after = last.row;
        }
        meanings.tell(undefined);
      } while (again && !closing.signal.aborted);
    } catch (error) {
      fails("embeddings.stopped", error);
    }
  }

  async function vectorOf(question: string): Promise<Float32Array | undefined> {
    const known = questions.get(question);
    if (known !== undefined || question === "" || clock.now().getTime() < restUntil) return known;
    try {
      const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(PATIENCE_MS)]);
      const [vector] = await embedder.vectors([question], signal);
      if (vector !== undefined) questions.set(question, vector);
      for (const oldest of questions.keys()) if (questions.size > MOST_QUESTIONS) questions.delete(oldest);
      return vector;
    } catch (error) {
      fails("embeddings.unasked", error);
      return undefined;
    }
  }

  return {
    begin() {
      again = true;
      under ??= work().finally(() => {
        under = undefined;
      });
    },
    settled: async () => {
      while (under !== undefined) await under;
    },
    async search(request) {
      const vector = await vectorOf(request.query.trim().slice(0, 2000));
      const alike = vector === undefined ? [] : nearest(meanings, vector, log);
      return store.search(alike.length > 0 ? { ...request, alike } : request);
    },
    async close() {
      closing.abort();
      await under;
      await embedder.close();
      meanings.close();
    },
  };
}

/** A file of vectors that cannot be read costs the meaning, never the answer. */
function nearest(meanings: Meanings, vector: Float32Array, log: Logger): number[] {
  try {
    return meanings.near(vector, NEAREST);
  } catch (error) {
    log.warn("embeddings.unread", { message: problemOf(error).message });
    return [];
  }
}

async function inBatches(embedder: Embedder, texts: readonly string[], signal: AbortSignal): Promise<Float32Array[]> {
  const vectors: Float32Array[] = [];
  for (let from = 0; from < texts.length; from += embedder.batch) {
    vectors.push(...(await embedder.vectors(texts.slice(from, from + embedder.batch), signal)));
    await new Promise(setImmediate); // searches come first
  }
  return vectors;
}
