import { z } from "zod";
import { ConnectorError, type Draft, type Entry, type Fetched } from "../../kit/index.ts";
import { githubAddresses } from "../addresses.ts";
import { type GithubContext, isLoggedIn } from "../api.ts";
import { askRepository, PageInfo } from "../graphql.ts";
import { isBot, threadId } from "../items.ts";
import type { GithubConfig } from "../options.ts";
import type { Repository } from "../schema.ts";
import type { Stream, StreamFrom, StreamPage } from "../streams.ts";
import { type DescendingPage, DescendingState, descendingWalk } from "../walks/descending-walk.ts";
import { discussionIds } from "./discussion-ids.ts";
import {
  Discussion,
  DiscussionComment,
  discussionCommentItem,
  discussionFields,
  discussionItem,
  remarkFields,
} from "./discussion-items.ts";

const PAGE = 50;
const MARK = "#discussioncomment-";
const Listing = z.object({
  discussions: z.object({ totalCount: z.number(), nodes: z.array(Discussion), pageInfo: PageInfo }),
});
const ORDER = "orderBy: { field: UPDATED_AT, direction: DESC }";
const PAGE_INFO = "pageInfo { hasNextPage endCursor }";
const Cursor = { type: "String" };

/** Discussions with their comments and replies. GraphQL only, so nothing without a login. */
export const discussionsStream: Stream<DescendingState> = {
  name: "discussions",
  title: "Discussions",
  permission: "Discussions: read",
  state: DescendingState,
  applies: (config, repository) =>
    config.includeDiscussions && isLoggedIn(config) && repository.has_discussions !== false,
  pages,
  ids,
  entries,
  fetch: (ctx, repository, key, thread) => {
    const id = key.startsWith(MARK) ? key.slice(MARK.length) : "";
    return /^\d+$/.test(id) ? fetchRemark(ctx, repository, Number(id), thread) : undefined;
  },
};

async function* pages(
  ctx: GithubContext,
  repository: Repository,
  from: StreamFrom<DescendingState>,
): AsyncGenerator<StreamPage<DescendingState>> {
  const walk = descendingWalk<Discussion>(ctx, {
    state: from.state,
    floor: from.since,
    first: async (etag) => {
      if (etag !== undefined && etag === (await newestOf(ctx, repository))) return undefined;
      return pageAfter(ctx, repository, undefined);
    },
    following: async function* (next) {
      for (let after: string | undefined = next; after !== undefined; ) {
        const page: DescendingPage<Discussion> = await pageAfter(ctx, repository, after);
        yield page;
        after = page.next === after ? undefined : page.next;
      }
    },
    stamp: (discussion) => ({ at: discussion.updatedAt, key: String(discussion.number) }),
  });
  for await (const page of walk) {
    const upserts: Draft[] = [];
    for (const discussion of page.entries.filter((one) => takes(ctx.config, one)))
      upserts.push(...(await draftsOf(ctx, repository, discussion)));
    yield { upserts, state: page.state };
  }
}

/** What the list says at its top: as long as that stays, nothing was updated. GraphQL has no ETag, but this costs one point. */
async function newestOf(ctx: GithubContext, repository: Repository): Promise<string> {
  const body = `discussions(first: 1, ${ORDER}) { totalCount nodes { number updatedAt } }`;
  const Newest = z.object({
    discussions: z.object({
      totalCount: z.number(),
      nodes: z.array(z.object({ number: z.number(), updatedAt: z.string() })),
    }),
  });
  const { discussions } = await askRepository(ctx, repository, { body, cost: 1 }, Newest);
  return stampOf(discussions);
}

function stampOf({
  totalCount,
  nodes: [top],
}: {
  totalCount: number;
  nodes: { number: number; updatedAt: string }[];
}): string {
  return `${totalCount} ${top?.number} ${top?.updatedAt}`;
}

async function pageAfter(
  ctx: GithubContext,
  repository: Repository,
  after: string | undefined,
): Promise<DescendingPage<Discussion>> {
  const body = `discussions(first: ${PAGE}, after: $after, ${ORDER}) {
    totalCount nodes { ${discussionFields(ctx.config)} } ${PAGE_INFO} }`;
  const variables = { after: { ...Cursor, value: after ?? null } };
  const { discussions } = await askRepository(ctx, repository, { body, variables, cost: 15 }, Listing);
  return { entries: discussions.nodes, next: discussions.pageInfo, etag: stampOf(discussions) };
}

function takes(config: GithubConfig, { author }: Discussion): boolean {
  return config.includeBots || !isBot(author);
}

/** A discussion with all that hangs from it; long ones are asked for the rest. */
async function draftsOf(ctx: GithubContext, repository: Repository, discussion: Discussion): Promise<Draft[]> {
  const drafts = [discussionItem(repository, discussion)];
  if (!ctx.config.includeComments) return drafts;
  for await (const remark of allRemarks(ctx, repository, discussion)) drafts.push(remark);
  return drafts;
}

async function* allRemarks(ctx: GithubContext, repository: Repository, discussion: Discussion): AsyncGenerator<Draft> {
  const { number } = discussion;
  for (let page = discussion.comments; page !== undefined; ) {
    for (const comment of page.nodes) {
      yield* itemsOf(ctx, repository, number, comment, undefined);
      for await (const reply of allReplies(ctx, repository, comment))
        yield* itemsOf(ctx, repository, number, reply, comment);
    }
    page = page.pageInfo === undefined ? undefined : await commentsAfter(ctx, repository, number, page.pageInfo);
  }
}

