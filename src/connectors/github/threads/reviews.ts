import { z } from "zod";
import { ConnectorError, type Draft } from "../../kit/index.ts";
import { type GithubContext, hasGraphql, inRepository } from "../api.ts";
import { ACTOR, Actor, accountOf, askRepository, BigId, isClosed, PageInfo } from "../graphql.ts";
import { isBot, reviewItem } from "../items.ts";
import { type Repository, Review } from "../schema.ts";
import { type Checked, checkEach } from "../walks/checked.ts";

/** Pull requests asked for in one GraphQL query, and the number up to which REST asks for each by itself. */
const AT_ONCE = 50;
const FEW = 2;

const Answered = z.object({
  nodes: z.array(
    z
      .object({
        fullDatabaseId: BigId,
        body: z.string(),
        state: z.string(),
        url: z.string(),
        submittedAt: z.string().nullish(),
        author: Actor,
      })
      .transform(
        (node): Review => ({
          id: node.fullDatabaseId,
          body: node.body,
          state: node.state,
          html_url: node.url,
          submitted_at: node.submittedAt,
          user: accountOf(node.author),
        }),
      ),
  ),
  pageInfo: PageInfo,
});

/** The reviews of some pull requests as items: many at once by GraphQL, few or without a login one by one. */
export async function reviewsOf(
  ctx: GithubContext,
  repository: Repository,
  numbers: readonly number[],
): Promise<{ drafts: Draft[]; failures: Checked<unknown>["failures"] }> {
  const found: { drafts: Draft[]; failures: Checked<unknown>["failures"] } = { drafts: [], failures: [] };
  const take = (reviews: Review[], number: number) => {
    const shown = reviews.filter((one) => saysSomething(one) && (ctx.config.includeBots || !isBot(one.user)));
    found.drafts.push(...shown.map((review) => reviewItem(repository, review, number)));
  };
  const alone = numbers.length > FEW && hasGraphql(ctx) ? await askTogether(ctx, repository, numbers, take) : numbers;
  for (const number of alone) {
    const request = inRepository(repository, `/pulls/${number}/reviews`, { per_page: 100 });
    for await (const page of ctx.http.pages(request, z.array(z.unknown()))) {
      const { good, failures } = checkEach(Review, page.body, ({ id }) =>
        id === undefined ? undefined : `${repository.id}#pullrequestreview-${id}`,
      );
      take(good, number);
      found.failures.push(...failures);
    }
  }
  return found;
}

/** One without a word holds comments on code together, which are items themselves; a verdict counts without words too. */
export function saysSomething({ state, body }: Review): boolean {
  return state !== "PENDING" && (state !== "COMMENTED" || Boolean(body));
}

/** Answers the numbers that have to be asked for one by one: those with more reviews than an answer holds, or all. */
async function askTogether(
  ctx: GithubContext,
  repository: Repository,
  numbers: readonly number[],
  take: (reviews: Review[], number: number) => void,
): Promise<readonly number[]> {
  const alone: number[] = [];
  for (let from = 0; from < numbers.length; from += AT_ONCE) {
    const some = numbers.slice(from, from + AT_ONCE);
    const answer = await askSome(ctx, repository, some);
    if (answer === undefined) return [...alone, ...numbers.slice(from)];
    for (const number of some) {
      const reviews = answer[`p${number}`]?.reviews;
      if (reviews === undefined || reviews.pageInfo !== undefined) alone.push(number);
      else take(reviews.nodes, number);
    }
  }
  return alone;
}

const Pulls = z.record(z.string(), z.object({ reviews: Answered }).nullish());

async function askSome(ctx: GithubContext, repository: Repository, numbers: readonly number[]) {
  const fields = `fullDatabaseId body state url submittedAt ${ACTOR}`;
  const parts = numbers.map(
    (number) =>
      `p${number}: pullRequest(number: ${number}) { reviews(first: 50) { nodes { ${fields} } pageInfo { hasNextPage endCursor } } }`,
  );
  try {
    return await askRepository(ctx, repository, { body: parts.join(" ") }, Pulls);
  } catch (thrown) {
    // GraphQL refuses more than REST does: a token without a field's permission, an old server, one number that is gone.
    if (isClosed(ConnectorError.from(thrown))) return undefined;
    throw thrown;
  }
}
