import { hash } from "node:crypto";
import { encodeText } from "./text.ts";

export const FINGERPRINT_BYTES = 16;

/** What tells two texts (as strings or as UTF-8) apart and a damaged one from a sound one: 16 bytes of SHA-1; null for an empty text. */
export function fingerprint(text: string | Uint8Array): Uint8Array | null {
  if (text.length === 0) return null;
  return hash("sha1", typeof text === "string" ? encodeText(text) : text, "buffer").subarray(0, FINGERPRINT_BYTES);
}
