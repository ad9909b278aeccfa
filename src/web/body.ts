import type { IncomingMessage } from "node:http";

/** Largest request body, in bytes. */
export const LARGEST_BODY = 4 * 1024 * 1024;

/** Most messages in one batch of the 2025-03-26 revision. */
const LARGEST_BATCH = 50;

/** The parsed body, or the HTTP answer that refuses it. */
export type Body = { json: unknown } | { status: 400 | 413 | 415; message: string; code: number };

/** Reads and parses a JSON body within the cap. */
export async function readBody(request: IncomingMessage): Promise<Body> {
  const [type] = (request.headers["content-type"] ?? "").split(";");
  if (type!.trim().toLowerCase() !== "application/json")
    return { status: 415, message: "The body must be application/json.", code: -32000 };
  if (Number(request.headers["content-length"] ?? 0) > LARGEST_BODY) return TOO_LARGE;
  const bytes = await collect(request);
  return bytes === undefined ? TOO_LARGE : parse(bytes);
}

const TOO_LARGE = { status: 413, message: "The body is larger than 4 MB.", code: -32000 } as const;

async function collect(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LARGEST_BODY) return undefined;
    chunks.push(chunk);
  }
  return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
}

function parse(bytes: Buffer): Body {
  try {
    const json: unknown = JSON.parse(bytes.toString("utf8"));
    if (Array.isArray(json) && json.length > LARGEST_BATCH)
      return { status: 400, message: `A batch holds at most ${LARGEST_BATCH} messages.`, code: -32600 };
    return { json };
  } catch {
    return { status: 400, message: "Parse error: the body is not JSON.", code: -32700 };
  }
}
