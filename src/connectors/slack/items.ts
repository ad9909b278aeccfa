import { createHash } from "node:crypto";
import { codeSpans, type Draft, linksIn, withoutCode } from "../kit/index.ts";
import { channelUrl, messageUrl, placeOf } from "./addresses.ts";
import type { Identity } from "./identity.ts";
import { messageText, nameOf } from "./markdown/message-text.ts";
import type { Names } from "./markdown/names.ts";
import type { Channel, Message } from "./schema.ts";
import { isBot, isReply } from "./taken.ts";
import { isoOf, minuteOf } from "./time.ts";

type Fields = NonNullable<Draft["fields"]>;
export type People = Names & { principal(id: string): string };

/** Where things are: the workspace and one of its channels. */
export interface Where {
  identity: Identity;
  channel: Channel;
  names: People;
}

const TITLE_LENGTH = 60;
/** Longer conversations get a heading for each day, so that they can be found one's way in. */
const MANY_REPLIES = 20;

/** A conversation: what began it, and the replies that are told with it. */
export function threadItem(
  { identity, channel, names }: Where,
  root: Message,
  replies: readonly Message[],
  version: string,
): Draft {
  const first = messageText(root, names);
  const everybody = [root, ...replies];
  const last = everybody.reduce((latest, { ts, edited }) => [latest, ts, edited?.ts ?? ""].sort().at(-1) as string, "");
  return {
    ...messageParts({ identity, channel, names }, root, version),
    kind: replies.length > 0 ? "thread" : "message",
    updatedAt: isoOf(last),
    authors: [...new Set(everybody.map((message) => authorOf(message, names)))],
    text: [first, ...repliesText(replies, names)].filter((part) => part !== "").join("\n\n"),
    fields: {
      ...messageFields({ channel, names }, root),
      ...(replies.length > 0 && {
        replies: replies.length,
        people: [...new Set(everybody.map((message) => whoSaid(message, names)))],
      }),
    },
    relations: relationsOf({ identity, channel, names }, everybody),
  };
}

/** One message, a reply or not. */
export function messageItem(where: Where, message: Message, version: string): Draft {
  const updated = [message.ts, message.edited?.ts ?? ""].sort().at(-1) as string;
  return {
    ...messageParts(where, message, version),
    kind: "message",
    updatedAt: isoOf(updated),
    ...(isReply(message) && { parent: `${where.channel.id}/${message.thread_ts}` }),
    authors: [authorOf(message, where.names)],
    text: messageText(message, where.names),
    fields: messageFields(where, message),
    relations: relationsOf(where, [message]),
  };
}

function messageParts({ identity, channel, names }: Where, message: Message, version: string) {
  const said = messageText({ ...message, files: [], reactions: [] }, names);
  const about = summaryOf(said) || message.files.map(nameOf).join(", ") || "(no words)";
  return {
    id: `${channel.id}/${message.ts}`,
    title: `${whoSaid(message, names)} in ${calledOf(channel, names)}: ${about}`,
    version,
    url: messageUrl(identity, channel.id, message),
    container: channel.id,
    createdAt: isoOf(message.ts),
  };
}

/** Nobody has to be known to tell that an old message changed: its text comes by `fetch` where it did. */
export function unreadItem(identity: Identity, channel: Channel, message: Message, version: string): Draft {
  return {
    id: `${channel.id}/${message.ts}`,
    kind: "message",
    title: summaryOf(message.text) || "(no words)",
    version,
    url: messageUrl(identity, channel.id, message),
    container: channel.id,
    createdAt: isoOf(message.ts),
    body: { mime: "text/markdown" },
  };
}

function repliesText(replies: readonly Message[], names: Names): string[] {
  const parts: string[] = [];
  let day = "";
  for (const reply of replies) {
    const at = minuteOf(reply.ts);
    if (replies.length > MANY_REPLIES && !at.startsWith(day || "none")) {
      day = at.slice(0, 10);
      parts.push(`## ${day}`);
    }
    parts.push(`**${whoSaid(reply, names)}** · ${at}`, messageText(reply, names) || "(no words)");
  }
  return parts;
}

