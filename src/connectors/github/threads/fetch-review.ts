import { z } from "zod";
import { ConnectorError, type Fetched } from "../../kit/index.ts";
import { type GithubContext, hasGraphql, inRepository } from "../api.ts";
import { reviewItem } from "../items.ts";
import { type Repository, Review } from "../schema.ts";
import { reviewsOf, saysSomething } from "./reviews.ts";

/** Pull requests that are looked through without GraphQL, which asks for each by itself. */
const FEW = 10;
const Newest = z.array(z.object({ number: z.number() }));

/**
 * One review. GitHub finds it by its pull request only: where nobody knows which that is, those that were updated last
 * are looked through. Throws `not_found`, also for one that says nothing: a sync leaves it out as well.
 */
export async function fetchReview(
  ctx: GithubContext,
  repository: Repository,
  id: number,
  number: number | undefined,
): Promise<Fetched> {
  if (number === undefined) return findReview(ctx, repository, id);
  const { body } = await ctx.http.json(inRepository(repository, `/pulls/${number}/reviews/${id}`), Review);
  if (saysSomething(body)) return { item: reviewItem(repository, body, number) };
  throw new ConnectorError("not_found", "This review holds comments on the code alone, which are items themselves.", {
    hint: `headwater fetch ${ctx.source}/${repository.id}#${number}`,
  });
}

async function findReview(ctx: GithubContext, repository: Repository, id: number): Promise<Fetched> {
  const per_page = hasGraphql(ctx) ? 100 : FEW;
  const newest = { state: "all", sort: "updated", direction: "desc", per_page };
  const { body } = await ctx.http.json(inRepository(repository, "/pulls", newest), Newest);
  const numbers = body.map((pull) => pull.number);
  const { drafts } = await reviewsOf(ctx, repository, numbers);
  const item = drafts.find((one) => one.id === `${repository.id}#pullrequestreview-${id}`);
  if (item !== undefined) return { item };
  throw new ConnectorError("not_found", `No review ${id} was found in the pull requests of ${repository.full_name}.`, {
    hint: "Write it as the address that the browser shows: there it stands behind its pull request.",
  });
}
