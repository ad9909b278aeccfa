import { buffer } from "node:stream/consumers";
import { type GithubContext, inRepository } from "../api.ts";
import type { Repository } from "../schema.ts";

/** GitHub gives blobs up to 100 MB. https://docs.github.com/rest/git/blobs, 2026-11. */
export const LARGEST_BLOB = 100_000_000;

/** The bytes of a blob as they are. */
export async function fetchBlob(ctx: GithubContext, repository: Repository, sha: string): Promise<Buffer> {
  return await buffer(await streamBlob(ctx, repository, sha, LARGEST_BLOB));
}

/** The same as a stream that fails beyond `maxBytes`. */
export async function streamBlob(ctx: GithubContext, repository: Repository, sha: string, maxBytes: number) {
  const answer = await ctx.http.stream({
    ...inRepository(repository, `/git/blobs/${sha}`),
    headers: { Accept: "application/vnd.github.raw+json" },
    maxBytes,
  });
  return answer.body;
}
