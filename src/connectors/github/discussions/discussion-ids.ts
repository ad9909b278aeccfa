import { z } from "zod";
import { ConnectorError } from "../../kit/index.ts";
import type { GithubContext } from "../api.ts";
import { ACTOR, Actor, accountOf, askRepository, PageInfo } from "../graphql.ts";
import { isBot, threadId } from "../items.ts";
import type { Repository } from "../schema.ts";
import { discussionCommentId } from "./discussion-items.ts";

const remark = { id: z.string(), databaseId: z.number().nullish(), author: Actor };
const Remark = z.object({
  ...remark,
  replies: z.object({ nodes: z.array(z.object(remark)), pageInfo: PageInfo }),
});
const Page = z.object({
  discussions: z.object({
    nodes: z.array(
      z.object({
        number: z.number(),
        author: Actor,
        comments: z.object({ nodes: z.array(Remark), pageInfo: PageInfo }).optional(),
      }),
    ),
    pageInfo: PageInfo,
  }),
});
const PAGE_INFO = "pageInfo { hasNextPage endCursor }";
const REMARK = `id databaseId ${ACTOR}`;
const REMARKS = `comments(first: 50) { nodes { ${REMARK} replies(first: 30) { nodes { ${REMARK} } ${PAGE_INFO} } } ${PAGE_INFO} }`;

/** The ids of all discussions and of what hangs from them; `whole` reads those that are longer than an answer. */
export async function* discussionIds(
  ctx: GithubContext,
  repository: Repository,
  whole: (number: number) => Promise<string[]>,
): AsyncGenerator<string[]> {
  const { includeComments, includeBots } = ctx.config;
  const body = `discussions(first: 50, after: $after, orderBy: { field: CREATED_AT, direction: ASC }) {
    nodes { number ${ACTOR} ${includeComments ? REMARKS : ""} } ${PAGE_INFO} }`;
  const takes = (one: { author?: z.output<typeof Actor> }) => includeBots || !isBot(accountOf(one.author));
  for (let after: string | undefined, more = true; more; ) {
    const variables = { after: { type: "String", value: after ?? null } };
    const { discussions } = await askRepository(ctx, repository, { body, variables, cost: 25 }, Page);
    for (const { number, comments } of discussions.nodes.filter(takes)) {
      const ids = [threadId(repository, number)];
      const cut = comments?.pageInfo ?? comments?.nodes.find((one) => one.replies.pageInfo)?.id;
      if (cut !== undefined) ids.push(...(await whole(number)));
      const remarks = cut === undefined ? (comments?.nodes ?? []).flatMap((one) => [one, ...one.replies.nodes]) : [];
      yield [...ids, ...remarks.filter(takes).map((one) => discussionCommentId(repository, one))];
    }
    more = discussions.pageInfo !== undefined;
    if (more && discussions.pageInfo === after)
      throw new ConnectorError("bad_response", "GitHub's listing does not move on: the same place came twice.");
    after = discussions.pageInfo;
  }
}
