import { z } from "zod";
import type { Draft, Entry, HttpRequest } from "../../kit/index.ts";
import { type GithubContext, inRepository } from "../api.ts";
import { issueItem, threadId } from "../items.ts";
import { Issue, type Repository } from "../schema.ts";
import type { Stream, StreamFrom, StreamPage } from "../streams.ts";
import { checkEach } from "../walks/checked.ts";
import { SinceState, sinceWalk } from "../walks/since-walk.ts";
import { childrenOf } from "./children.ts";
import { fetchThread } from "./fetch-thread.ts";
import { isSelective, takesIssues, takesThread } from "./selection.ts";
import { ThreadChoice } from "./thread-choice.ts";
import { issueIds } from "./thread-ids.ts";

const State = SinceState.extend({
  /** Numbers of the issues that are taken, where the options choose among them. */
  taken: z.array(z.number()).optional(),
});
type State = z.output<typeof State>;

/** Issues in ascending order of their updates. */
export const issuesStream: Stream<State> = {
  name: "issues",
  title: "Issues",
  permission: "Issues: read",
  state: State,
  applies: (config, repository) => takesIssues(config) && repository.has_issues,
  pages,
  ids: issueIds,
  entries,
  fetch: (ctx, repository, key) => {
    const number = /^#(\d+)$/.exec(key)?.[1];
    return number === undefined ? undefined : fetchThread(ctx, repository, Number(number));
  },
};

async function* pages(
  ctx: GithubContext,
  repository: Repository,
  from: StreamFrom<State>,
): AsyncGenerator<StreamPage<State>> {
  const choice = new ThreadChoice(ctx, repository, from.state?.taken);
  const narrowed = isSelective(ctx.config) && from.state?.ended !== true;
  const request = issueList(ctx, repository, "asc", narrowed);
  for await (const page of sinceWalk(ctx, { request, state: from.state, floor: from.since, narrowed })) {
    const own = page.entries.filter((entry) => entry.pull_request === undefined || entry.pull_request === null);
    const { good, failures } = checkEach(Issue, own, (entry) => idOf(repository, entry));
    const { taken, entering, leaving } = choice.sort(good, !narrowed);
    const upserts: Draft[] = taken.map((issue) => issueItem(repository, issue));
    const deletes = leaving.map((number) => threadId(repository, number));
    for (const issue of entering)
      if (issue.comments > 0) upserts.push(...(await childrenOf(ctx, repository, issue.number, "issue")));
    for (const number of leaving)
      deletes.push(...(await childrenOf(ctx, repository, number, "issue")).map((child) => child.id));
    yield { upserts, deletes, failures, state: { ...page.state, ...choice.state() } };
  }
}

/** Later requests take every state and label, so that what leaves the choice is noticed. */
function issueList(
  ctx: GithubContext,
  repository: Repository,
  direction: "asc" | "desc",
  narrowed: boolean,
): HttpRequest {
  const { state, labels } = ctx.config;
  return inRepository(repository, "/issues", {
    state: narrowed ? state : "all",
    ...(narrowed && labels.length === 1 && { labels: labels[0] }),
    sort: "updated",
    direction,
    per_page: 100,
  });
}

function idOf(repository: Repository, entry: Record<string, unknown>): string | undefined {
  return typeof entry.number === "number" ? threadId(repository, entry.number) : undefined;
}

async function* entries(ctx: GithubContext, repository: Repository): AsyncGenerator<Entry> {
  const request = issueList(ctx, repository, "desc", isSelective(ctx.config));
  for await (const page of ctx.http.pages(request, z.array(z.unknown()))) {
    const { good } = checkEach(Issue, page.body, (entry) => idOf(repository, entry));
    for (const issue of good) {
      if (issue.pull_request || !takesThread(ctx.config, issue)) continue;
      yield {
        id: threadId(repository, issue.number),
        name: `#${issue.number} ${issue.title}`,
        kind: "issue",
        holds: ctx.config.includeComments && issue.comments > 0 ? "items" : "nothing",
        url: issue.html_url,
        updatedAt: issue.updated_at,
      };
    }
  }
}
