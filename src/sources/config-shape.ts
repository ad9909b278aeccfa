import { z } from "zod";
import { EmbeddingSettings } from "./embeddings/embedding-settings.ts";
import { scheduleShape } from "./schedule-shape.ts";
import { SecretSettings } from "./secrets/secret-settings.ts";
import { SOURCE_NAME } from "./source-name.ts";
import { BYTE_COUNT, DURATION, durationMs } from "./units.ts";

const bytes = (description: string) =>
  z
    .union([z.string().regex(BYTE_COUNT), z.number().int().min(1)])
    .meta({ description, expected: "a size such as 900KB, 25MB or 1GB", examples: ["25MB"] });

const SHORTEST_EVERY_MS = 1000;

const every = (description: string) =>
  z
    .union([
      z
        .string()
        .regex(DURATION, { abort: true })
        .refine((text) => (durationMs(text) ?? 0) >= SHORTEST_EVERY_MS),
      z.literal("off"),
    ])
    .meta({
      description,
      expected: 'a time of at least 1s, such as 30s, 10m, 2h or 1d, or "off"',
      examples: ["10m", "off"],
    });

const count = (description: string, largest: number) => z.number().int().min(1).max(largest).describe(description);

const token = (description: string) =>
  z.string().min(16).meta({ description, secret: true, expected: "a text of at least 16 characters" });

/** The engine's own keys of a source entry; everything else in it is an option of the connector. */
export const EngineKeys = z.strictObject({
  connector: z.string().min(1).describe("Which connector reads this source; headwater connectors lists them."),
  enabled: z.boolean().default(true).describe("Whether it is synced; false keeps what it has."),
  tenant: z.string().regex(SOURCE_NAME).default("default").meta({
    description: "Whose source this is; tenants never see each other's items.",
    expected: "small letters, digits and hyphens",
  }),
  tags: z.array(z.string().min(1)).default([]).describe("Tags added to every item of the source."),
  every: every("How often it is synced while headwater serves; off: only when asked.").optional(),
  schedule: scheduleShape("At which times it is synced while headwater serves.").optional(),
  since: z
    .string()
    .refine((text) => /^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(Date.parse(text)))
    .meta({
      description: "Items older than this are left out.",
      expected: "a date such as 2024-01-31",
      examples: ["2024-01-31"],
    })
    .optional(),
  allowPrivateNetwork: z
    .boolean()
    .default(false)
    .describe(
      "Whether addresses of private networks and of this machine may be reached, as for a server in your office.",
    ),
  limits: z
    .strictObject({
      itemBytes: bytes("Larger files and attachments are listed but not read.").optional(),
      runSeconds: count("A sync stops cleanly after this time and goes on with the next one.", 86_400).optional(),
      fullPassHours: count("Hours between full walks of a source that does not tell deletions.", 8760).optional(),
      concurrency: count("Parts of the source followed at once.", 64).optional(),
    })
    .prefault({})
    .describe("Upper bounds for this source."),
});
export type EngineKeys = z.output<typeof EngineKeys>;

const Tokens = z
  .array(
    z.strictObject({
      name: z.string().min(1).describe("Whom the token was given to; shown in the log."),
      token: token("What the client sends as its bearer token."),
      tenant: z.string().regex(SOURCE_NAME).default("default").describe("Whose sources the token opens."),
      principals: z
        .array(
          z
            .string()
            .regex(/^(user|group):.+/)
            .meta({ expected: '"user:<email>" or "group:<id>"' }),
        )
        .optional()
        .describe("Who asks: user:<email> and group:<id>. Left out, the token sees everything of its tenant."),
    }),
  )
  .default([])
  .describe("Several clients, each with its own token.");

const Http = z
  .strictObject({
    listen: z
      .string()
      .regex(/^(\[[0-9a-fA-F:.]+\]|[\w.-]+):\d{1,5}$/)
      .default("127.0.0.1:7800")
      .meta({
        description: "Address and port of headwater serve --http.",
        expected: "host:port, such as 127.0.0.1:7800",
      }),
    hosts: z
      .array(z.string().min(1))
      .default([])
      .describe("Host names under which the server may be reached, beside the address itself."),
    origins: z
      .array(z.string().min(1))
      .default([])
      .describe("Web origins that may call the server, such as https://app.example.com."),
    token: token(
      "The bearer token every client must send; demanded as soon as the address is not loopback.",
    ).optional(),
    tokens: Tokens,
  })
  .prefault({})
  .describe("Serving over Streamable HTTP.");

/** The whole file but for what stands inside the source entries. */
export const ConfigFile = z.strictObject({
  version: z.literal(1).default(1).meta({
    description: "The version of this file's format.",
    expected: "1, the only format this headwater reads",
  }),
  data: z
    .string()
    .min(1)
    .optional()
    .meta({ description: "Folder of the stores; by default the platform's data folder.", localPath: true }),
  sources: z
    .record(z.string(), z.unknown())
    .default({})
    .describe("The sources by name: one entry per account, vault or folder."),
  sync: z
    .strictObject({
      every: every("How often sources are synced while headwater serves, unless a source says otherwise.").default(
        "30m",
      ),
      schedule: scheduleShape("At which times sources are synced, unless a source says otherwise.").optional(),
      concurrency: count("Sources synced at the same time.", 32).default(4),
    })
    .prefault({})
    .describe("How sources are synced."),
  server: z
    .strictObject({
      http: Http,
      toolProfile: z
        .enum(["standard", "per-source"])
        .default("standard")
        .describe(
          "Nine tools for all sources (standard), or test, list, search, sync and fetch for each source (per-source).",
        ),
      tools: z.array(z.string().min(1)).optional().describe("Serve only these tools."),
    })
    .prefault({})
    .describe("What MCP clients meet."),
  secrets: SecretSettings,
  embeddings: EmbeddingSettings,
  limits: z
    .strictObject({
      itemBytes: bytes("Larger files and attachments are listed but not read, unless a source says otherwise.").default(
        "25MB",
      ),
      runSeconds: count("A sync stops cleanly after this time and goes on with the next one.", 86_400).default(900),
      fullPassHours: count("Hours between full walks of a source that does not tell deletions.", 8760).default(24),
      resultTokens: z
        .number()
        .int()
        .min(4000)
        .max(50_000)
        .default(8000)
        .describe("The most tokens that one answer to an assistant holds; longer ones come in pages."),
    })
    .prefault({})
    .describe("Upper bounds for all sources."),
});
export type ConfigFile = z.output<typeof ConfigFile>;
