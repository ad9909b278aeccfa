import { createHash } from "node:crypto";
import { cleanLine, saneDate } from "../../../extract/clean-text.ts";
import { canExtract, extractText, mimeOf } from "../../../extract/extract.ts";
import type { MailAttachment, MailMessage } from "../../../extract/mail/mail-message.ts";
import type { Draft } from "../../../model/index.ts";
import { attachedTo, cleanMailboxes, mailText, nameOfPart, shown } from "./mail-text.ts";
import { sealOf } from "./sealed.ts";

const DAY_MS = 86_400_000;
/** Attached text up to this size is read at once. */
const PLAIN_BYTES = 200_000;

/** What the service itself says of a mail. */
export interface MailFacts {
  id: string;
  container: string;
  /** Changes with everything about a mail that can change: flags, labels. */
  version: string;
  tags: string[];
  /** When the service received it. */
  receivedAt: string | undefined;
  url?: string;
  /** The service's own name of the conversation. */
  thread?: string;
  fields?: Record<string, string | string[]>;
  aliases?: string[];
}

/** What is wanted of mail, of any service. */
export interface MailWishes {
  stripQuotes: boolean;
  includeAttachments: boolean;
  /** Attachments above it are named and not read. */
  maxAttachmentBytes: number;
}

/** More attachments than this are named in their mail and are no items of their own. */
export const MOST_ATTACHMENTS = 20;

/** A mail as an item; behind it its attachments, `<id>#1` and so on. */
export function mailItems(mail: MailMessage, facts: MailFacts, wishes: MailWishes): Draft[] {
  const item = mailItem(mail, facts, wishes);
  if (!wishes.includeAttachments) return [item];
  return [
    item,
    ...attachedTo(mail)
      .slice(0, MOST_ATTACHMENTS)
      .map((part, at) => attachmentItem(part, at + 1, item, wishes)),
  ];
}

function mailItem(mail: MailMessage, facts: MailFacts, { stripQuotes }: MailWishes): Draft {
  const [from, to, cc] = [cleanMailboxes(mail.from), cleanMailboxes(mail.to), cleanMailboxes(mail.cc)];
  const messageId = messageIds(mail.messageId)[0];
  const replyTo = messageIds(mail.inReplyTo)[0];
  const earlier = messageIds(mail.references);
  const seal = sealOf(mail);
  const at = sentAt(mail.date, facts.receivedAt);
  const attached = attachedTo(mail).map(nameOfPart);
  const list = cleanLine(mail.header("list-id"), 200);
  return {
    id: facts.id,
    kind: "mail",
    title: cleanLine(mail.subject, 300) ?? "(no subject)",
    version: facts.version,
    container: facts.container,
    ...(facts.url !== undefined && { url: facts.url }),
    ...(at !== undefined && { createdAt: at, updatedAt: at }),
    authors: from.flatMap(({ address, name }) => (address || name ? [`user:${address || name}`] : [])),
    tags: facts.tags,
    text: mailText(mail, { stripQuotes, seal, ...(at !== undefined && { date: at }) }),
    fields: {
      ...(from.length > 0 && { from: from.map(shown).join(", ") }),
      ...(to.length > 0 && { to: to.map(({ address, name }) => address || name) }),
      ...(cc.length > 0 && { cc: cc.map(({ address, name }) => address || name) }),
      ...(messageId !== undefined && { messageId }),
      thread: facts.thread ?? earlier[0] ?? replyTo ?? messageId ?? facts.id,
      ...(attached.length > 0 && { attachments: attached.slice(0, 50) }),
      ...(list !== undefined && { list }),
      ...(seal !== undefined && { [seal.closed ? "encrypted" : "signed"]: seal.by }),
      ...facts.fields,
    },
    relations: relationsOf(replyTo, earlier),
    aliases: [...(messageId === undefined ? [] : [messageId]), ...(facts.aliases ?? [])],
    handle: handleOf(mail, facts, messageId),
  };
}

function attachmentItem(part: MailAttachment, number: number, mail: Draft, { maxAttachmentBytes }: MailWishes): Draft {
  const name = nameOfPart(part);
  const mime = canExtract(part.mime) && part.mime !== "text/plain" ? part.mime : mimeOf(name);
  const readable = canExtract(mime) ? mime : canExtract(part.mime) ? part.mime : undefined;
  const fits = part.bytes <= maxAttachmentBytes;
  return {
    id: `${mail.id}#${number}`,
    kind: "attachment",
    title: name,
    version: "1",
    parent: mail.id,
    ...(mail.container !== undefined && { container: mail.container }),
    ...(mail.url !== undefined && { url: mail.url }),
    ...(mail.createdAt !== undefined && { createdAt: mail.createdAt, updatedAt: mail.createdAt }),
    authors: mail.authors ?? [],
    ...(readable !== undefined &&
      fits &&
      (plainText(part, name, readable) ?? { body: { mime: readable, bytes: part.bytes } })),
    fields: {
      mime: part.mime,
      bytes: part.bytes,
      mail: mail.title,
      ...(!fits && { notRead: "It is larger than maxAttachmentSizeMb." }),
    },
    relations: [{ rel: "parent", id: mail.id, text: mail.title }],
    ...(mail.handle !== undefined && { handle: `${mail.handle}#${number}` }),
  };
}

/** Text that came with the mail needs no thread and no second question. */
function plainText(part: MailAttachment, name: string, mime: string): { text: string } | undefined {
  if (part.distant || part.bytes > PLAIN_BYTES) return undefined;
  try {
    const found = extractText(part.content(), { mime, name });
    return found && { text: found.text };
  } catch {
    return undefined; // the engine tells why, when it reads it
  }
}

function relationsOf(replyTo: string | undefined, earlier: string[]): NonNullable<Draft["relations"]> {
  const answered = replyTo ?? earlier.at(-1);
  const root = earlier[0];
  return [
    ...(answered === undefined ? [] : [{ rel: "reply", id: answered }]),
    ...(root === undefined || root === answered ? [] : [{ rel: "thread", id: root }]),
  ];
}

/** Message-ids of a header, RFC 5322 §3.6.4, in their order. */
export function messageIds(written: string | undefined): string[] {
  if (written === undefined) return [];
  return [...new Set(written.slice(0, 20_000).match(/<[^<>\s]{1,300}>/g) ?? [])].slice(0, 100);
}

/** Survives moves between folders and new numbers of the server. */
function handleOf(mail: MailMessage, facts: MailFacts, messageId: string | undefined): string {
  if (messageId !== undefined) return messageId;
  const known = JSON.stringify([mail.date, mail.subject, mail.from, mail.to, facts.receivedAt]);
  return `sha256:${createHash("sha256").update(known).digest("base64url").slice(0, 22)}`;
}

/** What the sender says, unless the clock there was wrong by more than a day. */
function sentAt(said: string | undefined, receivedAt: string | undefined): string | undefined {
  const sent = saneDate(said);
  if (sent === undefined) return receivedAt;
  return receivedAt !== undefined && Date.parse(sent) > Date.parse(receivedAt) + DAY_MS ? receivedAt : sent;
}
