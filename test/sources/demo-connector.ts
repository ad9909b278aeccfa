import { z } from "zod";
import { defineConnector, effect, localPath, secret } from "../../src/connectors/kit/index.ts";

/** A small connector with an option of every shape, for tests of the configuration alone. */
export const demo = defineConnector({
  id: "demo",
  title: "Demo",
  summary: "Nothing at all.",
  reference: "https://example.com/docs",
  config: z.object({
    paths: z.array(localPath("A folder to read.")).min(1).describe("Folders to read."),
    include: effect(z.array(z.string()).default(["**/*"]).describe("What to take."), "widening"),
    apiToken: secret("Personal access token.").optional(),
    maxFileMb: z.number().positive().max(500).default(20).describe("Larger files are not read."),
    depth: z.number().int().min(1).default(3).describe("Folders deep."),
    mode: z.enum(["fast", "thorough"]).default("fast").describe("How closely files are looked at."),
    followLinks: z.boolean().default(false).describe("Whether links are followed."),
    baseUrl: z.url().optional().describe("Address of the service."),
    login: z
      .object({
        user: z.string().describe("User name."),
        password: secret("Password of the user."),
      })
      .optional()
      .describe("Basic login."),
    headers: z.record(z.string(), z.string()).default({}).describe("Further headers."),
    view: z
      .union([z.literal("all"), z.array(z.string())])
      .default("all")
      .describe("Which views."),
  }),
  limits: { concurrency: 2 },
  cursor: z.object({ at: z.number() }),
  scope: "source",
  feed: "listing",
  connect: (ctx) => ({ connectedAt: ctx.clock.now().toISOString(), token: ctx.config.apiToken }),
  test: async () => ({ account: "demo" }),
  async *list() {},
  async *sync() {
    yield { cursor: { at: 1 } };
  },
  fetch: async (_ctx, id) => ({ item: { id, kind: "note", title: id, version: "1" } }),
});

export const catalog = { demo: async () => demo };
