import { cleanLine, readableTime } from "../../../extract/clean-text.ts";
import { mailBody } from "../../../extract/mail/mail-body.ts";
import type { MailAttachment, Mailbox, MailMessage } from "../../../extract/mail/mail-message.ts";
import { subjectOf } from "../../../extract/mail/subject-of.ts";
import { calendarSummary } from "./calendar.ts";
import { cutQuotes } from "./cut-quotes.ts";
import { isSealed, isSealPart, type Seal, withoutArmour } from "./sealed.ts";

/** Longer texts are cut; the store's own limit of a text. */
const LONGEST = 2_000_000;
const MOST_NAMES = 20;

/** A mail as an assistant reads it: who, to whom, when; what it says; what is attached. */
export function mailText(
  mail: MailMessage,
  options: { stripQuotes: boolean; date?: string; seal: Seal | undefined },
): string {
  const { text, lines } = bodyOf(mail, options);
  return [
    people(mail, options.date),
    text,
    lines > 0 ? `[${lines} quoted lines of earlier mail left out]` : "",
    invitationOf(mail),
    listOf(attachedTo(mail)),
  ]
    .filter((block) => block !== "")
    .join("\n\n");
}

/**
 * Attachments that people mean by the word: no logos of the HTML, no signatures, not the mail itself where it is encrypted,
 * no calendars and no reports for machines (the text tells what they tell).
 */
export function attachedTo(mail: MailMessage): MailAttachment[] {
  if (isSealed(mail)) return [];
  return mail.attachments.filter(
    (part) => !part.related && !isSealPart(part.mime) && !isCalendar(part) && !isReport(part),
  );
}

/** A name to call a part by. */
export function nameOfPart(part: MailAttachment): string {
  return cleanLine(part.name ?? subjectOf(part), 200) ?? cleanLine(part.mime, 80) ?? "unnamed";
}

/** "Marta Quill <marta@station.example>". */
export function shown({ name, address }: Mailbox): string {
  return name === "" || name === address ? address : `${name} <${address}>`;
}

/** Mailboxes as they may be kept and shown: one line each, addresses in lower case. */
export function cleanMailboxes(all: readonly Mailbox[]): Mailbox[] {
  return all.slice(0, 200).flatMap(({ name, address }) => {
    const at = cleanLine(address, 254)?.toLowerCase() ?? "";
    const called = cleanLine(name, 120) ?? "";
    return at === "" && called === "" ? [] : [{ name: called, address: at }];
  });
}

function bodyOf(mail: MailMessage, { stripQuotes, seal }: { stripQuotes: boolean; seal: Seal | undefined }) {
  if (seal?.closed)
    return {
      text: `[This mail is encrypted or wrapped with ${seal.by}. headwater has no key to it; read it in your mail program.]`,
      lines: 0,
    };
  const body = withoutArmour(mailBody(mail, LONGEST));
  const packed = mail.attachments.some(
    (part) => part.mime === "application/ms-tnef" || /^winmail\.dat$/i.test(part.name ?? ""),
  );
  const noted = packed ? `${body}\n\n[Outlook packed parts of this mail into winmail.dat, which is not read.]` : body;
  return stripQuotes ? cutQuotes(noted) : { text: noted, lines: 0 };
}

function people(mail: MailMessage, date: string | undefined): string {
  const lines = [
    ["From", mail.from],
    ["To", mail.to],
    ["Cc", mail.cc],
  ].flatMap(([label, list]) => {
    const all = cleanMailboxes(list as Mailbox[]);
    if (all.length === 0) return [];
    const more = all.length > MOST_NAMES ? ` and ${all.length - MOST_NAMES} more` : "";
    return [`- ${label}: ${all.slice(0, MOST_NAMES).map(shown).join(", ")}${more}`];
  });
  return [...lines, ...(date === undefined ? [] : [`- Date: ${readableTime(date)}`])].join("\n");
}

function isCalendar(part: MailAttachment): boolean {
  return part.mime === "text/calendar" || part.mime === "application/ics";
}

/** RFC 3464 and RFC 8098: what became of a mail, in words for programs. */
function isReport({ mime }: MailAttachment): boolean {
  return /^message\/(?:delivery-status|disposition-notification|feedback-report)$/.test(mime);
}

/** Programs write the same invitation twice, as a side of the text and as a file: it is told once. */
function invitationOf(mail: MailMessage): string {
  const parts = mail.attachments.filter((part) => isCalendar(part) && part.bytes <= 200_000);
  const told = new Map<string, string>();
  for (const part of parts) {
    const ics = Buffer.from(part.content()).toString("utf8");
    if (!told.has(ics.trim())) told.set(ics.trim(), calendarSummary(ics, part.method));
  }
  return [...told.values()].filter((summary) => summary !== "").join("\n\n");
}

function listOf(parts: MailAttachment[]): string {
  if (parts.length === 0) return "";
  const named = parts.slice(0, 50).map((part) => `${nameOfPart(part)} (${sizeOf(part.bytes)})`);
  return `Attachments: ${named.join(", ")}${parts.length > 50 ? ` and ${parts.length - 50} more` : ""}`;
}

function sizeOf(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
