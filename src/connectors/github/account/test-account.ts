import { z } from "zod";
import { ConnectorError, type TestAnswer } from "../../kit/index.ts";
import { type GithubContext, hasGraphql, inRepository, isLoggedIn } from "../api.ts";
import { askRepository } from "../graphql.ts";
import { repositoriesOf } from "../repositories/repositories.ts";
import type { Repository } from "../schema.ts";
import { takesIssues, takesPulls } from "../threads/selection.ts";
import { type Findings, identify } from "./identify.ts";

const Limits = z.object({
  resources: z.object({ core: z.object({ limit: z.number(), remaining: z.number(), reset: z.number() }) }),
});
/** Repositories that are tried one by one; the others are counted. Without a token each question is one of sixty. */
const PROBED = 3;
const PROBED_ALONE = 1;

/** Who the credential is, what it may read, what it may not and how to change that. */
export async function testAccount(ctx: GithubContext): Promise<TestAnswer> {
  const found = await identify(ctx);
  const repositories: Repository[] = [];
  for await (const repository of repositoriesOf(ctx)) repositories.push(repository);
  if (ctx.api.isPartial)
    found.warnings.push(
      "Some organizations want single sign-on for this token and are left out: choose Configure SSO beside it in its settings.",
    );
  const probed = repositories.slice(0, isLoggedIn(ctx.config) ? PROBED : PROBED_ALONE);
  const closed = new Map<string, Closed>();
  for (const repository of probed) await probe(ctx, repository, found, closed);
  for (const { where, what, ...gap } of closed.values())
    found.missing.push({ what: `${what.charAt(0).toUpperCase()}${what.slice(1)} of ${where.join(", ")}`, ...gap });
  describeReach(ctx, repositories, probed.length, found);
  found.limits.unshift(await requestsLeft(ctx, repositories[0]));
  return found;
}

function describeReach(ctx: GithubContext, repositories: Repository[], probed: number, found: Findings): void {
  const others = repositories.slice(probed);
  const hidden = others.filter((one) => one.private).length;
  const [first] = others;
  if (others.length === 1 && first !== undefined) found.granted.push(titled(first));
  else if (others.length > 1) found.granted.push(`${others.length} more repositories, ${hidden} of them private`);
  for (const { name, error } of ctx.api.missed)
    found.missing.push({ what: name, why: error.message, how: error.hint ?? "Take it out of repositories." });
  if (repositories.length > 0 || found.missing.length > 0) return;
  found.missing.push({
    what: "Repositories",
    why: "The options and the token together lead to no repository.",
    how: `Name some in repositories, such as acme/docs, or give the token access: headwater config edit ${ctx.source}`,
  });
}

function titled(repository: Repository): string {
  return `${repository.full_name} (${repository.private ? "private" : "public"})`;
}

/** A kind of thing that some repositories keep from this credential. */
interface Closed {
  what: string;
  where: string[];
  why: string;
  how: string;
}

interface Question {
  asked: boolean;
  what: string;
  permission: string;
  ask(): Promise<unknown>;
}

/** One small question for each kind of thing: a fine-grained token says nowhere what it may do. */
async function probe(
  ctx: GithubContext,
  repository: Repository,
  found: Findings,
  closed: Map<string, Closed>,
): Promise<void> {
  const open: string[] = [];
  for (const { asked, what, permission, ask } of questionsOf(ctx, repository)) {
    if (!asked) continue;
    try {
      await ask();
      open.push(what);
    } catch (thrown) {
      const error = ConnectorError.from(thrown);
      if (error.kind === "not_found" || error.kind === "unsupported") continue; // empty or switched off
      if (error.kind !== "permission") throw error;
      const how = error.hint ?? `Give the token "${permission}".`;
      const known = closed.get(`${what} ${error.message}`);
      if (known !== undefined) known.where.push(repository.full_name);
      else closed.set(`${what} ${error.message}`, { what, where: [repository.full_name], why: error.message, how });
    }
  }
  if (open.length > 0) found.granted.push(`${titled(repository)}: ${open.join(", ")}`);
}

function questionsOf(ctx: GithubContext, repository: Repository): Question[] {
  const { config } = ctx;
  const first = (path: string) => ctx.http.json(inRepository(repository, path, { per_page: 1 }), z.unknown());
  return [
    {
      asked: takesIssues(config) && repository.has_issues,
      what: "issues",
      permission: "Issues: read",
      ask: () => first("/issues"),
    },
    {
      asked: takesPulls(config),
      what: "pull requests",
      permission: "Pull requests: read",
      ask: () => first("/pulls"),
    },
    {
      asked: config.includeReadme || config.includeCode,
      what: "files",
      permission: "Contents: read",
      ask: () => ctx.http.json(inRepository(repository, "/contents/"), z.unknown()),
    },
    {
      asked: config.includeDiscussions && hasGraphql(ctx) && repository.has_discussions !== false,
      what: "discussions",
      permission: "Discussions: read",
      ask: () => askRepository(ctx, repository, { body: "discussions(first: 1) { totalCount }", cost: 1 }, z.unknown()),
    },
    {
      asked: config.includeReleases,
      what: "releases",
      permission: "Contents: read",
      ask: () => first("/releases"),
    },
  ];
}

async function requestsLeft(ctx: GithubContext, repository: Repository | undefined): Promise<string> {
  try {
    const request = { url: "/rate_limit", ...(repository && { realm: repository.owner.login }) };
    const { limit, remaining, reset } = (await ctx.http.json(request, Limits)).body.resources.core;
    const at = new Date(reset * 1000).toISOString().slice(11, 16);
    return `${grouped(limit)} requests an hour, ${grouped(remaining)} of them left until ${at} UTC`;
  } catch (thrown) {
    if (ConnectorError.from(thrown).kind !== "not_found") throw thrown;
    return "none for requests: this server has them switched off"; // an Enterprise Server answers 404
  }
}

function grouped(count: number): string {
  return count.toLocaleString("en");
}
