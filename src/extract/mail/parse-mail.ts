import PostalMime, { type Attachment, type Email } from "postal-mime";
import { mailboxesOf } from "./addresses.ts";
import type { MailAttachment, MailMessage } from "./mail-message.ts";
import { readOrdinaryMail } from "./ordinary-mail.ts";

/** What parsing may meet before it gives up: each makes the parser throw. */
const LIMITS = { maxNestingDepth: 100, maxHeadersSize: 1_000_000 };

/** Reads a mail as it travels. Throws what its parser throws where the mail exceeds what real ones have. */
export async function parseMail(bytes: Uint8Array): Promise<MailMessage> {
  return readOrdinaryMail(bytes) ?? fromPostal(await PostalMime.parse(bytes, LIMITS));
}

/** What the thorough parser found, in our words. */
export function fromPostal(email: Email): MailMessage {
  return {
    from: email.from === undefined ? [] : mailboxesOf(email.from),
    to: (email.to ?? []).flatMap(mailboxesOf),
    cc: (email.cc ?? []).flatMap(mailboxesOf),
    bcc: (email.bcc ?? []).flatMap(mailboxesOf),
    subject: email.subject,
    date: email.date,
    messageId: email.messageId,
    inReplyTo: email.inReplyTo,
    references: email.references,
    header: (name) => email.headers.find((header) => header.key === name)?.value,
    headers: email.headers.length,
    text: email.text,
    html: email.html,
    attachments: email.attachments.map(attachmentOf),
  };
}

function attachmentOf(attachment: Attachment): MailAttachment {
  const { content } = attachment;
  const bytes = typeof content === "string" ? Buffer.from(content) : new Uint8Array(content);
  return {
    name: attachment.filename ?? undefined,
    mime: attachment.mimeType,
    bytes: bytes.byteLength,
    related: attachment.related === true,
    disposition: attachment.disposition ?? undefined,
    ...(attachment.method !== undefined && { method: attachment.method }),
    content: () => bytes,
  };
}
