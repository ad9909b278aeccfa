import { createHash } from "node:crypto";
import { z } from "zod";
import type { HttpRequest } from "./http.ts";
import type { Prepared } from "./request.ts";
import type { Wire } from "./wire.ts";

/** Larger answers are not small descriptions. */
const LARGEST = 512 * 1024;

/** An answer as it is remembered: no address, because of its query, and of its headers what an answer is read by. */
const Kept = z.object({
  etag: z.string(),
  status: z.number(),
  link: z.string().optional(),
  body: z.string(),
});
export type Kept = z.infer<typeof Kept>;

/** The name under which the answer to a request is remembered: a digest, because a query may be confidential. */
export function keepKey(prepared: Prepared, request: HttpRequest): string {
  const { url, method, body, headers } = prepared;
  const asked = JSON.stringify([method, url.href, headers.accept, request.realm ?? ""]);
  return `http:${createHash("sha256")
    .update(asked)
    .update(body ?? "")
    .digest("base64url")}`;
}

export async function recall(wire: Wire, key: string): Promise<Kept | undefined> {
  const parsed = Kept.safeParse(await wire.memory.get(key));
  return parsed.success ? parsed.data : undefined;
}

export async function remember(wire: Wire, key: string, kept: Kept): Promise<void> {
  if (kept.body.length <= LARGEST) await wire.memory.set(key, kept);
}
