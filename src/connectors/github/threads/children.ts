import { z } from "zod";
import type { Draft } from "../../kit/index.ts";
import { type GithubContext, inRepository } from "../api.ts";
import { commentItem, isBot, reviewCommentItem } from "../items.ts";
import { IssueComment, type Repository, ReviewComment } from "../schema.ts";
import { checkEach } from "../walks/checked.ts";
import { reviewsOf } from "./reviews.ts";

/**
 * What hangs from one issue or pull request, as far as the options take it: asked for when a thread comes into the choice
 * of the options or leaves it, and by `list`. The streams read these of all threads at once.
 */
export async function childrenOf(
  ctx: GithubContext,
  repository: Repository,
  number: number,
  kind: "issue" | "pull_request",
): Promise<Draft[]> {
  const drafts: Draft[] = [];
  if (ctx.config.includeComments) {
    const comments = await all(ctx, repository, `/issues/${number}/comments`, IssueComment);
    drafts.push(...comments.map((comment) => commentItem(repository, comment)));
  }
  if (kind === "issue" || !ctx.config.includeReviewComments) return drafts;
  drafts.push(...(await reviewsOf(ctx, repository, [number])).drafts);
  const remarks = await all(ctx, repository, `/pulls/${number}/comments`, ReviewComment);
  return [...drafts, ...remarks.map((remark) => reviewCommentItem(repository, remark))];
}

async function all<T extends { user?: IssueComment["user"] }>(
  ctx: GithubContext,
  repository: Repository,
  path: string,
  schema: z.ZodType<T>,
): Promise<T[]> {
  const found: T[] = [];
  const request = inRepository(repository, path, { per_page: 100 });
  for await (const page of ctx.http.pages(request, z.array(z.unknown()))) {
    const { good } = checkEach(schema, page.body, (entry) => String(entry.id));
    found.push(...good.filter((one) => ctx.config.includeBots || !isBot(one.user)));
  }
  return found;
}
