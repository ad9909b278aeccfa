import { z } from "zod";
import {
  type Clock,
  ConnectorError,
  type Http,
  type HttpService,
  type Logger,
  type OpenHttp,
  openHttp,
} from "../../connectors/kit/index.ts";
import { passingMemory } from "../passing-memory.ts";
import type { Secrets } from "../secrets/open-secrets.ts";
import type { EmbeddingSettings } from "./embedding-settings.ts";
import { prefixesOf } from "./model-prefixes.ts";

/** Turns texts into vectors by a service that somebody configured. */
export interface Embedder {
  readonly model: string;
  /** Vectors can be compared only where this is the same: the model and what was said to it beside the text. */
  readonly likeness: string;
  /** How many texts one request takes. */
  readonly batch: number;
  /** A vector for each text, in order, all of one length. Throws what the service refused, and `bad_response`. */
  texts(texts: readonly string[], signal: AbortSignal): Promise<Float32Array[]>;
  /** The vector that texts answering the question are near to. Throws as `texts`. */
  question(question: string, signal: AbortSignal): Promise<Float32Array>;
  close(): Promise<void>;
}

interface EmbedderOptions {
  settings: EmbeddingSettings;
  secrets: Pick<Secrets, "openText">;
  clock: Clock;
  log: Logger;
}

/** Slow machines read a batch of texts in minutes; the next ones are smaller then. */
const TIMEOUT_MS = 5 * 60_000;

/**
 * What services say of a text that their model cannot read, some of them as a failure of their own (500), which would be
 * asked again in vain: Ollama, llama.cpp, vLLM, text-embeddings-inference and OpenAI, 2026-11.
 */
const OF_THE_TEXT = /context (?:length|size)|too (?:long|large)|(?:maximum|max) .{0,20}tokens|unsupported value: NaN/i;

const Vector = z.array(z.number()).min(1).max(16_384);
/** https://docs.ollama.com/api/embed (2026-11). */
const OllamaAnswer = z.object({ embeddings: z.array(Vector) });
/** https://platform.openai.com/docs/api-reference/embeddings (2026-11). */
const OpenaiAnswer = z.object({ data: z.array(z.object({ index: z.number().int().min(0), embedding: Vector })) });

export function openEmbedder({ settings, secrets, clock, log }: EmbedderOptions): Embedder {
  const { model, api, batch, url, dimensions } = settings;
  const known = prefixesOf(model);
  const prefixes = { question: settings.questionPrefix ?? known.question, text: settings.textPrefix ?? known.text };
  let opened: OpenHttp | undefined;
  const credential = async (): Promise<Record<string, string>> =>
    settings.apiKey === undefined ? {} : { authorization: `Bearer ${await secrets.openText(settings.apiKey)}` };
  const open = () => {
    const service: HttpService = {
      baseUrl: () => url.replace(/\/+$/, ""),
      auth: [
        {
          id: "key",
          title: "API key",
          howTo: "Put the key of the service into embeddings.apiKey of headwater.yaml, as a reference.",
          applies: () => true,
          credential: async () => ({ headers: await credential() }),
        },
      ],
      buckets: { default: { concurrency: 2 } },
      explain: ({ status, body }) =>
        status >= 400 && status !== 429 && OF_THE_TEXT.test(JSON.stringify(body))
          ? { kind: "too_large", message: "The service for embeddings refused a text as too long." }
          : undefined,
    };
    return openHttp({
      source: "embeddings",
      service,
      config: {},
      memory: passingMemory(),
      tokens: () => {
        throw new ConnectorError("bug", "The service for embeddings is asked without a login of ours.");
      },
      // Whoever configured the address meant it, and Ollama runs on this machine.
      allowPrivateNetwork: true,
      clock,
      log,
    });
  };
  /** Somebody waits for the answer to a question: it is asked once. */
  async function vectors(input: readonly string[], signal: AbortSignal, reads: boolean): Promise<Float32Array[]> {
    opened ??= open();
    const http = opened.until(signal);
    const body = { model, input, ...(dimensions !== undefined && { dimensions }) };
    const found = api === "ollama" ? await askOllama(http, { body, reads }) : await askOpenai(http, { body, reads });
    const [first] = found;
    const even = found.every((vector) => vector.length === first?.length && vector.every(Number.isFinite));
    if (found.length === input.length && even) return found.map((vector) => Float32Array.from(vector));
    throw new ConnectorError("bad_response", "The service for embeddings did not answer one vector for each text.", {
      hint: "See that embeddings.model in headwater.yaml names a model for embeddings.",
    });
  }
  return {
    model,
    likeness: [model, prefixes.text, dimensions ?? ""].join("\n"),
    batch,
    texts: (texts, signal) =>
      vectors(
        texts.map((text) => prefixes.text + text),
        signal,
        true,
      ),
    async question(question, signal) {
      const [vector] = await vectors([prefixes.question + question], signal, false);
      if (vector === undefined) throw new ConnectorError("bug", "A question got no vector and no error.");
      return vector;
    },
    close: async () => opened?.close(),
  };
}

interface Asked {
  body: object;
  /** Whether it is asked again after a failure that passes. */
  reads: boolean;
}

async function askOllama(http: Http, asked: Asked): Promise<number[][]> {
  const request = { url: "/api/embed", method: "POST", ...asked, timeoutMs: TIMEOUT_MS } as const;
  return (await http.json(request, OllamaAnswer)).body.embeddings;
}

async function askOpenai(http: Http, { body, reads }: Asked): Promise<number[][]> {
  const whole = { ...body, encoding_format: "float" };
  const request = { url: "/embeddings", method: "POST", body: whole, reads, timeoutMs: TIMEOUT_MS } as const;
  const { data } = (await http.json(request, OpenaiAnswer)).body;
  return data.toSorted((left, right) => left.index - right.index).map(({ embedding }) => embedding);
}
