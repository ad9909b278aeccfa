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

/** Turns texts into vectors by a service that somebody configured. */
export interface Embedder {
  readonly model: string;
  /** How many texts one request takes. */
  readonly batch: number;
  /** A vector for each text, in order, all of one length. Throws what the service refused, and `bad_response`. */
  vectors(texts: readonly string[], signal: AbortSignal): Promise<Float32Array[]>;
  close(): Promise<void>;
}

interface EmbedderOptions {
  settings: EmbeddingSettings;
  secrets: Pick<Secrets, "openText">;
  clock: Clock;
  log: Logger;
}

const Vector = z.array(z.number()).min(1).max(16_384);
/** https://docs.ollama.com/api/embed (2026-11). */
const OllamaAnswer = z.object({ embeddings: z.array(Vector) });
/** https://platform.openai.com/docs/api-reference/embeddings (2026-11). */
const OpenaiAnswer = z.object({ data: z.array(z.object({ index: z.number().int().min(0), embedding: Vector })) });

export function openEmbedder({ settings, secrets, clock, log }: EmbedderOptions): Embedder {
  const { model, api, batch, url } = settings;
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
  return {
    model,
    batch,
    async vectors(texts, signal) {
      opened ??= open();
      const http = opened.until(signal);
      const found = api === "ollama" ? await askOllama(http, model, texts) : await askOpenai(http, model, texts);
      const [first] = found;
      const even = found.every((vector) => vector.length === first?.length && vector.every(Number.isFinite));
      if (found.length === texts.length && even) return found.map((vector) => Float32Array.from(vector));
      throw new ConnectorError("bad_response", "The service for embeddings did not answer one vector for each text.", {
        hint: "See that embeddings.model in headwater.yaml names a model for embeddings.",
      });
    },
    close: async () => opened?.close(),
  };
}

async function askOllama(http: Http, model: string, input: readonly string[]): Promise<number[][]> {
  const { body } = await http.json(
    { url: "/api/embed", method: "POST", body: { model, input }, reads: true },
    OllamaAnswer,
  );
  return body.embeddings;
}

async function askOpenai(http: Http, model: string, input: readonly string[]): Promise<number[][]> {
  const body = { model, input, encoding_format: "float" };
  const answer = await http.json({ url: "/embeddings", method: "POST", body, reads: true }, OpenaiAnswer);
  const ordered = answer.body.data.toSorted((left, right) => left.index - right.index);
  return ordered.map(({ embedding }) => embedding);
}
