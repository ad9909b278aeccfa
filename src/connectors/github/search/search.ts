import { z } from "zod";
import type { Draft, NativeQuery } from "../../kit/index.ts";
import { type GithubContext, isApp } from "../api.ts";
import { issueItem } from "../items.ts";
import { repositoriesOf, repositoryById } from "../repositories/repositories.ts";
import { Issue, type Repository } from "../schema.ts";
import { fetchThread } from "../threads/fetch-thread.ts";
import { takesIssues, takesPulls, takesThread } from "../threads/selection.ts";
import { checkEach } from "../walks/checked.ts";
import { searchCode } from "./search-code.ts";

const Found = z.object({
  total_count: z.number(),
  incomplete_results: z.boolean().default(false),
  items: z.array(z.unknown()),
});

/** GitHub refuses longer queries. */
const LONGEST_QUERY = 256;
const LONGEST_WORDS = 120;
/** Beyond so many questions a kind, all repositories of their owners are searched instead. */
const MOST_QUESTIONS = 3;

/**
 * GitHub's own search of issues and pull requests. Each kind is asked for by itself: fine-grained tokens are refused
 * without `is:` (javiertuya/dashgit#129). Code has its own search with its own limit.
 */
export async function searchGithub(ctx: GithubContext, query: NativeQuery): Promise<Draft[]> {
  const words = plainWords(query.text);
  if (words === "") return [];
  const kinds = [takesIssues(ctx.config) && "is:issue", takesPulls(ctx.config) && "is:pull-request"];
  const threads = new Map<string, Draft>();
  const files: Draft[] = [];
  for (const repositories of byCredential(ctx, await scopeOf(ctx, query.container))) {
    for (const kind of kinds.filter((one) => one !== false))
      for (const q of questions(`${words} ${kind}`, repositories))
        for (const draft of await ask(ctx, q, repositories, query.limit)) threads.set(draft.id, draft);
    const [q] = questions(words, repositories);
    if (ctx.config.includeCode && q !== undefined) files.push(...(await searchCode(ctx, query, q, repositories)));
  }
  const shown = files.slice(0, Math.ceil(query.limit / 3));
  return [...interleaved([...threads.values()]).slice(0, query.limit - shown.length), ...shown];
}

async function scopeOf(ctx: GithubContext, container: string | undefined): Promise<Repository[]> {
  if (container !== undefined) return [await repositoryById(ctx, container)];
  if (ctx.api.isListed) return [...ctx.api.repositories.values()];
  const all: Repository[] = [];
  for await (const repository of repositoriesOf(ctx)) all.push(repository);
  return all;
}

/** A GitHub App has a credential for each account that installed it, and none sees what is another's. */
function byCredential(ctx: GithubContext, repositories: Repository[]): Repository[][] {
  if (!isApp(ctx.config)) return [repositories];
  const owners = [...new Set(repositories.map((one) => one.owner.login))];
  return owners.map((owner) => repositories.filter((one) => one.owner.login === owner));
}

/** The question with as many names of repositories as fit; else with their owners, of whom a query holds some. */
function questions(begin: string, repositories: Repository[]): string[] {
  const byName = fitted(
    begin,
    repositories.map((one) => `repo:${one.full_name}`),
  );
  if (byName.length <= MOST_QUESTIONS) return byName;
  const owners = [...new Set(repositories.map((one) => `user:${one.owner.login}`))];
  return fitted(begin, owners).slice(0, MOST_QUESTIONS);
}

function fitted(begin: string, places: string[]): string[] {
  const found: string[] = [];
  for (const place of places) {
    const longer = `${found.at(-1) ?? begin} ${place}`;
    if (found.length > 0 && longer.length <= LONGEST_QUERY) found[found.length - 1] = longer;
    else found.push(`${begin} ${place}`);
  }
  return found;
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
    .slice(0, LONGEST_WORDS);
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
