import type { Draft } from "../kit/index.ts";
import type { SlackContext } from "./api.ts";
import type { Known } from "./cursor.ts";
import { fileItem } from "./file-item.ts";
import { messageItem, threadItem, type Where } from "./items.ts";
import { namesIn } from "./people.ts";
import type { Channel, Message } from "./schema.ts";
import { isThreadTaken, takenFiles, takenReplies } from "./taken.ts";
import { messageVersion, rootVersion, threadVersion } from "./versions.ts";
import { identityIn } from "./workspaces.ts";

/** What becomes of a conversation: its items, and what the cursor keeps of it. */
export interface Conversation {
  drafts: Draft[];
  known: Known;
}

/** The items of a conversation whose replies were read, or that has none. Nothing where the options leave it out. */
export async function conversationOf(
  ctx: SlackContext,
  channel: Channel,
  root: Message,
  all: readonly Message[],
): Promise<Conversation> {
  const v = all.length > 0 ? threadVersion(root, all) : rootVersion(root);
  if (!isThreadTaken(ctx.config, root, all)) return { drafts: [], known: { v, x: true } };
  const replies = takenReplies(ctx.config, all);
  const where = {
    identity: await identityIn(ctx, channel),
    channel,
    names: await namesIn(ctx, [root, ...replies], channel.user === undefined ? [] : [channel.user]),
  };
  const id = `${channel.id}/${root.ts}`;
  const filesOf = (message: Message) => takenFiles(ctx.config, message);
  const files = [root, ...replies].flatMap(filesOf).map((file) => fileItem(channel, file, id));
  const below = replies.flatMap(filesOf).map((file) => file.id);
  const apart = ctx.config.groupBy === "message" && replies.length > 0;
  return {
    drafts: [...(apart ? eachMessage(where, root, replies) : [threadItem(where, root, replies, v)]), ...files],
    known: { v, ...(below.length > 0 && { f: below }), ...(apart && { r: replies.map(({ ts }) => ts) }) },
  };
}

function eachMessage(where: Where, root: Message, replies: readonly Message[]): Draft[] {
  return [
    messageItem(where, root, rootVersion(root)),
    ...replies.map((reply) => messageItem(where, reply, messageVersion(reply))),
  ];
}
