import { cleanText } from "../clean-text.ts";
import { convertHtml } from "../html/convert.ts";
import { HTML_BYTES } from "../limits.ts";
import { bareAddresses, withoutTracking } from "./links.ts";
import type { MailMessage } from "./mail-message.ts";

/**
 * What a mail says, as Markdown of at most `textLength`: its plain text where there is one; its HTML where there is none,
 * or the text is only a stub such as "see the web version". Mail to many people loses the links that tell who clicked.
 */
export function mailBody(mail: Pick<MailMessage, "text" | "html" | "header">, textLength: number): string {
  const body = bodyOf(mail, textLength);
  return isToMany(mail) ? withoutTracking(body) : body;
}

/** What mailing lists and newsletters say of themselves: RFC 2369, RFC 2919. */
function isToMany({ header }: Pick<MailMessage, "header">): boolean {
  if (header("list-unsubscribe") !== undefined || header("list-id") !== undefined) return true;
  return /^\s*(?:bulk|list)\s*$/i.test(header("precedence") ?? "");
}

function bodyOf({ text = "", html = "" }: Pick<MailMessage, "text" | "html">, textLength: number): string {
  const plain = cleanText(text).trim();
  const isStub = plain.length < 200 && html.length > 20 * Math.max(plain.length, 50);
  if (html === "" || html.length > HTML_BYTES || (plain !== "" && !isStub)) return plain.slice(0, textLength);
  return bareAddresses(convertHtml(cleanText(html), textLength).markdown);
}
