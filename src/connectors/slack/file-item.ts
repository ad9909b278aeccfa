import type { Draft } from "../kit/index.ts";
import { calledOf } from "./items.ts";
import { nameOf } from "./markdown/message-text.ts";
import type { Channel, File } from "./schema.ts";
import { isCanvas } from "./taken.ts";

/** A shared file or a canvas. The same file in another channel is another item there, because others may read it. */
export function fileItem(channel: Channel, file: File, parent: string): Draft {
  const at = timeOf(file.created);
  const isDocument = isCanvas(file);
  const isUntitled = isDocument && /^untitled$/i.test(nameOf(file));
  const title = isUntitled ? `Canvas of ${calledOf(channel)}` : nameOf(file);
  const size = isDocument ? 0 : (file.size ?? 0);
  return {
    id: `${channel.id}/${file.id}`,
    kind: isDocument ? "canvas" : "file",
    title,
    version: `${file.updated ?? file.created ?? 0} ${size} ${nameOf(file)}`,
    container: channel.id,
    parent,
    ...(file.permalink && { url: file.permalink }),
    ...(at && { createdAt: at, updatedAt: isDocument ? (timeOf(file.updated) ?? at) : at }),
    ...(file.user && { authors: [`user:${file.user}`] }),
    body: bodyOf(file),
    fields: { channel: calledOf(channel), ...(file.name && !isDocument && { name: file.name }) },
  };
}

function bodyOf(file: File): NonNullable<Draft["body"]> {
  if (isCanvas(file)) return { mime: "text/html" };
  return { mime: file.mimetype ?? "application/octet-stream", ...(file.size != null && { bytes: file.size }) };
}

function timeOf(seconds: number | null | undefined): string | undefined {
  return seconds ? new Date(seconds * 1000).toISOString() : undefined;
}
