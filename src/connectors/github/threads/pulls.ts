import { z } from "zod";
import type { Answer, Draft, Entry } from "../../kit/index.ts";
import { type GithubContext, inRepository } from "../api.ts";
import { pullItem, threadId } from "../items.ts";
import { PullRequest, type Repository } from "../schema.ts";
import type { Stream, StreamFrom, StreamPage } from "../streams.ts";
import { checkEach } from "../walks/checked.ts";
import { type DescendingPage, DescendingState, descendingWalk } from "../walks/descending-walk.ts";
import { nextLink } from "../walks/next-link.ts";
import { childrenOf } from "./children.ts";
import { fetchReview } from "./fetch-review.ts";
import { reviewsOf } from "./reviews.ts";
import { isSelective, takesPulls, takesThread } from "./selection.ts";
import { ThreadChoice } from "./thread-choice.ts";
import { pullIds } from "./thread-ids.ts";

const State = DescendingState.extend({
  /** Numbers of the pull requests that are taken, where the options choose among them. */
  taken: z.array(z.number()).optional(),
});
type State = z.output<typeof State>;

const Page = z.array(z.looseObject({ number: z.number(), updated_at: z.string() }));
type Listed = z.output<typeof Page>[number];

/** Pull requests in descending order of their updates, because their list has no `since`; with their reviews. */
export const pullsStream: Stream<State> = {
  name: "pulls",
  title: "Pull requests",
  permission: "Pull requests: read",
  state: State,
  applies: (config) => takesPulls(config),
  pages,
  ids: pullIds,
  entries,
  // "#12" may be an issue as well: the stream of issues asks.
  fetch: (ctx, repository, key, thread) => {
    const review = /^#pullrequestreview-(\d+)$/.exec(key)?.[1];
    return review === undefined ? undefined : fetchReview(ctx, repository, Number(review), thread);
  },
};

async function* pages(
  ctx: GithubContext,
  repository: Repository,
  from: StreamFrom<State>,
): AsyncGenerator<StreamPage<State>> {
  const choice = new ThreadChoice(ctx, repository, from.state?.taken);
  const first = from.state?.highWater === undefined;
  const walk = descendingWalk<Listed>(ctx, {
    state: from.state,
    floor: from.since,
    first: (etag) => firstPage(ctx, repository, etag, first),
    following: (next, eagerly) => followingPages(ctx, repository, next, eagerly),
    stamp: (pull) => ({ at: pull.updated_at, key: String(pull.number) }),
  });
  for await (const page of walk) {
    const { good, failures } = checkEach(PullRequest, page.entries, ({ number }) =>
      threadId(repository, Number(number)),
    );
    const { taken, entering, leaving } = choice.sort(good, !first);
    const upserts: Draft[] = taken.map((pull) => pullItem(repository, pull));
    const deletes = leaving.map((number) => threadId(repository, number));
    for (const pull of entering) upserts.push(...(await childrenOf(ctx, repository, pull.number, "pull_request")));
    for (const number of leaving)
      deletes.push(...(await childrenOf(ctx, repository, number, "pull_request")).map((child) => child.id));
    if (ctx.config.includeReviewComments) {
      const changed = changedOf(taken, page.news, entering);
      const reviews = await reviewsOf(ctx, repository, changed);
      upserts.push(...reviews.drafts);
      failures.push(...reviews.failures);
    }
    yield { upserts, deletes, failures, state: { ...page.state, ...choice.state() } };
  }
}

/** The numbers whose reviews may have changed. */
function changedOf(taken: PullRequest[], news: Listed[], entering: PullRequest[]): number[] {
  const [fresh, asked] = [news, entering].map((list) => new Set(list.map((pull) => pull.number))) as [
    Set<number>,
    Set<number>,
  ];
  return taken.map((pull) => pull.number).filter((number) => fresh.has(number) && !asked.has(number));
}

function pullList(ctx: GithubContext, repository: Repository, narrowed: boolean) {
  const state = narrowed ? ctx.config.state : "all";
  return inRepository(repository, "/pulls", { state, sort: "updated", direction: "desc", per_page: 100 });
}

async function firstPage(
  ctx: GithubContext,
  repository: Repository,
  etag: string | undefined,
  first: boolean,
): Promise<DescendingPage<Listed> | undefined> {
  const narrowed = first && isSelective(ctx.config);
  const answer = await ctx.http.changed(pullList(ctx, repository, narrowed), etag, Page);
  if (answer === undefined) return undefined;
  return { entries: answer.body, next: nextLink(answer), ...(!narrowed && { etag: answer.etag }) };
}

async function* followingPages(
  ctx: GithubContext,
  repository: Repository,
  next: string,
  eagerly: boolean,
): AsyncGenerator<DescendingPage<Listed>> {
  const realm = repository.owner.login;
  if (eagerly) {
    for await (const answer of ctx.http.pages({ url: next, realm }, Page))
      yield { entries: answer.body, next: nextLink(answer) };
    return;
  }
  for (let url: string | undefined = next; url !== undefined; ) {
    const answer: Answer<Listed[]> = await ctx.http.json({ url, realm }, Page);
    yield { entries: answer.body, next: nextLink(answer) };
    url = answer.next === url ? undefined : answer.next;
  }
}

async function* entries(ctx: GithubContext, repository: Repository): AsyncGenerator<Entry> {
  const request = pullList(ctx, repository, isSelective(ctx.config));
  for await (const page of ctx.http.pages(request, z.array(z.unknown()))) {
    const { good } = checkEach(PullRequest, page.body, ({ number }) => threadId(repository, Number(number)));
    for (const pull of good.filter((one) => takesThread(ctx.config, one))) {
      yield {
        id: threadId(repository, pull.number),
        name: `#${pull.number} ${pull.title}`,
        kind: "pull_request",
        holds: ctx.config.includeComments || ctx.config.includeReviewComments ? "items" : "nothing",
        url: pull.html_url,
        updatedAt: pull.updated_at,
      };
    }
  }
}
