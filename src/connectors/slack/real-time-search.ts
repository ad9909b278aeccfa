import { z } from "zod";
import type { NativeQuery } from "../kit/index.ts";
import type { SlackContext } from "./api.ts";
import { USER } from "./auth.ts";
import { askFile } from "./files.ts";
import { paged, Ts } from "./schema.ts";
import type { Hit } from "./search.ts";

/** The most that Slack gives with each answer. */
const MOST = 20;
const MOST_PAGES = 3;
const MOST_FILES = 5;
const Found = paged({
  results: z.object({
    messages: z
      .array(z.object({ message_ts: Ts, channel_id: z.string(), permalink: z.string().nullish().catch(undefined) }))
      .nullish(),
    files: z.array(z.object({ file_id: z.string() })).nullish(),
  }),
});

/**
 * The Real-time Search API, which also understands questions where the workspace has that. A person's token needs no
 * `action_token`; an app's needs that of a message somebody just wrote to it, so that an assistant elsewhere has none.
 * It is meant for looking, not for keeping: of what it answers only where to look is used, and what lies there is read by
 * the methods that every sync uses. https://docs.slack.dev/apis/web-api/real-time-search-api, 2026-11.
 */
export async function realTimeHits(
  ctx: SlackContext,
  { text, container, limit }: NativeQuery,
  scopes: readonly string[],
): Promise<Hit[]> {
  const query = {
    query: text,
    limit: MOST,
    content_types: ctx.config.includeFiles && scopes.includes("search:read.files") ? "messages,files" : "messages",
    channel_types: channelTypes(ctx, scopes).join(","),
    include_bots: ctx.config.includeBots,
    ...(container !== undefined && { context_channel_id: container }),
  };
  const asking = (cursor?: string) => ({
    url: "/assistant.search.context",
    method: "POST" as const,
    reads: true,
    body: form({ ...query, cursor }),
    realm: USER,
    bucket: "realTimeSearch",
  });
  const hits: Hit[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { results, response_metadata } = (await ctx.http.json(asking(cursor), Found)).body;
    for (const { channel_id, message_ts, permalink } of results.messages ?? [])
      hits.push({ channel: channel_id, ts: message_ts, permalink: permalink ?? undefined });
    for (const { file_id } of (results.files ?? []).slice(0, MOST_FILES)) hits.push(...(await fileHits(ctx, file_id)));
    cursor = response_metadata;
    if (cursor === undefined || hits.filter(({ channel }) => ctx.api.channels.has(channel)).length >= limit) break;
  }
  return hits;
}

/** Kinds of channels that the options follow and the token may search. */
function channelTypes({ config }: SlackContext, scopes: readonly string[]): string[] {
  const wanted = [
    ["public_channel", "search:read.public", true],
    ["private_channel", "search:read.private", config.includePrivate],
    ["mpim", "search:read.mpim", config.includeDms],
    ["im", "search:read.im", config.includeDms],
  ] as const;
  return wanted.flatMap(([type, scope, isFollowed]) => (isFollowed && scopes.includes(scope) ? [type] : []));
}

/** A file that was found does not say where it lies. */
async function fileHits(ctx: SlackContext, file: string): Promise<Hit[]> {
  const { shared } = await askFile(ctx, file).catch(() => ({ shared: [] }));
  return shared.filter((channel) => ctx.api.channels.has(channel)).map((channel) => ({ channel, file }));
}

function form(values: Readonly<Record<string, string | number | boolean | undefined>>): URLSearchParams {
  const written = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined) written.set(name, String(value));
  return written;
}
