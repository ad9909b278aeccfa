import type { Readable } from "node:stream";
import { ConnectorError } from "../model/index.ts";
import { refusal } from "./refuse.ts";
import type { Source } from "./types.ts";

/**
 * Collects a stream, counting: what exceeds `maxBytes` is refused as `too_large`, whatever size was declared.
 * The bytes are the caller's own and may be handed to another thread.
 */
export async function readBytes(source: Readable | Uint8Array, about: Source, maxBytes: number): Promise<Uint8Array> {
  if (source instanceof Uint8Array) {
    if (source.byteLength > maxBytes) throw overLimit(about.name, maxBytes);
    return source;
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  const stop = () => source.destroy(new ConnectorError("cancelled", "Stopped."));
  if (about.signal?.aborted) stop();
  about.signal?.addEventListener("abort", stop, { once: true });
  try {
    for await (const chunk of source) {
      const bytes = typeof chunk === "string" ? Buffer.from(chunk) : (chunk as Uint8Array);
      size += bytes.byteLength;
      if (size > maxBytes) throw overLimit(about.name, maxBytes);
      chunks.push(bytes);
    }
  } finally {
    about.signal?.removeEventListener("abort", stop);
    source.destroy();
  }
  return join(chunks, size);
}

function join(chunks: Uint8Array[], size: number): Uint8Array {
  const all = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    all.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return all;
}

function overLimit(name: string, maxBytes: number): ConnectorError {
  return refusal(
    "too_large",
    name,
    `is larger than ${Math.round(maxBytes / 1_000_000)} MB, the most that is read of one file.`,
    "Leave it out with the source's exclude patterns, or split it.",
  );
}
