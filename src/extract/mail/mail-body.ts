import { cleanText } from "../clean-text.ts";
import { convertHtml } from "../html/convert.ts";
import { HTML_BYTES } from "../limits.ts";
import type { MailMessage } from "./mail-message.ts";

/**
 * What a mail says, as Markdown of at most `textLength`: its plain text where there is one; its HTML where there is none,
 * or the text is only a stub such as "see the web version".
 */
export function mailBody({ text = "", html = "" }: Pick<MailMessage, "text" | "html">, textLength: number): string {
  const plain = cleanText(text).trim();
  const isStub = plain.length < 200 && html.length > 20 * Math.max(plain.length, 50);
  if (html === "" || html.length > HTML_BYTES || (plain !== "" && !isStub)) return plain.slice(0, textLength);
  return convertHtml(cleanText(html), textLength).markdown;
}
