import { ConnectorError, type Draft, type NativeQuery } from "../kit/index.ts";
import type { SlackContext } from "./api.ts";
import { hasUser, USER } from "./auth.ts";
import { describeChannel, followedChannels } from "./channels.ts";
import { fetchItem } from "./fetch.ts";
import { describeFile } from "./files.ts";
import { identityOf } from "./identity.ts";
import { realTimeHits } from "./real-time-search.ts";
import { messageHits } from "./search-messages.ts";

/** Something that Slack found: a message, or a file. */
export interface Hit {
  channel: string;
  ts?: string;
  file?: string;
  permalink?: string | undefined;
}

/** Each conversation that is found is read: one call. */
const MOST_READ = 15;

/**
 * Slack's own search, for which it wants a person's token: what it finds in followed channels, each with its whole
 * conversation. The Real-time Search API where the token may use it, else the older `search.messages`.
 */
export async function searchSlack(ctx: SlackContext, query: NativeQuery): Promise<Draft[]> {
  if (!hasUser(ctx.config))
    throw new ConnectorError("unsupported", "Slack lets only people search, not apps.", {
      hint: "Put a user token with search:read or search:read.public into userToken; the stored copy is searched without one.",
    });
  const text = plainWords(query.text);
  if (text === "") return [];
  if (ctx.api.channels.size === 0) await followedChannels(ctx);
  const ids = new Set<string>();
  for (const hit of await hitsOf(ctx, { ...query, text })) {
    const isWanted =
      query.container === undefined ? ctx.api.channels.has(hit.channel) : hit.channel === query.container;
    if (isWanted) ids.add(idOf(ctx, hit));
  }
  const drafts = await Promise.all([...ids].slice(0, Math.min(query.limit, MOST_READ)).map((id) => readOne(ctx, id)));
  return drafts.filter((draft) => draft !== undefined);
}

/** By the better of the searches that the token may use; where Slack refuses it after all, by the other one. */
async function hitsOf(ctx: SlackContext, query: NativeQuery): Promise<Hit[]> {
  const { scopes } = await identityOf(ctx, USER);
  if (!scopes.includes("search:read.public")) return messageHits(ctx, query);
  try {
    return await realTimeHits(ctx, query, scopes);
  } catch (thrown) {
    const { kind } = ConnectorError.from(thrown);
    const isRefused = kind === "unsupported" || kind === "permission" || kind === "bad_response";
    if (!isRefused || !scopes.includes("search:read")) throw thrown;
    return messageHits(ctx, query);
  }
}

function idOf({ config }: SlackContext, { channel, ts, file, permalink }: Hit): string {
  if (file !== undefined) return `${channel}/${file}`;
  const thread = /[?&]thread_ts=(\d+\.\d{6})/.exec(permalink ?? "")?.[1];
  return `${channel}/${config.groupBy === "message" ? ts : (thread ?? ts)}`;
}

/** What was deleted since it was indexed there is left out. Of a file its name is enough: the sync reads it. */
async function readOne(ctx: SlackContext, id: string): Promise<Draft | undefined> {
  try {
    const [channel = "", part = ""] = id.split("/");
    if (part.startsWith("F")) return (await describeFile(ctx, await describeChannel(ctx, channel), part)).item;
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
    .replace(/[^\p{L}\p{N}\p{M}"'_.?\-#@\s]/gu, " ")
    .replace(/(^|\s)-+/g, "$1")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 200);
}
