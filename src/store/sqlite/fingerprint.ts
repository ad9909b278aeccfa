import { hash } from "node:crypto";
import { encodeText } from "./text.ts";

export const FINGERPRINT_BYTES = 16;

/** What tells two texts (as strings or as UTF-8) apart and a damaged one from a sound one: 16 bytes of SHA-1; null for an empty text. */
export function fingerprint(text: string | Uint8Array): Uint8Array | null {
  if (text.length === 0) return null;
  return hash("sha1", typeof text === "string" ? encodeText(text) : text, "buffer").subarray(0, FINGERPRINT_BYTES);
}

/** Writes the fingerprint of a text's UTF-8 to a place in memory: a buffer for each would cost more than the sum itself. */
export function writeFingerprint(text: Uint8Array, into: Buffer, at: number): void {
  if (text.length > 0) into.write(hash("sha1", text, "binary"), at, FINGERPRINT_BYTES, "latin1");
}