function* itemsOf(
  ctx: GithubContext,
  repository: Repository,
  number: number,
  remark: DiscussionComment,
  to: DiscussionComment | undefined,
): Generator<Draft> {
  if (ctx.config.includeBots || !isBot(remark.author)) yield discussionCommentItem(repository, remark, number, to);
}

async function commentsAfter(ctx: GithubContext, repository: Repository, number: number, after: string) {
  const body = `discussion(number: $number) { comments(first: 50, after: $after) {
    nodes { ${remarkFields(20)} } ${PAGE_INFO} } }`;
  const variables = { number: { type: "Int!", value: number }, after: { ...Cursor, value: after } };
  const Shape = z.object({ discussion: z.object({ comments: Discussion.shape.comments }).nullable() });
  const { discussion } = await askRepository(ctx, repository, { body, variables, cost: 1 }, Shape);
  return discussion?.comments;
}

async function* allReplies(
  ctx: GithubContext,
  repository: Repository,
  comment: DiscussionComment,
): AsyncGenerator<DiscussionComment> {
  for (let page = comment.replies; page !== undefined; ) {
    yield* page.nodes;
    page = page.pageInfo === undefined ? undefined : await repliesAfter(ctx, repository, comment, page.pageInfo);
  }
}

async function repliesAfter(ctx: GithubContext, repository: Repository, comment: DiscussionComment, after: string) {
  const query = `query ($id: ID!, $after: String) { node(id: $id) { ... on DiscussionComment {
    replies(first: 100, after: $after) { nodes { ${remarkFields(0)} } ${PAGE_INFO} } } } }`;
  const Shape = z.object({ node: z.object({ replies: DiscussionComment.shape.replies }).nullable() });
  const variables = { id: comment.id, after };
  const answer = await ctx.http.graphql(
    {
      url: githubAddresses(ctx.config.baseUrl).graphql,
      query,
      variables,
      realm: repository.owner.login,
      bucket: "graphql",
      cost: 1,
    },
    Shape,
  );
  return answer.body.node?.replies;
}

function ids(ctx: GithubContext, repository: Repository): AsyncGenerator<string[]> {
  return discussionIds(ctx, repository, async (number) =>
    (await remarksOfDiscussion(ctx, repository, number)).map((draft) => draft.id),
  );
}

async function* entries(ctx: GithubContext, repository: Repository): AsyncGenerator<Entry> {
  for (let after: string | undefined, more = true; more; ) {
    const page: DescendingPage<Discussion> = await pageAfter(ctx, repository, after);
    for (const discussion of page.entries.filter((one) => takes(ctx.config, one))) {
      yield {
        id: threadId(repository, discussion.number),
        name: `#${discussion.number} ${discussion.title}`,
        kind: "discussion",
        holds: (discussion.comments?.nodes.length ?? 0) > 0 ? "items" : "nothing",
        url: discussion.url,
        updatedAt: discussion.updatedAt,
      };
    }
    more = page.next !== undefined && page.next !== after;
    after = page.next;
  }
}

/** One discussion by its number. Throws `not_found`. */
export async function fetchDiscussion(ctx: GithubContext, repository: Repository, number: number): Promise<Fetched> {
  return { item: discussionItem(repository, await oneDiscussion(ctx, repository, number)) };
}

/** What hangs from a discussion. */
export async function remarksOfDiscussion(
  ctx: GithubContext,
  repository: Repository,
  number: number,
): Promise<Draft[]> {
  return (await draftsOf(ctx, repository, await oneDiscussion(ctx, repository, number))).slice(1);
}

async function oneDiscussion(ctx: GithubContext, repository: Repository, number: number): Promise<Discussion> {
  const body = `discussion(number: $number) { ${discussionFields(ctx.config)} }`;
  const variables = { number: { type: "Int!", value: number } };
  const Shape = z.object({ discussion: Discussion.nullable() });
  const { discussion } = await askRepository(ctx, repository, { body, variables }, Shape);
  if (discussion !== null) return discussion;
  const message = `${repository.full_name} has no issue, pull request or discussion #${number}.`;
  throw new ConnectorError("not_found", message);
}

/**
 * GraphQL finds a comment by its node id only, which its number does not tell: its discussion is read, or where nobody
 * knows which that is, the newest ones are looked through.
 */
async function fetchRemark(
  ctx: GithubContext,
  repository: Repository,
  id: number,
  number: number | undefined,
): Promise<Fetched> {
  const wanted = `${repository.id}${MARK}${id}`;
  if (number !== undefined) {
    const item = (await remarksOfDiscussion(ctx, repository, number)).find((one) => one.id === wanted);
    if (item !== undefined) return { item };
    throw new ConnectorError("not_found", `Discussion #${number} of ${repository.full_name} has no comment ${id}.`);
  }
  for (let after: string | undefined, looked = 0; looked < 4; looked++) {
    const page: DescendingPage<Discussion> = await pageAfter(ctx, repository, after);
    for (const discussion of page.entries) {
      for (const item of await draftsOf(ctx, repository, discussion)) if (item.id === wanted) return { item };
    }
    if (page.next === undefined || page.next === after) break;
    after = page.next;
  }
  throw new ConnectorError("not_found", `No comment ${id} was found in the discussions of ${repository.full_name}.`);
}
