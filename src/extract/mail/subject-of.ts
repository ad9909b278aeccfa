import { decodeWords } from "postal-mime";
import type { MailAttachment } from "./mail-message.ts";

/** What an attached mail without a name is about, as a file name; undefined for everything else. */
export function subjectOf(part: MailAttachment): string | undefined {
  if (part.mime !== "message/rfc822" || part.distant) return undefined;
  const text = Buffer.from(part.content().subarray(0, 20_000)).toString("utf8");
  const head = text.split(/\r?\n\r?\n/, 1)[0] as string;
  const subject = /^subject:(.{1,2000})$/im.exec(head.replace(/\r?\n(?=[ \t])/g, ""))?.[1]?.trim();
  return subject ? `${decodeWords(subject)}.eml` : undefined;
}
