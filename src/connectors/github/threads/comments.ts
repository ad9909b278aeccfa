import type { z } from "zod";
import { ConnectorError, type Draft, type Entry, type Fetched } from "../../kit/index.ts";
import { type GithubContext, hasGraphql, inRepository } from "../api.ts";
import { commentItem, numberIn, reviewCommentItem } from "../items.ts";
import type { GithubConfig } from "../options.ts";
import { type Account, IssueComment, type Repository, ReviewComment } from "../schema.ts";
import type { Stream, StreamFrom, StreamPage } from "../streams.ts";
import { checkEach } from "../walks/checked.ts";
import { SinceState, sinceWalk } from "../walks/since-walk.ts";
import { takesIssues, takesPulls, takesRemark } from "./selection.ts";

/** What tells the two lists of comments of a repository apart. */
interface Remarks<T> {
  name: "comments" | "reviewComments";
  title: string;
  permission: string;
  /** Below the repository. */
  path: string;
  /** Between the repository's id and the comment's. */
  mark: string;
  schema: z.ZodType<T>;
  applies(config: GithubConfig, repository: Repository): boolean;
  item(repository: Repository, remark: T): Draft;
  about(remark: T): { user?: Account; number: number; onPull: boolean };
  /** Its ids came with those of the threads. */
  isCounted(ctx: GithubContext): boolean;
}

/** Comments on issues and pull requests of a whole repository: they tell of edits that an old issue does not show. */
export const commentsStream = remarkStream<IssueComment>({
  name: "comments",
  title: "Comments",
  permission: "Issues: read",
  path: "/issues/comments",
  mark: "#issuecomment-",
  schema: IssueComment,
  applies: (config, repository) =>
    config.includeComments && (takesPulls(config) || (takesIssues(config) && repository.has_issues)),
  item: commentItem,
  about: (comment) => ({
    user: comment.user,
    number: numberIn(comment.issue_url),
    onPull: comment.html_url.includes("/pull/"),
  }),
  isCounted: hasGraphql,
});

/** Comments on the code of pull requests. */
export const reviewCommentsStream = remarkStream<ReviewComment>({
  name: "reviewComments",
  title: "Review comments",
  permission: "Pull requests: read",
  path: "/pulls/comments",
  mark: "#discussion_r",
  schema: ReviewComment,
  applies: (config) => config.includeReviewComments && takesPulls(config),
  item: reviewCommentItem,
  about: (comment) => ({ user: comment.user, number: numberIn(comment.pull_request_url), onPull: true }),
  isCounted: () => false,
});

function remarkStream<T>(remarks: Remarks<T>): Stream<SinceState> {
  const { name, title, permission, applies } = remarks;
  return {
    name,
    title,
    permission,
    state: SinceState,
    applies,
    pages: (ctx, repository, from) => pages(remarks, ctx, repository, from),
    ids: (ctx, repository) => ids(remarks, ctx, repository),
    entries: noEntries, // they are listed below their threads
    fetch: (ctx, repository, key) => {
      const id = key.startsWith(remarks.mark) ? key.slice(remarks.mark.length) : "";
      return /^\d+$/.test(id) ? fetchRemark(remarks, ctx, repository, id) : undefined;
    },
  };
}

async function* pages<T>(
  remarks: Remarks<T>,
  ctx: GithubContext,
  repository: Repository,
  from: StreamFrom<SinceState>,
): AsyncGenerator<StreamPage<SinceState>> {
  const request = listOf(remarks, repository);
  for await (const page of sinceWalk(ctx, { request, state: from.state, floor: from.since })) {
    const { good, failures } = checkEach(remarks.schema, page.entries, idIn(remarks, repository));
    const upserts = taken(remarks, ctx, repository, good).map((remark) => remarks.item(repository, remark));
    yield { upserts, failures, state: page.state };
  }
}

async function* ids<T>(remarks: Remarks<T>, ctx: GithubContext, repository: Repository): AsyncGenerator<string[]> {
  if (remarks.isCounted(ctx)) return;
  for await (const page of sinceWalk(ctx, {
    request: listOf(remarks, repository),
    state: undefined,
    floor: undefined,
  })) {
    const { good, failures } = checkEach(remarks.schema, page.entries, idIn(remarks, repository));
    const drafts = taken(remarks, ctx, repository, good).map((remark) => remarks.item(repository, remark));
    yield [...drafts, ...failures].map((one) => one.id);
  }
}

function listOf<T>(remarks: Remarks<T>, repository: Repository) {
  return inRepository(repository, remarks.path, { sort: "updated", direction: "asc", per_page: 100 });
}

function idIn<T>(remarks: Remarks<T>, repository: Repository) {
  return ({ id }: Record<string, unknown>) =>
    typeof id === "number" ? `${repository.id}${remarks.mark}${id}` : undefined;
}

function taken<T>(remarks: Remarks<T>, ctx: GithubContext, repository: Repository, found: T[]): T[] {
  return found.filter((remark) => takesRemark(ctx.config, ctx.api, repository, remarks.about(remark)));
}

async function* noEntries(): AsyncGenerator<Entry> {}

async function fetchRemark<T>(
  remarks: Remarks<T>,
  ctx: GithubContext,
  repository: Repository,
  id: string,
): Promise<Fetched> {
  const answer = await ctx.http.json(inRepository(repository, `${remarks.path}/${id}`), remarks.schema);
  const item = remarks.item(repository, answer.body);
  if (item.id === `${repository.id}${remarks.mark}${id}`) return { item };
  throw new ConnectorError("bad_response", "GitHub answered with another comment than the one asked for.");
}