/** The words of the first lines, without marks. */
function summaryOf(markdown: string): string {
  const words = markdown
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/^>\s?|^#{1,6}\s|[*~`]{1,3}(?=\S)|(?<=\S)[*~`]{1,3}|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gmu, "")
    .replace(/\s+/g, " ")
    .trim();
  if (words.length <= TITLE_LENGTH) return words;
  const cut = Array.from(words.slice(0, TITLE_LENGTH)).join("");
  const whole = cut.replace(/[\ud800-\udbff]$/, "").replace(/\s+\S{0,20}$/, "");
  return `${whole}…`;
}

export function whoSaid(message: Message, names: Names): string {
  if (message.subtype === "tombstone") return "somebody";
  if (message.user !== undefined && !(isBot(message) && message.username)) return names.person(message.user);
  return message.username || message.bot_profile?.name || message.bot_id || "somebody";
}

function authorOf(message: Message, names: People): string {
  if (message.user !== undefined) return names.principal(message.user);
  return `user:${message.bot_id ?? message.username ?? "unknown"}`;
}

/** `#field-ops`; direct messages are called by who takes part. */
export function calledOf(channel: Channel, names?: Names): string {
  if (channel.is_im)
    return `direct messages with ${channel.user && names ? names.person(channel.user) : (channel.user ?? channel.id)}`;
  if (channel.is_mpim)
    return `group messages of ${(channel.name ?? channel.id).replace(/^mpdm-|-\d+$/g, "").replaceAll("--", ", ")}`;
  return `#${channel.name ?? channel.id}`;
}

function messageFields({ channel, names }: Pick<Where, "channel" | "names">, message: Message): Fields {
  return {
    channel: calledOf(channel, names),
    author: whoSaid(message, names),
    ...(message.edited && { edited: isoOf(message.edited.ts.padEnd(17, "0")) }),
    ...(message.reactions.length > 0 && {
      reactions: message.reactions.map(({ name, count }) => `:${name}: ${count}`).join(" "),
    }),
    ...(isBot(message) && { bot: true }),
    ...(channel.is_ext_shared && { shared_with_others: true }),
  };
}

type Relations = NonNullable<Draft["relations"]>;

/** Links, files and channels that are mentioned. Addresses of this workspace lead to the conversation they lie in. */
function relationsOf({ identity, channel, names }: Where, messages: readonly Message[]): Relations {
  const relations = new Map<string, Relations[number]>();
  const add = (one: Relations[number]) => relations.set(`${one.rel} ${one.id ?? one.url}`, one);
  for (const message of messages) {
    for (const { id, mode } of message.files)
      if (mode !== "tombstone") add({ rel: "attachment", id: `${channel.id}/${id}` });
    for (const [, id] of JSON.stringify([message.text, message.blocks]).matchAll(
      /(?:<#|"channel_id":")([CG][A-Z0-9]{2,})/g,
    ))
      if (id !== undefined && id !== channel.id) add({ rel: "mentions", id, text: `#${names.channel(id)}` });
    const markdown = messageText({ ...message, files: [] }, names);
    for (const { target, text, sort } of linksIn(withoutCode(markdown, codeSpans(markdown)))) {
      if (sort !== "url") continue;
      const place = placeOf(target, identity.sites);
      const id = place?.ts ? `${place.channel}/${place.thread ?? place.ts}` : place?.channel;
      if (id !== `${channel.id}/${message.thread_ts ?? message.ts}`)
        add({ rel: "links", ...(id !== undefined ? { id } : { url: target }), ...(text !== undefined && { text }) });
    }
  }
  return [...relations.values()];
}

export function channelItem({ identity, channel, names }: Where): Draft {
  const called = calledOf(channel, names);
  const kind = channel.is_im || channel.is_mpim ? "conversation" : "channel";
  const said = [channel.topic?.value, channel.purpose?.value].map((value) => value?.trim()).filter(Boolean);
  const draft = {
    id: channel.id,
    kind,
    title: called,
    url: channelUrl(identity, channel.id),
    container: channel.id,
    ...(channel.created && { createdAt: new Date(channel.created * 1000).toISOString() }),
    text: [...new Set(said)].join("\n\n"),
    aliases: kind === "channel" ? [called, ...channel.previous_names.map((name) => `#${name}`)] : [],
    fields: {
      workspace: identity.team,
      ...(channel.is_private && { private: true }),
      ...(channel.is_archived && { archived: true }),
      ...(channel.is_ext_shared && { shared_with_others: true }),
    },
  };
  return { ...draft, version: createHash("sha256").update(JSON.stringify(draft)).digest("base64url").slice(0, 12) };
}
