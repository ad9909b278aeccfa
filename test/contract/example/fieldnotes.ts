import { z } from "zod";
import {
  type Allowance,
  bearerToken,
  type Context,
  type Draft,
  defineConnector,
  type Explanation,
  type HttpFailure,
  type HttpRequest,
  mainOption,
  type Page,
  secret,
} from "../../../src/connectors/kit/index.ts";

/** A note as the service describes it. What is not named here is not read. */
const Note = z.object({
  id: z.string().min(1),
  title: z.string(),
  body: z.string(),
  notebook: z.string(),
  author: z.object({ email: z.string() }).nullish(),
  labels: z.array(z.string()).default([]),
  created_at: z.iso.datetime({ offset: true }),
  updated_at: z.iso.datetime({ offset: true }),
  revision: z.number().int(),
  link: z.string(),
});
type Note = z.output<typeof Note>;
const NotePage = z.object({ notes: z.array(Note), next_page: z.string().nullish() });
const IdPage = z.object({ ids: z.array(z.string()), next_page: z.string().nullish() });
const Me = z.object({ name: z.string(), email: z.string(), notebooks: z.array(z.string()) });
const News = z.object({ mark: z.string(), changed: z.array(z.string()) });
const Problem = z.object({ code: z.string() });

/** The newest update that was met. `v` changes when an older one must not be understood any more. */
const Position = z.object({ v: z.literal(1), newest: z.iso.datetime({ offset: true }).optional() });
type Position = z.output<typeof Position>;

/** The service commits notes up to a minute late: each walk looks back behind the newest it knows. */
const OVERLAP_MS = 2 * 60_000;

const Config = z.object({
  notebooks: mainOption(
    z.array(z.string()).default([]).describe("Notebooks to follow, such as Weir. Empty: all of them."),
  ),
  accessToken: secret("A read-only access token.", { variables: ["FIELDNOTES_TOKEN"] }),
  baseUrl: z.url().default("https://api.fieldnotes.example").describe("Address of a server of your own."),
});
type Config = z.output<typeof Config>;

/** Notebooks of field stations. */
export const fieldnotes = defineConnector({
  id: "fieldnotes",
  title: "Fieldnotes",
  summary: "Notes of field stations, by notebook.",
  reference: "https://fieldnotes.example/developers",
  config: Config,
  limits: { concurrency: 1 },
  cursor: Position,
  scope: "source",
  feed: "edits",

  http: {
    baseUrl: ({ baseUrl }) => baseUrl.replace(/\/+$/, ""),
    auth: [
      bearerToken<Config>(
        { title: "Access token", howTo: "Create one under Settings, Access tokens, and put it into accessToken." },
        ({ accessToken }) => accessToken,
      ),
    ],
    buckets: { default: { concurrency: 4, perMinute: 300 }, news: { concurrency: 1 } },
    allowance,
    explain,
  },

  connect: () => undefined,

  async test({ http }) {
    const { body } = await http.json({ url: "/v1/me" }, Me);
    return { account: `${body.name} <${body.email}>`, granted: body.notebooks.map((name) => `notebook ${name}`) };
  },

  async *list(ctx) {
    for await (const { body } of pagesOf(ctx, notesFrom(ctx, undefined), NotePage))
      for (const note of body.notes) yield { id: note.id, name: note.title, holds: "nothing" as const, url: note.link };
  },

  async *sync(ctx, from): AsyncGenerator<Page<Position>> {
    let newest = from.cursor?.newest;
    for await (const { body } of pagesOf(ctx, notesFrom(ctx, lookBack(newest) ?? from.since), NotePage)) {
      newest = body.notes.at(-1)?.updated_at ?? newest;
      yield { upserts: body.notes.map(draftOf), cursor: { v: 1, newest } };
    }
  },

  async *ids(ctx) {
    const request = { url: "/v1/notes/ids", query: { notebook: ctx.config.notebooks, limit: 1000 } };
    for await (const { body } of pagesOf(ctx, request, IdPage)) yield body.ids;
  },

  async fetch({ http }, id) {
    const { body } = await http.json({ url: `/v1/notes/${encodeURIComponent(id)}` }, Note);
    return { item: draftOf(body), content: { text: body.body } };
  },

  async search({ http, config }, { text, limit }) {
    const query = { q: text, limit, notebook: config.notebooks };
    const { body } = await http.json({ url: "/v1/search", query }, NotePage);
    return body.notes.map(draftOf);
  },

  async *live({ http }) {
    const wait = (after?: string) =>
      http.json({ url: "/v1/news", query: { after, wait: after && 25 }, bucket: "news" }, News);
    let { body } = await wait();
    yield {};
    for (;;) {
      ({ body } = await wait(body.mark));
      if (body.changed.length > 0) yield { refresh: body.changed };
    }
  },
});

/** Oldest update first, so that a walk that is stopped has a beginning and no holes. */
function notesFrom({ config }: Context<Config, undefined>, since: string | undefined): HttpRequest {
  return { url: "/v1/notes", query: { updated_from: since, notebook: config.notebooks, limit: 100 } };
}

function lookBack(newest: string | undefined): string | undefined {
  return newest && new Date(Date.parse(newest) - OVERLAP_MS).toISOString();
}

/** This service names the next page in the body; one that sends `Link` headers needs nothing of this. */
function pagesOf<T extends { next_page?: string | null | undefined }>(
  { http }: Context<Config, undefined>,
  first: HttpRequest,
  schema: z.ZodType<T>,
) {
  return http.pages(first, schema, ({ body }) =>
    body.next_page ? { ...first, query: { ...first.query, page: body.next_page } } : undefined,
  );
}

function draftOf(note: Note): Draft {
  return {
    id: note.id,
    kind: "note",
    title: note.title,
    version: String(note.revision),
    url: note.link,
    createdAt: note.created_at,
    updatedAt: note.updated_at,
    authors: note.author ? [`user:${note.author.email}`] : [],
    tags: note.labels,
    text: note.body,
    fields: { notebook: note.notebook },
  };
}

/** What is left of this minute. */
function allowance({ headers }: { headers: Headers }, now: Date): Allowance | undefined {
  const left = headers.get("x-limit-left");
  if (left === null) return undefined;
  return { remaining: Number(left), resetAt: new Date(now.getTime() + Number(headers.get("x-limit-reset-in")) * 1000) };
}

/** A refusal says with a code what the status 403 does not. */
function explain({ status, body }: HttpFailure): Explanation | undefined {
  const code = status === 403 ? Problem.safeParse(body).data?.code : undefined;
  if (code !== "notebook_closed") return undefined;
  return {
    kind: "permission",
    message: "A notebook was closed to this token.",
    hint: "Open the notebook's page, choose Sharing, and let the token's owner read it.",
  };
}
