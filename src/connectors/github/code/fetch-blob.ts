import { buffer } from "node:stream/consumers";
import { z } from "zod";
import { ConnectorError } from "../../kit/index.ts";
import { type GithubContext, inRepository } from "../api.ts";
import type { Repository } from "../schema.ts";
import { blobSha } from "./blob-sha.ts";

/** GitHub gives blobs up to 100 MB. https://docs.github.com/rest/git/blobs, 2026-11. */
export const LARGEST_BLOB = 100_000_000;
/** In base64, with its description. */
const LARGEST_WRITTEN = 140_000_000;
const Written = z.object({ encoding: z.literal("base64"), content: z.string() });

/**
 * The bytes of a blob, proven by its sha. Asked for as they are; a server that does not know this form of answer writes
 * them into JSON. Throws `bad_response` when they are others.
 */
export async function fetchBlob(ctx: GithubContext, repository: Repository, sha: string): Promise<Buffer> {
  const answer = await ctx.http.stream({
    ...inRepository(repository, `/git/blobs/${sha}`),
    headers: { Accept: "application/vnd.github.raw+json" },
    maxBytes: LARGEST_WRITTEN,
  });
  const bytes = await buffer(answer.body);
  if (blobSha(bytes) === sha) return bytes;
  const written = unwritten(bytes);
  if (written !== undefined && blobSha(written) === sha) return written;
  throw new ConnectorError(
    "bad_response",
    `GitHub answered another file than was asked for in ${repository.full_name}.`,
  );
}

function unwritten(bytes: Buffer): Buffer | undefined {
  try {
    const written = Written.safeParse(JSON.parse(bytes.toString("utf8")));
    return written.success ? Buffer.from(written.data.content, "base64") : undefined;
  } catch {
    return undefined;
  }
}
