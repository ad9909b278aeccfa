import { createHash } from "node:crypto";

/** The name that git gives to a file's content: proof that bytes from anywhere are those of a commit. */
export function blobSha(bytes: Uint8Array): string {
  return createHash("sha1").update(`blob ${bytes.byteLength}\0`).update(bytes).digest("hex");
}
