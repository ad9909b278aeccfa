import type { Clock, Logger } from "../connectors/kit/index.ts";
import { problemOf, type SearchAnswer, type SearchRequest } from "../model/index.ts";
import type { Embedder } from "../sources/embeddings/open-embedder.ts";
import type { Meanings } from "../store/meanings.ts";
import { readQuestion } from "../store/query/question.ts";
import type { Store } from "../store/store.ts";
import { createTextReader } from "./read-texts.ts";

/** So long a search waits for the vector of its question; then it goes by words alone. */
const PATIENCE_MS = 2000;
/** After a failure searches do not ask for so long, so that none of them waits for a service that is down. */
const REST_MS = 30_000;
/** After a failure texts are read again after so long, each time twice as long, up to the longest. */
const [AGAIN_MS, LONGEST_AGAIN_MS] = [60_000, 30 * 60_000];
/** So long another process lets this one read before it takes over. */
const CLAIM_MS = 2 * 60_000;
const TOO_SLOW = `The service for embeddings did not answer a question within ${PATIENCE_MS / 1000} seconds.`;
const NEAREST = 30;
const MOST_QUESTIONS = 500;
const LONGEST_QUESTION = 2000;

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
  /** What a place by meaning counts beside one by words. */
  weight?: number;
}

export function createEmbedding({ embedder, meanings, store, clock, log, weight }: EmbeddingParts): Embedding {
  const closing = new AbortController();
  const reader = createTextReader(embedder);
  const questions = new Map<string, Float32Array>();
  let again = false;
  let under: Promise<void> | undefined;
  let retry: NodeJS.Timeout | undefined;
  let waitMs = AGAIN_MS;
  let restUntil = 0;

  function begin(): void {
    clearTimeout(retry);
    retry = undefined;
    again = true;
    under ??= work().finally(() => {
      under = undefined;
    });
  }

  function later(): void {
    if (closing.signal.aborted) return;
    retry = setTimeout(begin, waitMs).unref();
    waitMs = Math.min(LONGEST_AGAIN_MS, 2 * waitMs);
  }

  /** What is kept of it is for people to read; that it cannot be kept hinders nothing. */
  function tell(problem: string | undefined): void {
    try {
      meanings.tell(problem);
    } catch (error) {
      log.warn("embeddings.untold", { message: problemOf(error).message });
    }
  }

  /** A claim that stays lapses by itself. */
  function letGo(): void {
    try {
      meanings.release();
    } catch (error) {
      log.warn("embeddings.unreleased", { message: problemOf(error).message });
    }
  }

  async function work(): Promise<void> {
    try {
      // Where another process is at it, this one sees later whether it came to the end.
      if (!meanings.claim(CLAIM_MS)) return later();
      for (let changes = 0; again && !closing.signal.aborted; ) {
        again = false;
        if ((await readDue()) && ++changes < 3) again = true;
      }
      letGo();
      tell(undefined);
      waitMs = AGAIN_MS;
    } catch (error) {
      if (closing.signal.aborted) return;
      const { message } = problemOf(error);
      restUntil = clock.now().getTime() + REST_MS;
      log.warn("embeddings.stopped", { message });
      tell(message);
      later();
    }
  }

  /** True where vectors became of another length on the way, so that those before are to be made again. */
  async function readDue(): Promise<boolean> {
    let [changed, untaken] = [false, 0];
    let claimedAt = clock.now().getTime();
    for (let after: number | undefined = 0; after !== undefined && !closing.signal.aborted; ) {
      const page = meanings.due(after);
      for await (const { text, vectors } of reader.read(page.texts, closing.signal)) {
        changed = meanings.keep(text.row, text.hash, vectors) || changed;
        if (vectors.length < text.passages.length) untaken++;
        if (clock.now().getTime() - claimedAt < CLAIM_MS / 4) continue;
        claimedAt = clock.now().getTime();
        meanings.claim(CLAIM_MS);
      }
      after = page.next;
      await new Promise(setImmediate);
    }
    if (untaken > 0) log.warn("embeddings.refused", { items: untaken });
    return changed;
  }

  async function vectorOf(question: string): Promise<Float32Array | undefined> {
    const known = questions.get(question);
    if (known !== undefined || question === "" || clock.now().getTime() < restUntil) return known;
    const patience = AbortSignal.timeout(PATIENCE_MS);
    try {
      const vector = await embedder.question(question, AbortSignal.any([closing.signal, patience]));
      questions.set(question, vector);
      for (const oldest of questions.keys()) if (questions.size > MOST_QUESTIONS) questions.delete(oldest);
      answered();
      return vector;
    } catch (error) {
      if (!closing.signal.aborted) unanswered(patience.aborted ? TOO_SLOW : problemOf(error).message);
      return undefined;
    }
  }

  /** The service is there, also for the texts that it did not take. */
  function answered(): void {
    if (retry !== undefined) begin();
    else if (under === undefined) tell(undefined);
  }

  function unanswered(message: string): void {
    restUntil = clock.now().getTime() + REST_MS;
    log.warn("embeddings.unasked", { message });
    // While texts are read, questions may well wait too long behind them.
    if (under === undefined) tell(message);
  }

  return {
    begin,
    settled: async () => {
      while (under !== undefined) await under;
    },
    async search(request) {
      // Filters say nothing of what is meant.
      const question = readQuestion(request.query, clock.now()).literal.slice(0, LONGEST_QUESTION).trim();
      const vector = await vectorOf(question);
      if (vector === undefined) return store.search(request);
      const rows = (among?: readonly number[]) => nearest(meanings, { vector, among }, log);
      return store.search({ ...request, alike: { rows, ...(weight !== undefined && { weight }) } });
    },
    async close() {
      clearTimeout(retry);
      closing.abort();
      await under;
      await embedder.close();
      letGo();
      meanings.close();
    },
  };
}

/** A file of vectors that cannot be read costs the meaning, never the answer. */
function nearest(
  meanings: Meanings,
  { vector, among }: { vector: Float32Array; among: readonly number[] | undefined },
  log: Logger,
): number[] {
  try {
    return meanings.near(vector, NEAREST, among);
  } catch (error) {
    log.warn("embeddings.unread", { message: problemOf(error).message });
    return [];
  }
}
