import { z } from "zod";
import type { Draft, NativeQuery } from "../kit/index.ts";
import type { GithubContext } from "./api.ts";
import { checkEach } from "./checked.ts";
import { fetchThread } from "./fetch-thread.ts";
import { issueItem } from "./items.ts";
import { repositoriesOf, repositoryById } from "./repositories.ts";
import { Issue, type Repository } from "./schema.ts";
import { takesIssues, takesPulls, takesThread } from "./selection.ts";

const Found = z.object({
  total_count: z.number(),
  incomplete_results: z.boolean().default(false),
  items: z.array(z.unknown()),
});

/** A query longer than this is refused by GitHub; each name of a repository takes its part. */
const LONGEST_QUERY = 250;

/**
 * GitHub's own search of issues and pull requests. Each kind is asked for by itself: fine-grained tokens are refused
 * without `is:` (javiertuya/dashgit#129). Code has its own search with its own limit.
 */
export async function searchGithub(ctx: GithubContext, query: NativeQuery): Promise<Draft[]> {
  const repositories = await scopeOf(ctx, query.container);
  const kinds = [takesIssues(ctx.config) && "is:issue", takesPulls(ctx.config) && "is:pull-request"];
  const found = new Map<string, Draft>();
  for (const kind of kinds.filter((one) => one !== false)) {
    const q = `${plainWords(query.text)} ${kind} ${placesIn(repositories)}`;
    for (const draft of await ask(ctx, q, repositories, query.limit)) found.set(draft.id, draft);
  }
  return interleaved([...found.values()]).slice(0, query.limit);
}

async function scopeOf(ctx: GithubContext, container: string | undefined): Promise<Repository[]> {
  if (container !== undefined) return [await repositoryById(ctx, container)];
  if (ctx.api.repositories.size > 0) return [...ctx.api.repositories.values()];
  const all: Repository[] = [];
  for await (const repository of repositoriesOf(ctx)) all.push(repository);
  return all;
}

/** The repositories by name where they fit into a query, else all of their owners. */
function placesIn(repositories: Repository[]): string {
  const names = repositories.map((one) => `repo:${one.full_name}`).join(" ");
  if (names.length <= LONGEST_QUERY) return names;
  return [...new Set(repositories.map((one) => `user:${one.owner.login}`))].slice(0, 5).join(" ");
}

async function ask(ctx: GithubContext, q: string, repositories: Repository[], limit: number): Promise<Draft[]> {
  const [first] = repositories;
  if (first === undefined) return [];
  const answer = await ctx.http.json(
    {
      url: "/search/issues",
      query: { q, per_page: Math.min(100, limit) },
      bucket: "search",
      realm: first.owner.login,
    },
    Found,
  );
  const { items, incomplete_results, total_count } = answer.body;
  if (incomplete_results || total_count > 1000)
    ctx.log.info("search.cut", { found: total_count, incomplete: incomplete_results });
  const { good } = checkEach(Issue, items, ({ number }) => String(number));
  const mine = good.flatMap((issue) => {
    const repository = repositories.find((one) => isIn(issue, one));
    return repository && takesThread(ctx.config, issue) ? [{ repository, issue }] : [];
  });
  return Promise.all(mine.map(({ repository, issue }) => draftOf(ctx, repository, issue)));
}

function isIn(issue: Issue, repository: Repository): boolean {
  return issue.repository_url?.toLowerCase().endsWith(`/repos/${repository.full_name.toLowerCase()}`) ?? false;
}

/** The search shows a pull request in its form as an issue, which lacks its branches: it is asked for by itself. */
async function draftOf(ctx: GithubContext, repository: Repository, issue: Issue): Promise<Draft> {
  if (!issue.pull_request) return issueItem(repository, issue);
  return (await fetchThread(ctx, repository, issue.number)).item;
}

/** Words only: what a person types must not become a qualifier that widens the search. */
function plainWords(text: string): string {
  return text
    .replace(/[^\p{L}\p{N}\p{M}"'_.\-/#\s]/gu, " ")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, LONGEST_QUERY);
}

/** Best of each kind first: the two answers are ranked each by itself. */
function interleaved(drafts: Draft[]): Draft[] {
  const [issues, pulls] = ["issue", "pull_request"].map((kind) => drafts.filter((one) => one.kind === kind)) as [
    Draft[],
    Draft[],
  ];
  return Array.from({ length: Math.max(issues.length, pulls.length) }, (_, at) => [issues[at], pulls[at]])
    .flat()
    .filter((one) => one !== undefined);
}
