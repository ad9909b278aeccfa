import type { SlackConfig } from "./options.ts";
import type { File, Message } from "./schema.ts";

/** What Slack itself writes into a channel. https://docs.slack.dev/reference/events/message#subtypes, 2026-11. */
const SILENT =
  /^(?:(?:channel|group)_(?:join|leave|archive|unarchive|name|topic|purpose|posting_permissions|convert_to_private|convert_to_public)|pinned_item|unpinned_item|bot_add|bot_remove|bot_enable|bot_disable|reminder_add|tabbed_canvas_updated|channel_canvas_updated|huddle_thread|sh_room_created)$/;

/** Said by Slack, not by anybody. */
export function isSilent({ subtype }: { subtype?: string | undefined }): boolean {
  return subtype !== undefined && SILENT.test(subtype);
}

export function isBot({ subtype, bot_id }: { subtype?: string | undefined; bot_id?: string | undefined }): boolean {
  return subtype === "bot_message" || bot_id !== undefined;
}

/** A reply that was also sent to the channel: it belongs to its thread. */
export function isReply({ ts, thread_ts }: { ts: string; thread_ts?: string | undefined }): boolean {
  return thread_ts !== undefined && thread_ts !== ts;
}

export function hasReplies(message: Message): boolean {
  return (message.reply_count ?? 0) > 0;
}

/** Replies that the options take. */
export function takenReplies({ includeBots }: SlackConfig, replies: readonly Message[]): Message[] {
  return replies.filter((reply) => !isSilent(reply) && (includeBots || !isBot(reply)));
}

/** What a bot began is left out unless people answered. */
export function isThreadTaken(config: SlackConfig, root: Message, replies: readonly Message[]): boolean {
  if (isSilent(root)) return false;
  return config.includeBots || !isBot(root) || replies.some((reply) => !isBot(reply));
}

/** Files that can be read at all: not deleted, not hidden by the free plan, not kept elsewhere. */
export function takenFiles({ includeFiles }: Pick<SlackConfig, "includeFiles">, { files }: Message): File[] {
  if (!includeFiles) return [];
  return files.filter(
    ({ mode, is_external }) => !is_external && !["tombstone", "external", "hidden_by_limit"].includes(mode ?? ""),
  );
}

/** Documents that people write in Slack itself. Huddle notes are canvases too. */
export function isCanvas({ filetype, mimetype }: Pick<File, "filetype" | "mimetype">): boolean {
  return filetype === "quip" || filetype === "canvas" || mimetype === "application/vnd.slack-docs";
}
