import type { Channel, Message } from "./model.ts";
import { repliesOf } from "./shapes.ts";
import type { World } from "./world.ts";

const SILENT = ["channel_join", "channel_leave", "channel_name", "channel_topic", "channel_purpose", "pinned_item"];

/**
 * What a source with the default options holds of the channels that the bot is in: each conversation by its first message,
 * the files in it, and the channels; with words that the stored text must contain.
 */
export function expectedItems(world: World, bot: string): Map<string, string> {
  const found = new Map<string, string>();
  const followed = [...world.channels.values()].filter(
    (one) => one.kind === "public" && one.members.has(bot) && !one.archived,
  );
  for (const channel of followed)
    for (const message of channel.messages.values())
      if (isRoot(channel, message)) found.set(`${channel.id}/${message.ts}`, wordsOf(message));
  for (const { id, ownCanvasOf, content } of world.files.values())
    if (followed.some((channel) => channel.id === ownCanvasOf))
      found.set(
        `${ownCanvasOf}/${id}`,
        /<p[^>]*>([^<]{4,})</.exec(content.toString())?.[1]?.replaceAll("&amp;", "&") ?? "",
      );
  for (const channel of followed) {
    for (const message of channel.messages.values())
      for (const id of isRoot(channel, rootOf(channel, message)) ? (message.files ?? []) : []) {
        const file = world.files.get(id);
        if (file?.mode === "hosted")
          found.set(`${channel.id}/${id}`, file.mimetype.startsWith("text/") ? file.content.toString().trim() : "");
      }
    found.set(channel.id, channel.topic);
  }
  return found;
}

function rootOf(channel: Channel, message: Message): Message {
  return channel.messages.get(message.thread_ts ?? message.ts) ?? message;
}

function isRoot(channel: Channel, message: Message): boolean {
  if (message.thread_ts !== undefined && message.thread_ts !== message.ts) return false;
  if (SILENT.includes(message.subtype ?? "")) return false;
  return message.bot_id === undefined || repliesOf(channel, message.ts).some((one) => one.bot_id === undefined);
}

/** Words of a message that stay as they are whatever becomes of its marks. */
function wordsOf({ text }: Message): string {
  return (
    text
      .split(/[*_~<>&`\n:|]/)
      .find((part) => part.trim().length > 3)
      ?.trim() ?? ""
  );
}
