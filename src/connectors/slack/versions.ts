import { createHash } from "node:crypto";
import type { Message } from "./schema.ts";

/** Changes when the mapping does, so that everything is read anew then. */
const MAPPING = 1;

/** What is said of a message wherever it is listed, as a short text that changes with it; replies are counted, not read. */
export function rootVersion(message: Message): string {
  return digest([partsOf(message), message.reply_count ?? 0, message.reply_count ? message.latest_reply : null]);
}

/** A thread with all that was read of it. */
export function threadVersion(root: Message, replies: readonly Message[]): string {
  return `${rootVersion(root)}.${digest(replies.map(partsOf))}`;
}

/** One message of a thread, whatever else is in it. */
export function messageVersion(message: Message): string {
  return digest(partsOf(message));
}

function partsOf({ ts, subtype, text, edited, files, attachments, reactions }: Message): unknown {
  const shared = files.map(({ id, title, name, mode }) => [id, title ?? name, mode === "tombstone"]);
  const hung = attachments.map(({ title, text: said, fallback }) => [title, said, fallback]);
  const felt = reactions.map(({ name, count }) => [name, count]);
  return [MAPPING, ts, subtype === "tombstone", text, edited?.ts, shared, hung, felt];
}

function digest(parts: unknown): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url").slice(0, 10);
}
