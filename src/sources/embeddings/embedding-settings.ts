import { z } from "zod";

/** Search by meaning beside search by words: which service turns texts into vectors. Left out: none, nothing is sent. */
export const EmbeddingSettings = z
  .strictObject({
    model: z.string().min(1).describe("The model that turns texts into vectors, as the service calls it."),
    url: z
      .url({ protocol: /^https?$/ })
      .default("http://127.0.0.1:11434")
      .meta({
        description:
          "Where the service is; by default Ollama on this machine. Every text of every source is sent there.",
        expected: "an address such as http://127.0.0.1:11434 or https://api.example.com/v1",
      }),
    api: z
      .enum(["ollama", "openai"])
      .default("ollama")
      .describe("How the service is asked: /api/embed of Ollama, or /embeddings as OpenAI has it."),
    apiKey: z.string().min(1).optional().meta({ description: "Sent as a bearer token.", secret: true }),
    batch: z.number().int().min(1).max(256).default(16).describe("Passages sent with one request."),
  })
  .optional()
  .describe("Search by meaning beside search by words; off unless it stands here.");
export type EmbeddingSettings = NonNullable<z.output<typeof EmbeddingSettings>>;
