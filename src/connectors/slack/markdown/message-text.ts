import type { Attachment, File, Message } from "../schema.ts";
import { fromBlocks } from "./blocks.ts";
import { fromMrkdwn, link } from "./mrkdwn.ts";
import type { Names } from "./names.ts";

/** A message as Markdown: what was written, what is attached, the files' names, and how people reacted. */
export function messageText(message: Message, names: Names): string {
  if (message.subtype === "tombstone") return "*This message was deleted.*";
  const parts = [
    written(message, names),
    ...message.attachments.map((one) => attachmentText(one, names)),
    ...message.files.map(fileLine),
    reactionLine(message),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

/** Blocks say everything where there are any; apps put only a summary into the text beside them. */
function written({ text, blocks }: Message, names: Names): string {
  return fromBlocks(blocks, names) || fromMrkdwn(text, names);
}

/** https://docs.slack.dev/messaging/formatting-message-text/#attachments: what apps hang below a message, and shown links. */
function attachmentText(one: Attachment, names: Names): string {
  const title = one.title && (one.title_link ? link(one.title_link, one.title) : one.title);
  const blocks = fromBlocks(one.blocks, names);
  const fields = one.fields.map(({ title: name, value }) => `**${name ?? ""}**: ${fromMrkdwn(value ?? "", names)}`);
  const body = [
    one.author_name,
    title,
    blocks || fromMrkdwn(one.text ?? "", names),
    ...(blocks === "" ? fields : []),
    one.footer && `_${one.footer}_`,
  ].filter(Boolean);
  const shown = body.length > 0 ? body.join("\n\n") : fromMrkdwn(one.fallback ?? "", names);
  if (shown === "") return one.pretext ? fromMrkdwn(one.pretext, names) : "";
  const quote = shown
    .split("\n")
    .map((line) => `> ${line}`.trimEnd())
    .join("\n");
  return [one.pretext && fromMrkdwn(one.pretext, names), quote].filter(Boolean).join("\n\n");
}

function fileLine(file: File): string {
  if (file.mode === "tombstone") return "(a file that was deleted)";
  if (file.mode === "hidden_by_limit") return "(a file that Slack's free plan hides)";
  const name = nameOf(file);
  return `📎 ${file.permalink ? link(file.permalink, name) : name}`;
}

export function nameOf(file: File): string {
  return file.title || file.name || file.id;
}

function reactionLine({ reactions }: Message): string {
  return reactions.length === 0 ? "" : `(${reactions.map(({ name, count }) => `:${name}: ${count}`).join(" · ")})`;
}
