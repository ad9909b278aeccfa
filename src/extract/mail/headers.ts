import { isAscii } from "node:buffer";

/** The headers of a mail or of a part: the first of each lower-case name. */
export interface Headers {
  first: Map<string, string>;
  count: number;
}

/** A header that is a value with parameters, such as `text/plain; charset=utf-8`. */
export interface Structured {
  value: string;
  parameters: Map<string, string>;
}

/** Headers that a mail may carry more than once, and that then count together. */
const LISTS = new Set(["to", "cc", "bcc"]);

/** What no header holds, a bare carriage return and a byte order mark among them. */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f\ufeff]/;

/** Reads the usual headers; undefined where anything is unusual, so that the thorough parser looks at it. */
export function readHeaders(bytes: Buffer): Headers | undefined {
  const text = isAscii(bytes) ? bytes.toString("latin1") : bytes.toString("utf8");
  const unix = text.includes("\r") ? text.replaceAll("\r\n", "\n") : text;
  if (CONTROL.test(unix)) return undefined;
  const lines = (unix.includes("\n ") || unix.includes("\n\t") ? unix.replace(/\n(?=[ \t])/g, "") : unix).split("\n");
  const first = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon <= 0) return undefined;
    const name = line.slice(0, colon).toLowerCase();
    if (!/^[\x21-\x7e]+$/.test(name)) return undefined;
    if (!first.has(name)) first.set(name, trimBlanks(line.slice(colon + 1)));
    else if (LISTS.has(name)) return undefined;
  }
  return { first, count: lines.length };
}

/** The blanks of RFC 5322 alone: others belong to the value. */
function trimBlanks(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && (text[start] === " " || text[start] === "\t")) start += 1;
  while (end > start && (text[end - 1] === " " || text[end - 1] === "\t")) end -= 1;
  return text.slice(start, end);
}

const VALUE = /^([\w.+-]+(?:\/[\w.+-]+)?)[ \t]*(?=;|$)/;
const PARAMETER = /;[ \t]*([\w-]+)=(?:"([^"\\]*)"|([^\s;"()\\=]+(?:=[^\s;"()\\=]*)*))[ \t]*(?=;|$)/y;

/** Undefined for comments, escapes, continued and encoded parameters (RFC 2231) and whatever breaks the rules. */
export function readStructured(written: string): Structured | undefined {
  const value = VALUE.exec(written);
  if (value === null) return undefined;
  const parameters = new Map<string, string>();
  let at = value[0].length;
  while (at < written.length) {
    if (/^[; \t]*$/.test(written.slice(at, at + 20)) && written.length - at < 20) break;
    PARAMETER.lastIndex = at;
    const found = PARAMETER.exec(written);
    if (found === null) return undefined;
    const name = (found[1] as string).toLowerCase();
    if (!parameters.has(name)) parameters.set(name, found[2] ?? found[3] ?? "");
    at = PARAMETER.lastIndex;
  }
  return { value: (value[1] as string).toLowerCase(), parameters };
}
