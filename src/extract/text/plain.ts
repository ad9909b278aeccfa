import { cleanText, cutText } from "../clean-text.ts";
import { decodeText } from "../decode.ts";
import { languageOf } from "../format.ts";
import type { Reading } from "../reading.ts";
import type { Extracted } from "../types.ts";
import { readDelimited } from "./delimited.ts";

/** Text, Markdown, source code and tables of values. Takes time linear in the bytes. */
export function readPlain(reading: Reading): Extracted {
  // A UTF-16 unit takes at most three bytes of UTF-8: what lies beyond is cut off in any case.
  const most = Math.max(reading.textLength, 1_000_000) * 3;
  const cut = reading.bytes.byteLength > most;
  const bytes = cut ? reading.bytes.subarray(0, most) : reading.bytes;
  const text = cleanText(decodeText(bytes, reading.name, charsetOf(reading.mime)));
  if (reading.format === "delimited") return readDelimited(text, reading, cut);
  const language = reading.format === "code" ? languageOf(reading.name) : undefined;
  const { kept, warnings } = keep(text, cut ? Math.min(text.length - 1, reading.textLength) : reading.textLength);
  return { text: kept, fields: language === undefined ? {} : { language }, warnings };
}

/** Text cut to the limit, and the sentence that says so. */
export function keep(text: string, textLength: number): { kept: string; warnings: string[] } {
  if (text.length <= textLength) return { kept: text, warnings: [] };
  const kept = cutText(text, textLength);
  return { kept, warnings: [`Only the first ${kept.length.toLocaleString("en-US")} characters were kept.`] };
}

/** The alphabet that a mime type names: `text/plain; charset=koi8-r`. */
export function charsetOf(mime: string): string | undefined {
  return /charset="?([\w.:-]{1,40})/i.exec(mime)?.[1];
}
