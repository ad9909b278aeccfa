import type { Raw } from "./dispatch.ts";
import { misshapen } from "./try-failed.ts";
import type { Wire } from "./wire.ts";

/** JSON, whatever its media type says; undefined for answers that have no body by their status. */
export function decodeJson(wire: Wire, raw: Raw, bytes: Uint8Array): unknown {
  const from = `${raw.url.host} answered ${wire.source} with`;
  if (bytes.length === 0) {
    if (raw.status === 204 || raw.status === 205) return undefined;
    throw misshapen(`${from} nothing where data was asked for.`, raw.status);
  }
  let text: string;
  try {
    text = new TextDecoder(charsetOf(raw.headers) ?? "utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw misshapen(`${from} text in another encoding than it says.`, raw.status);
  }
  try {
    return JSON.parse(text);
  } catch {
    const page = /^\s*</.test(text) || /html/i.test(raw.headers.get("content-type") ?? "");
    throw misshapen(
      `${from} ${page ? "a web page" : "something cut off or garbled"} where data was asked for.`,
      raw.status,
    );
  }
}

/** Text by its byte order mark, its declared charset, as UTF-8, or else as Windows-1252, in this order. */
export function decodeText(headers: Headers, bytes: Uint8Array): string {
  const declared = markOf(bytes) ?? charsetOf(headers);
  if (declared !== undefined) {
    try {
      return new TextDecoder(declared).decode(bytes);
    } catch {
      // A charset that nobody knows says nothing.
    }
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

function charsetOf(headers: Headers): string | undefined {
  return /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(headers.get("content-type") ?? "")?.[1];
}

function markOf([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  return first === 0xef && second === 0xbb && third === 0xbf ? "utf-8" : undefined;
}
