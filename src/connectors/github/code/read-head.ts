import { ConnectorError } from "../../kit/index.ts";
import { type GithubContext, inRepository } from "../api.ts";
import type { Repository } from "../schema.ts";
import { escapedPath } from "./escaped-path.ts";
import type { Head } from "./plan-files.ts";
import { Ref } from "./schema.ts";

/** Where a branch ends now. */
export type ReadHead =
  | { state: "same" }
  | { state: "missing" }
  | { state: "known"; head: Head; etag: string | undefined };

/**
 * One conditional request. An empty repository answers 409 ("Git Repository is empty.") and is a branch without a commit.
 * https://docs.github.com/rest/git/refs, 2026-11.
 */
export async function readHead(
  ctx: GithubContext,
  repository: Repository,
  branch: string,
  etag: string | undefined,
): Promise<ReadHead> {
  try {
    const request = inRepository(repository, `/git/ref/heads/${escapedPath(branch)}`);
    const answer = await ctx.http.changed(request, etag, Ref);
    if (answer === undefined) return { state: "same" };
    return { state: "known", head: { branch, commit: answer.body.object.sha }, etag: answer.etag };
  } catch (thrown) {
    const error = ConnectorError.from(thrown);
    if (error.status === 409) return { state: "known", head: { branch }, etag: undefined };
    if (error.kind === "not_found") return { state: "missing" };
    throw error;
  }
}
