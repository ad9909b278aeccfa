import { z } from "zod";
import { ConnectorError, type Draft, type NativeQuery } from "../kit/index.ts";
import { call, type SlackContext } from "./api.ts";
import { hasUser, USER } from "./auth.ts";
import { followedChannels } from "./channels.ts";
import { fetchItem } from "./fetch.ts";
import { ok, Ts } from "./schema.ts";

const Found = ok({
  messages: z.object({
    matches: z.array(
      z.object({ ts: Ts, channel: z.object({ id: z.string() }), permalink: z.string().nullish().catch(undefined) }),
    ),
  }),
});
/** So many channels are named in the question; with more of them the answers are sifted. */
const MOST_NAMED = 10;
/** Each conversation that is found is read: one call. */
const MOST_READ = 15;

/**
 * Slack's own search, for which it wants a user token: what it finds in followed channels, each with its whole conversation.
 * https://docs.slack.dev/reference/methods/search.messages, 2026-11.
 */
export async function searchSlack(ctx: SlackContext, query: NativeQuery): Promise<Draft[]> {
  if (!hasUser(ctx.config))
    throw new ConnectorError("unsupported", "Slack lets only people search, not apps.", {
      hint: "Put a user token with search:read into userToken; the stored copy is searched without one.",
    });
  const words = plainWords(query.text);
  if (words === "") return [];
  if (ctx.api.channels.size === 0) await followedChannels(ctx);
  const places = query.container === undefined ? [...ctx.api.channels.keys()] : [query.container];
  const inPlaces = places.length <= MOST_NAMED ? places.map((id) => ` in:<#${id}>`).join("") : "";
  const ask = { query: words + inPlaces, count: Math.min(100, query.limit * 3), sort: "score" };
  const { matches } = (await call(ctx, "search.messages", ask, Found, { bucket: "search", realm: USER })).body.messages;
  const roots = new Set<string>();
  for (const { channel, ts, permalink } of matches) {
    const thread = /[?&]thread_ts=(\d+\.\d{6})/.exec(permalink ?? "")?.[1];
    if (places.includes(channel.id))
      roots.add(`${channel.id}/${ctx.config.groupBy === "message" ? ts : (thread ?? ts)}`);
  }
  const drafts = await Promise.all([...roots].slice(0, Math.min(query.limit, MOST_READ)).map((id) => readOne(ctx, id)));
  return drafts.filter((draft) => draft !== undefined);
}

/** What was deleted since it was indexed there is left out. */
async function readOne(ctx: SlackContext, id: string): Promise<Draft | undefined> {
  try {
    return (await fetchItem(ctx, id)).item;
  } catch (thrown) {
    const { kind } = ConnectorError.from(thrown);
    if (kind === "not_found" || kind === "permission") return undefined;
    throw thrown;
  }
}

/** What a person types must not become a condition that widens the search. */
function plainWords(text: string): string {
  return text
    .replace(/[^\p{L}\p{N}\p{M}"'_.\-#@\s]/gu, " ")
    .replace(/(^|\s)-+/g, "$1")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 200);
}
