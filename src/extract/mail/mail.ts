import { cleanLine, readableTime, saneDate } from "../clean-text.ts";
import { formatOfMime, mimeOf } from "../format.ts";
import type { Reading } from "../reading.ts";
import { corrupt, tooLarge } from "../refuse.ts";
import { readPlain } from "../text/plain.ts";
import type { Extracted } from "../types.ts";
import { mailBody } from "./mail-body.ts";
import type { MailAttachment, Mailbox, MailMessage } from "./mail-message.ts";
import { parseMail } from "./parse-mail.ts";

const MAX_PARTS = 10_000;
const MAX_ADDRESSES = 200;
const MAX_ATTACHMENTS = 200;
const ATTACHMENT_TEXT = 100_000;

/** A saved mail: who, to whom and when, its text, its attachments by name and size, and the text of text attachments. */
export async function readMail(reading: Reading): Promise<Extracted> {
  const email = await parse(reading);
  const from = mailboxes(email.from);
  const to = mailboxes(email.to);
  const cc = mailboxes(email.cc);
  const sentAt = saneDate(email.date);
  const attachments = email.attachments.slice(0, MAX_ATTACHMENTS);
  const subject = cleanLine(email.subject, 300);
  if (from.length === 0 && subject === undefined && email.date === undefined && email.headers < 2) {
    throw corrupt(reading.name, "mail", "it has no sender, no subject and no date");
  }
  const blocks = [headerList({ From: from, To: to, Cc: cc }, sentAt), mailBody(email, reading.textLength)];
  if (attachments.length > 0) blocks.push(`Attachments:\n${attachments.map(listed).join("\n")}`);
  blocks.push(...attachments.map((attachment) => attachedText(attachment)));
  const sender = from[0]?.address;
  return {
    text: blocks.filter((block) => block !== "").join("\n\n"),
    ...(subject !== undefined && { title: subject }),
    ...(sender !== undefined && { authors: [`user:${sender}`] }),
    ...(sentAt !== undefined && { createdAt: sentAt }),
    fields: {
      to: to.map((mailbox) => mailbox.address),
      cc: cc.map((mailbox) => mailbox.address),
      messageId: cleanLine(email.messageId, 300) ?? null,
      references: messageIds(`${email.references ?? ""} ${email.inReplyTo ?? ""}`),
      attachments: attachments.map((attachment) => nameOf(attachment)),
    },
    warnings:
      email.attachments.length > MAX_ATTACHMENTS
        ? [`Only the first ${MAX_ATTACHMENTS} of ${email.attachments.length} attachments are listed.`]
        : [],
  };
}

async function parse(reading: Reading): Promise<MailMessage> {
  if (partsOf(reading.bytes) > MAX_PARTS) throw tooLarge(reading.name, "it has more than 10,000 parts");
  try {
    return await parseMail(reading.bytes);
  } catch (error) {
    const message = String((error as Error)?.message);
    if (/nesting|header/i.test(message))
      throw tooLarge(reading.name, "its parts or headers exceed what real mails have");
    throw corrupt(reading.name, "mail", "its parts cannot be told apart", error);
  }
}

/** Lines that begin like boundaries, where the mail declares any. */
function partsOf(bytes: Uint8Array): number {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!source.includes("boundary=") && !source.includes("BOUNDARY=")) return 0;
  let count = 0;
  for (let at = source.indexOf("\n--"); at >= 0 && count <= MAX_PARTS; at = source.indexOf("\n--", at + 3)) count++;
  return count;
}

function mailboxes(all: Mailbox[]): Mailbox[] {
  const people: Mailbox[] = [];
  for (const mailbox of all) {
    const address = cleanLine(mailbox.address, 254)?.toLowerCase();
    if (address === undefined || people.length >= MAX_ADDRESSES) continue;
    people.push({ name: cleanLine(mailbox.name, 120) ?? "", address });
  }
  return people;
}

function headerList(people: Record<string, Mailbox[]>, sentAt: string | undefined): string {
  const lines: string[] = [];
  for (const [label, list] of Object.entries(people)) {
    if (list.length === 0) continue;
    const names = list.slice(0, 20).map(({ name, address }) => (name === "" ? address : `${name} <${address}>`));
    lines.push(`- ${label}: ${names.join(", ")}${list.length > 20 ? ` and ${list.length - 20} more` : ""}`);
  }
  if (sentAt !== undefined) lines.push(`- Date: ${readableTime(sentAt)}`);
  return lines.join("\n");
}

function listed(attachment: MailAttachment): string {
  return `- ${nameOf(attachment)} (${sizeOf(attachment.content().byteLength)})`;
}

function nameOf(attachment: MailAttachment): string {
  return cleanLine(attachment.name, 200) ?? cleanLine(attachment.mime, 80) ?? "unnamed";
}

function sizeOf(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Text attachments up to 100 KB below a heading of their own; others are records of their own elsewhere. */
function attachedText(attachment: MailAttachment): string {
  const name = nameOf(attachment);
  const mime = attachment.mime || mimeOf(name);
  const format = formatOfMime(mime);
  if (format !== "text" && format !== "markdown" && format !== "code" && format !== "delimited") return "";
  const bytes = attachment.content();
  if (bytes.byteLength > ATTACHMENT_TEXT) return "";
  try {
    const { text } = readPlain({ bytes, format, mime, name, textLength: ATTACHMENT_TEXT });
    return text.trim() === "" ? "" : `## Attachment: ${name}\n\n${text.trim()}`;
  } catch {
    return ""; // named as text, but binary: the list of attachments has it
  }
}

function messageIds(text: string): string[] {
  return [...new Set(text.slice(0, 20_000).match(/<[^<>\s]{1,300}>/g) ?? [])].slice(0, 100);
}
