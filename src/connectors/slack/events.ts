import { z } from "zod";
import { ConnectorError, type Push } from "../kit/index.ts";
import type { SlackContext } from "./api.ts";
import { followedChannels } from "./channels.ts";
import type { SlackCursor } from "./cursor.ts";
import { askFile } from "./files.ts";
import { rememberLate } from "./floor.ts";
import { forgetPerson } from "./people.ts";
import { isBot, isSilent } from "./taken.ts";

const text = z.string().optional().catch(undefined);
const Said = z.object({ ts: text, thread_ts: text, subtype: text, bot_id: text }).optional().catch(undefined);
/** Only what says where to look. https://docs.slack.dev/reference/events, 2026-11. */
const Event = z.object({
  type: z.string(),
  subtype: text,
  channel: z
    .union([z.string(), z.object({ id: z.string() })])
    .optional()
    .catch(undefined),
  ts: text,
  thread_ts: text,
  bot_id: text,
  deleted_ts: text,
  message: Said,
  previous_message: Said,
  item: z.object({ channel: text, ts: text }).optional().catch(undefined),
  user: z
    .union([z.string(), z.object({ id: z.string() })])
    .optional()
    .catch(undefined),
  channel_id: text,
  channel_ids: z.array(z.string()).optional().catch(undefined),
  file_id: text,
});
type Event = z.output<typeof Event>;

export const Callback = z.object({
  type: z.literal("event_callback"),
  event_id: z.string().min(1),
  team_id: text,
  event: Event,
});

/** Which channels there are, what they are called, and who is in them. */
const LISTING =
  /^(?:channel|group)_(?:created|deleted|rename|archive|unarchive|left|joined|shared|unshared|id_changed|convert_to_private)$|^(?:member_joined_channel|member_left_channel|im_created|im_open|mpim_open|team_access_granted|team_access_revoked|tokens_revoked|app_uninstalled)$/;

type News = Push<SlackCursor>;

/** Where an event says to look; undefined where nothing that is followed changed. What it says is asked for, never stored. */
export async function pushOf(ctx: SlackContext, event: Event): Promise<News | undefined> {
  const { type } = event;
  if (LISTING.test(type)) return ofListing(ctx, event);
  if (type === "message") return ofMessage(ctx, event);
  if (type === "reaction_added" || type === "reaction_removed") return ofReaction(event);
  if (type === "file_change" || type === "file_deleted" || type === "file_unshared") return ofFile(ctx, event);
  if (type === "user_change" || type === "user_profile_changed") await forgetUser(ctx, event);
  return undefined;
}

async function ofListing(ctx: SlackContext, event: Event): Promise<News> {
  const channel = idOf(event.channel);
  if (channel !== undefined) {
    ctx.api.visited.delete(channel);
    await ctx.memory.set(`access:${channel}`, null);
  }
  return { stale: "all" };
}

async function ofMessage(ctx: SlackContext, event: Event): Promise<News | undefined> {
  const channel = idOf(event.channel);
  if (channel === undefined) return undefined;
  const deletes = event.subtype === "message_deleted";
  const said = deletes
    ? (event.previous_message ?? {})
    : event.subtype === "message_changed"
      ? (event.message ?? {})
      : event;
  const ts = deletes ? (event.deleted_ts ?? said.ts) : said.ts;
  if (ts === undefined || !/^\d+\.\d{6}$/.test(ts)) return { stale: [channel] };
  const root = said.thread_ts ?? ts;
  const inThread = root !== ts;
  if (!deletes && isSilent(said)) return undefined;
  if (!ctx.config.includeBots && isBot(said) && !inThread && said.thread_ts === undefined) return undefined;
  if (inThread && !ctx.config.includeThreads) return undefined;
  if (inThread) await rememberLate(ctx, channel, root);
  if (ctx.config.groupBy === "message" && inThread) return { refresh: [`${channel}/${ts}`] };
  // The newest reply gone, a thread looks older than what is stored: only a sync takes that.
  return { refresh: [`${channel}/${root}`], ...(deletes && inThread && { stale: [channel] }) };
}

function ofReaction({ item }: Event): News | undefined {
  if (item?.channel === undefined || item.ts === undefined) return undefined;
  return { refresh: [`${item.channel}/${item.ts}`] }; // of a reply: its thread is what is fetched
}

/** Most of these do not say where the file is shared: Slack is asked for that. */
async function ofFile(ctx: SlackContext, event: Event): Promise<News | undefined> {
  const { file_id, channel_id, channel_ids } = event;
  if (file_id === undefined || !ctx.config.includeFiles) return undefined;
  const named = channel_ids ?? (channel_id !== undefined ? [channel_id] : undefined);
  const channels = named ?? (await sharedIn(ctx, file_id));
  return { refresh: channels.map((channel) => `${channel}/${file_id}`) };
}

async function sharedIn(ctx: SlackContext, file: string): Promise<string[]> {
  if (ctx.api.channels.size === 0) await followedChannels(ctx);
  const followed = [...ctx.api.channels.keys()];
  try {
    const { shared } = await askFile(ctx, file);
    return shared.filter((channel) => ctx.api.channels.has(channel));
  } catch (thrown) {
    if (ConnectorError.from(thrown).kind !== "not_found") throw thrown;
    return followed; // gone: whichever of them had it
  }
}

async function forgetUser(ctx: SlackContext, event: Event): Promise<void> {
  const id = idOf(event.user);
  if (id !== undefined) await forgetPerson(ctx, id);
}

function idOf(value: string | { id: string } | undefined): string | undefined {
  return typeof value === "string" ? value : value?.id;
}
