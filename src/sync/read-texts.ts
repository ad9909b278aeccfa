import { ConnectorError } from "../model/index.ts";
import type { Embedder } from "../sources/embeddings/open-embedder.ts";
import type { DueText } from "../store/meanings.ts";

/** A batch is made so large that the service needs about so long for it: questions wait behind it. */
const [TOO_LONG_MS, SHORT_MS] = [1000, 400];
/** Statuses by which services refuse a text, mostly as too long; some of them call that their own failure. */
const REFUSES_TEXT = [400, 413, 422, 500];
/** A text that is refused is tried shorter down to this many UTF-16 units. */
const SHORTEST = 100;
const HARMLESS = "A short text.";

/** Asks a service for vectors, in batches as large as it is quick. */
export interface TextReader {
  /** The vectors of each text's passages, in the order of the texts; none for a text that the service does not take. */
  read(texts: readonly DueText[], signal: AbortSignal): AsyncGenerator<{ text: DueText; vectors: Float32Array[] }>;
}

export function createTextReader(embedder: Embedder): TextReader {
  let size = Math.min(4, embedder.batch);

  /** One request, or more where the service refuses a passage among them. */
  async function ask(passages: readonly string[], signal: AbortSignal): Promise<(Float32Array | undefined)[]> {
    try {
      return await embedder.texts(passages, signal);
    } catch (error) {
      if (!(await isAboutText(error, embedder, signal))) throw error;
      const [first = ""] = passages;
      if (passages.length === 1 && first.length < 2 * SHORTEST) return [undefined];
      if (passages.length === 1) return ask([first.slice(0, first.length / 2).toWellFormed()], signal);
      const middle = passages.length >> 1;
      return [...(await ask(passages.slice(0, middle), signal)), ...(await ask(passages.slice(middle), signal))];
    }
  }

  async function timed(passages: readonly string[], signal: AbortSignal): Promise<(Float32Array | undefined)[]> {
    const startedAt = performance.now();
    try {
      const vectors = await ask(passages, signal);
      const ms = performance.now() - startedAt;
      if (ms > TOO_LONG_MS) size = Math.max(1, size >> 1);
      else if (ms < SHORT_MS && passages.length === size) size = Math.min(embedder.batch, size * 2);
      return vectors;
    } catch (error) {
      size = 1;
      throw error;
    }
  }

  return {
    async *read(texts, signal) {
      const passages = texts.flatMap((text) => text.passages);
      const vectors: (Float32Array | undefined)[] = [];
      let done = 0;
      for (const text of texts) {
        const end = done + text.passages.length;
        while (vectors.length < end) {
          vectors.push(...(await timed(passages.slice(vectors.length, vectors.length + size), signal)));
          await new Promise(setImmediate); // searches come first
        }
        yield { text, vectors: vectors.slice(done, end).filter((vector) => vector !== undefined) };
        done = end;
      }
    },
  };
}

/** Whether the text was refused rather than everything: another one is taken. */
async function isAboutText(error: unknown, embedder: Embedder, signal: AbortSignal): Promise<boolean> {
  if (!(error instanceof ConnectorError)) return false;
  if (error.kind !== "too_large" && !REFUSES_TEXT.includes(error.status ?? 0)) return false;
  try {
    await embedder.texts([HARMLESS], signal);
    return true;
  } catch {
    return false;
  }
}
