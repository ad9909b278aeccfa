import { z } from "zod";
import { SOURCE_NAME } from "../source-name.ts";

/** Search by meaning beside search by words: which service turns texts into vectors. Left out: none, nothing is sent. */
export const EmbeddingSettings = z
  .strictObject({
    model: z.string().min(1).describe("The model that turns texts into vectors, as the service calls it."),
    url: z
      .url({ protocol: /^https?$/ })
      .default("http://127.0.0.1:11434")
      .meta({
        description: "Where the service is; by default Ollama on this machine. Texts and questions are sent there.",
        expected: "an address such as http://127.0.0.1:11434 or https://api.example.com/v1",
      }),
    api: z
      .enum(["ollama", "openai"])
      .default("ollama")
      .describe("How the service is asked: /api/embed of Ollama, or /embeddings as OpenAI has it."),
    apiKey: z.string().min(1).optional().meta({ description: "Sent as a bearer token.", secret: true }),
    sources: z
      .array(z.string().regex(SOURCE_NAME))
      .min(1)
      .optional()
      .describe("Only texts of these sources are sent; left out, those of all."),
    batch: z.number().int().min(1).max(256).default(16).describe("At most so many passages in one request."),
    dimensions: z
      .number()
      .int()
      .min(16)
      .max(16_384)
      .optional()
      .describe("Numbers of a vector, where the model can give fewer than it has."),
    weight: z
      .number()
      .min(0)
      .max(2)
      .default(0.2)
      .describe("What a place by meaning counts beside one by words; more for a strong model."),
    questionPrefix: z
      .string()
      .max(500)
      .optional()
      .describe("Put before every question; left out, what the model is known to want."),
    textPrefix: z
      .string()
      .max(500)
      .optional()
      .describe("Put before every text; left out, what the model is known to want."),
  })
  .optional()
  .describe("Search by meaning beside search by words; off unless it stands here.");
export type EmbeddingSettings = NonNullable<z.output<typeof EmbeddingSettings>>;
