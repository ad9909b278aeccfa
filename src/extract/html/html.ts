import { cleanLine, cleanText, saneDate } from "../clean-text.ts";
import { decodeText } from "../decode.ts";
import { HTML_BYTES } from "../limits.ts";
import type { Reading } from "../reading.ts";
import { tooLarge } from "../refuse.ts";
import { charsetOf } from "../text/plain.ts";
import type { Extracted } from "../types.ts";
import { convertHtml } from "./convert.ts";

/** A web page or an HTML file as Markdown, without scripts, styles, navigation and hidden parts. */
export function readHtml(reading: Reading): Extracted {
  if (reading.bytes.byteLength > HTML_BYTES) {
    throw tooLarge(reading.name, "it is an HTML page of more than 10 MB");
  }
  const head = Buffer.from(reading.bytes.subarray(0, 2048)).toString("latin1");
  const declared = charsetOf(reading.mime) ?? /<meta[^>]{0,200}charset=["']?([\w:-]{1,40})/i.exec(head)?.[1];
  const html = cleanText(decodeText(reading.bytes, reading.name, declared));
  const { markdown, title, meta, truncated } = convertHtml(html, reading.textLength);
  const createdAt = saneDate(meta.get("article:published_time") ?? meta.get("dcterms.created") ?? meta.get("date"));
  const updatedAt = saneDate(meta.get("article:modified_time") ?? meta.get("last-modified"));
  const author = cleanLine(meta.get("author") ?? meta.get("dcterms.creator"), 200);
  const pageTitle = cleanLine(title) ?? cleanLine(meta.get("og:title"));
  return {
    text: markdown,
    ...(pageTitle !== undefined && { title: pageTitle }),
    ...(author !== undefined && { authors: [`user:${author}`] }),
    ...(createdAt !== undefined && { createdAt }),
    ...(updatedAt !== undefined && { updatedAt }),
    fields: {},
    warnings: truncated ? ["Only the beginning of the page was kept."] : [],
  };
}
