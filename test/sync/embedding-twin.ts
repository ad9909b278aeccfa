import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the twin does with the next requests. */
export type Mood = "well" | "busy once" | "slow" | "uneven" | "short" | "refusing" | "strict" | "down";

export interface EmbeddingTwin {
  url: string;
  mood: Mood;
  /** Numbers of a vector; another model has another. */
  length: number;
  /** The longest text that it takes when it is strict, and the status with which it refuses a longer one. */
  longest: number;
  refusal: number;
  /** How many texts each answered request had. */
  batches: number[];
  /** Called with each request that is about to be answered. */
  heard: () => void;
  /** Every text that was sent, and the credential of each request. */
  texts: string[];
  credentials: (string | undefined)[];
  close(): Promise<void>;
}

/** Words that mean the same to this model; all others mean only themselves. */
const MEANINGS = [
  ["accident", "fell", "slipped", "miss"],
  ["vehicle", "van", "car"],
  ["medical", "aid", "bandage"],
];

/** A small service for embeddings that speaks as Ollama and as OpenAI do; its model knows three synonyms. */
export async function startEmbeddingTwin(): Promise<EmbeddingTwin> {
  const server = createServer((request, response) => void answer(twin, request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const twin: EmbeddingTwin = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mood: "well",
    length: 64,
    longest: 400,
    refusal: 400,
    batches: [],
    heard: () => undefined,
    texts: [],
    credentials: [],
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return twin;
}

async function answer(twin: EmbeddingTwin, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { model, input } = JSON.parse(Buffer.concat(chunks).toString("utf8")) as { model: string; input: string[] };
  const say = (status: number, body: object, headers: Record<string, string> = {}) => {
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
  };
  twin.credentials.push(request.headers.authorization);
  if (typeof model !== "string" || !Array.isArray(input)) return say(400, { error: "input is required" });
  if (twin.mood === "slow") return; // never answered
  if (twin.mood === "refusing") return say(404, { error: `model "${model}" not found, try pulling it first` });
  if (twin.mood === "busy once") {
    twin.mood = "well";
    return say(429, { error: "too many requests" }, { "retry-after": "0" });
  }
  if (twin.mood === "down") return void response.destroy();
  if (twin.mood === "strict" && input.some((text) => text.length > twin.longest))
    return say(twin.refusal, { error: "input length exceeds the context length" });
  twin.texts.push(...input);
  twin.batches.push(input.length);
  twin.heard();
  const vectors = input.map((text, index) => vectorOf(text, twin.length + (twin.mood === "uneven" ? index : 0)));
  if (twin.mood === "short") vectors.pop();
  if (request.url === "/api/embed") return say(200, { model, embeddings: vectors });
  if (request.url !== "/v1/embeddings") return say(404, { error: "no such path" });
  const data = vectors.map((embedding, index) => ({ object: "embedding", index, embedding }));
  say(200, { object: "list", model, data: data.reverse(), usage: { prompt_tokens: 1, total_tokens: 1 } });
}

/** Each word adds a direction of its own. */
function vectorOf(text: string, length: number): number[] {
  const vector = Array.from({ length }, () => 0);
  for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) {
    const meaning = MEANINGS.find((words) => words.includes(word))?.[0] ?? word;
    let state = [...meaning].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7);
    for (let index = 0; index < length; index++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      vector[index] = (vector[index] ?? 0) + state / 2 ** 31 - 1;
    }
  }
  return vector;
}
