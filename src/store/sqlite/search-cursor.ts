import { createHash } from "node:crypto";
import { ConnectorError } from "../../model/errors.ts";
import type { SearchRequest } from "../../model/search.ts";

/** A question can be paged through this many hits. */
export const DEEPEST = 500;

const VERSION = 1;

/**
 * The cursor after a page: a digest of the question and the rows already shown, so that no hit comes twice even when
 * the store changes between two pages. Nothing is kept here; row numbers mean nothing outside this store.
 */
export function writeCursor(request: SearchRequest, seen: Iterable<number>): string {
  const bytes = [VERSION, ...digestOf(request)];
  let last = 0;
  for (const row of [...seen].sort((left, right) => left - right)) {
    let gap = row - last;
    last = row;
    for (; gap >= 128; gap = Math.floor(gap / 128)) bytes.push((gap % 128) + 128);
    bytes.push(gap);
  }
  return Buffer.from(bytes).toString("base64url");
}

/** The rows already shown. Throws `usage` for a cursor that is not one of this question. */
export function readCursor(request: SearchRequest): Set<number> {
  const seen = new Set<number>();
  if (request.cursor === undefined) return seen;
  const bytes = Buffer.from(request.cursor, "base64url");
  const digest = digestOf(request);
  if (bytes.toString("base64url") !== request.cursor || bytes[0] !== VERSION) throw unusable("is none of headwater's");
  if (!bytes.subarray(1, 1 + digest.length).equals(digest)) throw unusable("belongs to another question");
  let last = 0;
  let gap = 0;
  let factor = 1;
  for (const byte of bytes.subarray(1 + digest.length)) {
    gap += (byte % 128) * factor;
    factor *= 128;
    if (gap > Number.MAX_SAFE_INTEGER || factor > 2 ** 56) throw unusable("is damaged");
    if (byte >= 128) continue;
    last += gap;
    seen.add(last);
    gap = 0;
    factor = 1;
  }
  if (factor !== 1 || seen.size > DEEPEST) throw unusable("is damaged");
  return seen;
}

function digestOf(request: SearchRequest): Buffer {
  const { query, sources, kinds, containers, authors, tags, since, until, viewer } = request;
  const asked = JSON.stringify([query, sources, kinds, containers, authors, tags, since, until, viewer]);
  return createHash("sha256").update(asked).digest().subarray(0, 6);
}

function unusable(why: string): ConnectorError {
  return new ConnectorError("usage", `This search cursor ${why}.`, {
    hint: "Repeat the search without a cursor, and pass nextCursor of its answer with the same question and filters.",
  });
}
