import { ConnectorError, type Fetched, type Item } from "../kit/index.ts";
import type { SlackContext } from "./api.ts";
import { askChannel, describeChannel } from "./channels.ts";
import { fetchFile } from "./files.ts";
import { readThread } from "./history.ts";
import { channelItem, messageItem, threadItem } from "./items.ts";
import { locate } from "./locate.ts";
import { namesIn } from "./people.ts";
import type { Channel, Message } from "./schema.ts";
import { isReply, takenReplies } from "./taken.ts";
import { messageVersion, rootVersion, threadVersion } from "./versions.ts";
import { identityIn } from "./workspaces.ts";

const NATIVE = /^([CDG][A-Z0-9]{2,})(?:\/(?:(\d{1,12}\.\d{6})|(F[A-Z0-9]+)))?$/;

/** One item as Slack has it now, by its id or by an address. A reply's own id leads to its thread. */
export async function fetchItem(ctx: SlackContext, id: string, known?: Pick<Item, "parent">): Promise<Fetched> {
  const native = NATIVE.exec(id) ?? NATIVE.exec((await locate(ctx, id)) ?? "");
  if (native === null) throw unknownId(id);
  const [, channelId = "", ts, file] = native;
  const channel = await describeChannel(ctx, channelId);
  if (ts === undefined && file === undefined) return fetchChannel(ctx, channel);
  try {
    return await (file !== undefined
      ? fetchFile(ctx, channel, file, known?.parent)
      : fetchConversation(ctx, channel, ts as string));
  } catch (thrown) {
    throw await hiddenOrGone(ctx, channelId, thrown);
  }
}

/** What lies in a channel that Slack does not show any more is hidden with it, and not deleted. */
async function hiddenOrGone(ctx: SlackContext, channel: string, thrown: unknown): Promise<unknown> {
  if (ConnectorError.from(thrown).kind !== "not_found") return thrown;
  try {
    await askChannel(ctx, channel);
    return thrown;
  } catch (again) {
    const { kind, message, hint } = ConnectorError.from(again);
    return kind === "not_found"
      ? new ConnectorError("permission", message, { ...(hint && { hint }), cause: thrown })
      : again;
  }
}

async function fetchChannel(ctx: SlackContext, channel: Channel): Promise<Fetched> {
  const names = await namesIn(ctx, [], channel.user === undefined ? [] : [channel.user]);
  return whole(channelItem({ identity: await identityIn(ctx, channel), channel, names }));
}

async function fetchConversation(ctx: SlackContext, channel: Channel, ts: string): Promise<Fetched> {
  const { root, replies } = await readThread(ctx, channel, ts);
  const apart = ctx.config.groupBy === "message";
  if (isReply(root) && !apart) return fetchConversation(ctx, channel, root.thread_ts as string);
  const taken = ctx.config.includeThreads ? takenReplies(ctx.config, replies) : [];
  return whole(await draftOf(ctx, channel, root, { all: replies, taken, apart }));
}

interface Below {
  all: readonly Message[];
  taken: readonly Message[];
  apart: boolean;
}

async function draftOf(ctx: SlackContext, channel: Channel, root: Message, { all, taken, apart }: Below) {
  const also = channel.user === undefined ? [] : [channel.user];
  const where = {
    identity: await identityIn(ctx, channel),
    channel,
    names: await namesIn(ctx, [root, ...taken], also),
  };
  if (isReply(root)) return messageItem(where, root, messageVersion(root));
  if (apart && taken.length > 0) return messageItem(where, root, rootVersion(root));
  const isThread = ctx.config.includeThreads && all.length > 0;
  return threadItem(where, root, taken, isThread ? threadVersion(root, all) : rootVersion(root));
}

function whole(item: Fetched["item"]): Fetched {
  return { item, content: { text: item.text ?? "" } };
}

function unknownId(id: string): ConnectorError {
  return new ConnectorError(
    "not_found",
    `"${id.slice(0, 100)}" is neither an item of this source nor an address in its workspace.`,
    {
      hint: "Copy the link of the message in Slack (⋮ → Copy link).",
    },
  );
}
