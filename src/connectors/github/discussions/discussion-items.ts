import { z } from "zod";
import type { Draft } from "../../kit/index.ts";
import { ACTOR, Actor, accountOf, PageInfo } from "../graphql.ts";
import { authorsOf, facts, loginOf, threadId, times, versioned } from "../items.ts";
import { linksIn } from "../links.ts";
import type { GithubConfig } from "../options.ts";
import type { Repository } from "../schema.ts";

const written = {
  id: z.string(),
  databaseId: z.number().nullish(),
  body: z.string(),
  url: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  author: Actor.transform(accountOf),
};

const Reply = z.object(written);
const Comment = z.object({
  ...written,
  isAnswer: z.boolean().optional(),
  replies: z.object({ nodes: z.array(Reply), pageInfo: PageInfo }).optional(),
});

/** A comment on a discussion with its replies, or a reply. */
export const DiscussionComment = Comment;
export type DiscussionComment = z.output<typeof Comment>;

export const Discussion = z.object({
  ...written,
  number: z.number(),
  title: z.string(),
  closed: z.boolean().default(false),
  isAnswered: z.boolean().nullish(),
  stateReason: z.string().nullish(),
  upvoteCount: z.number().default(0),
  category: z.object({ name: z.string() }).nullish(),
  labels: z.object({ nodes: z.array(z.object({ name: z.string() })) }).nullish(),
  comments: z.object({ totalCount: z.number().optional(), nodes: z.array(Comment), pageInfo: PageInfo }).optional(),
});
export type Discussion = z.output<typeof Discussion>;

const WRITTEN = `id databaseId body url createdAt updatedAt ${ACTOR}`;
const PAGE_INFO = "pageInfo { hasNextPage endCursor }";

/** Fields of a comment with so many replies; 0 for a reply, which has none. */
export function remarkFields(replies: number): string {
  if (replies === 0) return WRITTEN;
  return `${WRITTEN} isAnswer replies(first: ${replies}) { nodes { ${WRITTEN} } ${PAGE_INFO} }`;
}

export function discussionFields(config: GithubConfig): string {
  const comments = config.includeComments
    ? `comments(first: 30) { totalCount nodes { ${remarkFields(20)} } ${PAGE_INFO} }`
    : "";
  return `${WRITTEN} number title closed isAnswered upvoteCount category { name }
    labels(first: 20) { nodes { name } } ${comments}`;
}

export function discussionItem(repository: Repository, discussion: Discussion): Draft {
  const { number, category, isAnswered } = discussion;
  return versioned({
    id: threadId(repository, number),
    kind: "discussion",
    title: discussion.title,
    url: discussion.url,
    container: String(repository.id),
    authors: authorsOf(discussion.author),
    tags: (discussion.labels?.nodes ?? []).map((label) => label.name),
    text: discussion.body,
    aliases: [`${repository.full_name}#${number}`],
    relations: linksIn(discussion.body, repository, number),
    ...times(discussion.createdAt, discussion.updatedAt),
    fields: facts({
      number,
      state: discussion.closed ? "closed" : "open",
      category: category?.name,
      answered: isAnswered ?? undefined,
      comments: discussion.comments?.totalCount,
      upvotes: discussion.upvoteCount || undefined,
    }),
  });
}

export function discussionCommentId(
  repository: Repository,
  remark: { databaseId?: number | null | undefined; id: string },
) {
  return `${repository.id}#discussioncomment-${remark.databaseId ?? remark.id}`;
}

/** A comment on a discussion, or a reply `to` one. */
export function discussionCommentItem(
  repository: Repository,
  remark: DiscussionComment,
  number: number,
  to: DiscussionComment | undefined,
): Draft {
  const relations = linksIn(remark.body, repository);
  if (to !== undefined) relations.unshift({ rel: "reply", id: discussionCommentId(repository, to) });
  return versioned({
    id: discussionCommentId(repository, remark),
    kind: "discussion_comment",
    title: `${to === undefined ? "Comment" : "Reply"} by ${loginOf(remark.author)} on ${repository.name}#${number}`,
    url: remark.url,
    container: String(repository.id),
    parent: threadId(repository, number),
    authors: authorsOf(remark.author),
    text: remark.body,
    relations,
    ...times(remark.createdAt, remark.updatedAt),
    fields: facts({ answer: remark.isAnswer || undefined }),
  });
}
