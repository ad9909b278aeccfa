import type { IncomingMessage } from "node:http";

/** Largest delivery, in bytes: what GitHub caps its own at (docs.github.com, "Webhook events and payloads", 2026-11). */
const LARGEST = 25 * 1024 * 1024;
/** All deliveries that are being read or checked at one time. */
const MOST_HELD = 128 * 1024 * 1024;
const DEADLINE_MS = 10_000;

let held = 0;

/** The bytes as they came, held in memory until `release`; or the status that refuses them. */
export type RawBody = { bytes: Buffer; release(): void } | { status: 400 | 408 | 413 | 503 };

/** Reads a body within its cap, its time, and the memory that all bodies share. */
export function readRaw(request: IncomingMessage, deadlineMs = DEADLINE_MS): Promise<RawBody> {
  if (Number(request.headers["content-length"] ?? 0) > LARGEST) return Promise.resolve({ status: 413 });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const release = () => {
      held -= length;
      length = 0;
    };
    const settle = (body: RawBody) => {
      clearTimeout(late);
      request.off("data", take).off("end", done).off("close", cut).off("error", cut);
      if ("status" in body) {
        release();
        request.resume(); // what still comes is thrown away until the connection closes
      }
      resolve(body);
    };
    const take = (chunk: Buffer) => {
      length += chunk.length;
      held += chunk.length;
      if (length > LARGEST) settle({ status: 413 });
      else if (held > MOST_HELD) settle({ status: 503 });
      else chunks.push(chunk);
    };
    const done = () => settle({ bytes: Buffer.concat(chunks), release });
    const cut = () => settle({ status: 400 });
    const late = setTimeout(() => settle({ status: 408 }), deadlineMs);
    request.on("data", take).on("end", done).on("close", cut).on("error", cut);
  });
}
