import { z } from "zod";
import { ConnectorError } from "../../kit/index.ts";
import { type GithubContext, hasGraphql, inRepository } from "../api.ts";
import { ACTOR, Actor, accountOf, askRepository, BigId, isClosed, PageInfo } from "../graphql.ts";
import { isBot, threadId } from "../items.ts";
import type { Repository } from "../schema.ts";
import { isSelective, takesThread } from "./selection.ts";

const Remarks = z.object({
  nodes: z.array(z.object({ fullDatabaseId: BigId, state: z.string().optional(), author: Actor })),
  pageInfo: PageInfo,
});
const Thread = z.object({
  number: z.number(),
  state: z.string().optional(),
  author: Actor,
  labels: z.object({ nodes: z.array(z.object({ name: z.string() })) }).nullish(),
  comments: Remarks.optional(),
  reviews: Remarks.optional(),
});
type Thread = z.output<typeof Thread>;
const Page = z.object({ threads: z.object({ nodes: z.array(Thread), pageInfo: PageInfo }) });

/** What hangs from a thread, by the mark in its id. */
const MARKS = { comments: "#issuecomment-", reviews: "#pullrequestreview-" } as const;
const PATHS = { comments: "issues", reviews: "pulls" } as const;

/** The ids of all issues, and of the comments on them where GraphQL tells both at once. */
export function issueIds(ctx: GithubContext, repository: Repository): AsyncGenerator<string[]> {
  return threadIds(ctx, repository, "issues");
}

/** The ids of all pull requests with their reviews, and of the comments on them where GraphQL tells both at once. */
export function pullIds(ctx: GithubContext, repository: Repository): AsyncGenerator<string[]> {
  return threadIds(ctx, repository, "pullRequests");
}

async function* threadIds(
  ctx: GithubContext,
  repository: Repository,
  list: "issues" | "pullRequests",
): AsyncGenerator<string[]> {
  if (hasGraphql(ctx)) {
    try {
      yield* idsByGraphql(ctx, repository, list);
      return;
    } catch (thrown) {
      if (!isClosed(ConnectorError.from(thrown))) throw thrown;
      ctx.api.withoutGraphql = true; // the comments are then listed by REST as well
    }
  }
  yield* idsByRest(ctx, repository, list);
}

async function* idsByGraphql(
  ctx: GithubContext,
  repository: Repository,
  list: "issues" | "pullRequests",
): AsyncGenerator<string[]> {
  const body = queryOf(ctx, list);
  for (let after: string | undefined, more = true; more; ) {
    const variables = { after: { type: "String", value: after ?? null } };
    const { threads } = await askRepository(ctx, repository, { body, variables, cost: 2 }, Page);
    const ids: string[] = [];
    for (const thread of threads.nodes.filter((one) => isTaken(ctx, one))) {
      ids.push(threadId(repository, thread.number));
      for (const kind of ["comments", "reviews"] as const)
        ids.push(...(await remarkIds(ctx, repository, thread, kind)));
    }
    yield ids;
    more = threads.pageInfo !== undefined;
    if (more && threads.pageInfo === after) throw stuck();
    after = threads.pageInfo;
  }
}

function queryOf(ctx: GithubContext, list: "issues" | "pullRequests"): string {
  const { includeComments, includeReviewComments, includeBots, labels } = ctx.config;
  const author = includeBots ? "" : ACTOR;
  const parts = [
    "number",
    isSelective(ctx.config) && `state ${author}`,
    labels.length > 0 && "labels(first: 100) { nodes { name } }",
    includeComments && `comments(first: 50) { nodes { fullDatabaseId ${author} } pageInfo { hasNextPage endCursor } }`,
    list === "pullRequests" &&
      includeReviewComments &&
      `reviews(first: 50) { nodes { fullDatabaseId state ${author} } pageInfo { hasNextPage endCursor } }`,
  ];
  const fields = parts.filter(Boolean).join(" ");
  const order = "orderBy: { field: CREATED_AT, direction: ASC }";
  return `threads: ${list}(first: 100, after: $after, ${order}) { nodes { ${fields} } pageInfo { hasNextPage endCursor } }`;
}

function isTaken(ctx: GithubContext, thread: Thread): boolean {
  if (!isSelective(ctx.config)) return true;
  return takesThread(ctx.config, {
    state: thread.state === "OPEN" ? "open" : "closed",
    labels: (thread.labels?.nodes ?? []).map((label) => label.name),
    user: accountOf(thread.author),
  });
}

async function remarkIds(
  ctx: GithubContext,
  repository: Repository,
  thread: Thread,
  kind: "comments" | "reviews",
): Promise<string[]> {
  const remarks = thread[kind];
  if (remarks === undefined) return [];
  const idOf = (id: number) => `${repository.id}${MARKS[kind]}${id}`;
  if (remarks.pageInfo === undefined) {
    const kept = remarks.nodes.filter(
      (one) => one.state !== "PENDING" && (ctx.config.includeBots || !isBot(accountOf(one.author))),
    );
    return kept.map((one) => idOf(one.fullDatabaseId));
  }
  return listedIds(ctx, repository, thread.number, kind);
}

const Remark = z.object({
  id: z.number(),
  state: z.string().optional(),
  user: z.object({ login: z.string(), type: z.string().optional() }).nullish(),
});

async function listedIds(
  ctx: GithubContext,
  repository: Repository,
  number: number,
  kind: "comments" | "reviews",
): Promise<string[]> {
  const ids: string[] = [];
  const request = inRepository(repository, `/${PATHS[kind]}/${number}/${kind}`, { per_page: 100 });
  for await (const page of ctx.http.pages(request, z.array(Remark))) {
    const kept = page.body.filter((one) => one.state !== "PENDING" && (ctx.config.includeBots || !isBot(one.user)));
    ids.push(...kept.map((one) => `${repository.id}${MARKS[kind]}${one.id}`));
  }
  return ids;
}

const Listed = z.array(
  z.object({
    number: z.number(),
    state: z.string(),
    user: z.object({ login: z.string(), type: z.string().optional() }).nullish(),
    labels: z.array(z.object({ name: z.string() })).default([]),
    pull_request: z.unknown().optional(),
  }),
);

async function* idsByRest(
  ctx: GithubContext,
  repository: Repository,
  list: "issues" | "pullRequests",
): AsyncGenerator<string[]> {
  const query = { state: "all", sort: "created", direction: "asc", per_page: 100 };
  const request = inRepository(repository, list === "issues" ? "/issues" : "/pulls", query);
  for await (const page of ctx.http.pages(request, Listed)) {
    const own = page.body.filter((one) => list === "pullRequests" || !one.pull_request);
    const taken = own.filter((one) =>
      takesThread(ctx.config, { ...one, labels: one.labels.map((label) => label.name) }),
    );
    yield taken.map((one) => threadId(repository, one.number));
    if (list === "issues" || !ctx.config.includeReviewComments) continue;
    for (const { number } of taken) yield await listedIds(ctx, repository, number, "reviews");
  }
}

function stuck(): ConnectorError {
  return new ConnectorError("bad_response", "GitHub's listing does not move on: the same place came twice.");
}
