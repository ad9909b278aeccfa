import { z } from "zod";
import { ConnectorError, type TestAnswer } from "../kit/index.ts";
import { type GithubContext, hasGraphql, inRepository, isApp, isLoggedIn } from "./api.ts";
import { titleOf } from "./explain.ts";
import { askRepository } from "./graphql.ts";
import { type Installation, installationsOf } from "./installations.ts";
import { repositoriesOf } from "./repositories.ts";
import type { Repository } from "./schema.ts";
import { takesIssues, takesPulls } from "./selection.ts";

const Limits = z.object({
  resources: z.object({ core: z.object({ limit: z.number(), remaining: z.number(), reset: z.number() }) }),
});
/** Repositories that are tried one by one; the others are counted. */
const PROBED = 3;
const SOON_MS = 14 * 24 * 3_600_000;
/** What classic scopes allow, in words. https://docs.github.com/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps, 2026-11. */
const SCOPES: Readonly<Record<string, string>> = {
  repo: "all repositories you can reach, private ones too",
  public_repo: "public repositories",
  "read:org": "which organizations and teams you belong to",
  "read:discussion": "discussions of teams",
};

type Missing = NonNullable<TestAnswer["missing"]>[number];
interface Findings {
  account: string;
  granted: string[];
  missing: Missing[];
  warnings: string[];
}

/** Who the credential is, what it may read, what it may not and how to change that. */
export async function testAccount(ctx: GithubContext): Promise<TestAnswer> {
  const found = await identify(ctx);
  const repositories: Repository[] = [];
  for await (const repository of repositoriesOf(ctx)) repositories.push(repository);
  describeReach(ctx, repositories, found);
  for (const repository of repositories.slice(0, PROBED)) await probe(ctx, repository, found);
  found.granted.push(await limitLeft(ctx, repositories[0]));
  return found;
}

async function identify(ctx: GithubContext): Promise<Findings> {
  if (isApp(ctx.config)) return identifyApp(ctx);
  if (!isLoggedIn(ctx.config)) return anonymous();
  const answer = await ctx.http.json({ url: "/user" }, z.object({ login: z.string(), name: z.string().nullish() }));
  const { login, name } = answer.body;
  const found: Findings = { account: name ? `${login} (${name})` : login, granted: [], missing: [], warnings: [] };
  const scopes = answer.headers.get("x-oauth-scopes");
  if (scopes !== null) describeScopes(ctx, scopes, found);
  tellExpiry(ctx, answer.headers.get("github-authentication-token-expiration"), found);
  if (answer.headers.get("x-github-sso")?.startsWith("partial-results"))
    found.warnings.push("Some organizations want single sign-on for this token and are left out of lists.");
  return found;
}

function anonymous(): Findings {
  const how = "Create a fine-grained token at https://github.com/settings/personal-access-tokens and set accessToken.";
  return {
    account: "nobody (no token)",
    granted: ["public repositories, 60 requests an hour"],
    missing: [{ what: "Discussions", why: "GitHub shows them to accounts only, also in public repositories.", how }],
    warnings: ["Without a token a first sync of a larger repository takes hours: 60 requests an hour, with one 5,000."],
  };
}

function describeScopes(ctx: GithubContext, header: string, found: Findings): void {
  const scopes = header
    .split(",")
    .map((scope) => scope.trim())
    .filter(Boolean);
  for (const scope of scopes)
    found.granted.push(SCOPES[scope] ? `${SCOPES[scope]} (scope ${scope})` : `scope ${scope}`);
  if (!scopes.includes("repo"))
    found.missing.push({
      what: "Private repositories",
      why: "The classic token lacks the scope repo.",
      how: "Edit it at https://github.com/settings/tokens, or use a fine-grained token.",
    });
  if (ctx.config.organization !== undefined && !scopes.some((scope) => /^(read|write|admin):org$/.test(scope)))
    found.warnings.push(`Without read:org, private repositories of ${ctx.config.organization} may be left out.`);
  const wide = scopes.filter((scope) => /^(delete_repo|admin:|write:|workflow|gist|user$)/.test(scope));
  if (wide.length > 0)
    found.warnings.push(`The token may do more than reading: ${wide.join(", ")}. headwater needs none of it.`);
}

/** "2026-12-24 10:00:00 UTC" or "… +0200". */
function tellExpiry(ctx: GithubContext, header: string | null, found: Findings): void {
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) (UTC|[+-]\d{4})$/.exec(header ?? "");
  if (match === null) return;
  const [, day = "", time = "", zone = ""] = match;
  const offset = zone === "UTC" ? "Z" : `${zone.slice(0, 3)}:${zone.slice(3)}`;
  const leftMs = Date.parse(`${day}T${time}${offset}`) - ctx.clock.now().getTime();
  if (Number.isNaN(leftMs)) return;
  const words = `The token expires on ${day}`;
  if (leftMs < SOON_MS)
    found.warnings.push(`${words}, in ${Math.max(0, Math.ceil(leftMs / 86_400_000))} days. Renew it in time.`);
  else found.granted.push(`until ${day}, when the token expires`);
}

async function identifyApp(ctx: GithubContext): Promise<Findings> {
  const app = await ctx.http.json(
    { url: "/app", realm: "" },
    z.object({
      slug: z.string().nullish(),
      name: z.string(),
      permissions: z.record(z.string(), z.string()).default({}),
    }),
  );
  const installed = await installationsOf(ctx);
  const found: Findings = { account: `GitHub App ${app.body.name}`, granted: [], missing: [], warnings: [] };
  if (installed.length === 0) {
    found.missing.push({
      what: "Every repository",
      why: "The app is not installed anywhere, or its installations are suspended.",
      how: `Install it: https://github.com/apps/${app.body.slug ?? ""}/installations/new`,
    });
  }
  for (const one of installed) found.granted.push(`installed by ${one.account?.login ?? one.id}: ${grantsOf(one)}`);
  return found;
}

function grantsOf({ permissions }: Installation): string {
  return Object.entries(permissions)
    .map(([name, level]) => `${titleOf(name)}: ${level}`)
    .join(", ");
}

function describeReach(ctx: GithubContext, repositories: Repository[], found: Findings): void {
  const names = repositories.slice(0, 5).map((one) => one.full_name);
  const more = repositories.length > names.length ? ` and ${repositories.length - names.length} more` : "";
  const hidden = repositories.filter((one) => one.private).length;
  const kinds = `${hidden} private, ${repositories.length - hidden} public`;
  if (repositories.length > 0) found.granted.push(`${names.join(", ")}${more} (${kinds})`);
  else
    found.missing.push({
      what: "Repositories",
      why: "The options and the token together lead to no repository.",
      how: `Name some in repositories, such as acme/docs, or give the token access: headwater config edit ${ctx.source}`,
    });
}

/** One small question per stream: a fine-grained token says nowhere what it may do. */
async function probe(ctx: GithubContext, repository: Repository, found: Findings): Promise<void> {
  const { config } = ctx;
  const questions: [boolean, string, string, () => Promise<unknown>][] = [
    [takesIssues(config) && repository.has_issues, "Issues", "Issues: read", () => one(ctx, repository, "/issues")],
    [takesPulls(config), "Pull requests", "Pull requests: read", () => one(ctx, repository, "/pulls")],
    [config.includeReadme || config.includeCode, "Files", "Contents: read", () => one(ctx, repository, "/contents/")],
    [
      config.includeDiscussions && hasGraphql(ctx) && repository.has_discussions !== false,
      "Discussions",
      "Discussions: read",
      () => askRepository(ctx, repository, { body: "discussions(first: 1) { totalCount }", cost: 1 }, z.unknown()),
    ],
  ];
  for (const [asked, what, permission, question] of questions) {
    if (!asked) continue;
    try {
      await question();
    } catch (thrown) {
      const error = ConnectorError.from(thrown);
      if (error.kind === "not_found" || error.kind === "unsupported") continue; // empty or switched off
      if (error.kind !== "permission") throw error;
      found.missing.push({
        what: `${what} of ${repository.full_name}`,
        why: error.message,
        how: error.hint ?? `Give the token "${permission}".`,
      });
    }
  }
}

async function one(ctx: GithubContext, repository: Repository, path: string): Promise<unknown> {
  const query = path === "/contents/" ? undefined : { per_page: 1 };
  return ctx.http.json(inRepository(repository, path, query), z.unknown());
}

async function limitLeft(ctx: GithubContext, repository: Repository | undefined): Promise<string> {
  try {
    const { core } = (
      await ctx.http.json({ url: "/rate_limit", ...(repository && { realm: repository.owner.login }) }, Limits)
    ).body.resources;
    const at = new Date(core.reset * 1000).toISOString().slice(11, 16);
    return `${core.limit} requests an hour, ${core.remaining} of them left until ${at} UTC`;
  } catch (thrown) {
    if (ConnectorError.from(thrown).kind !== "not_found") throw thrown;
    return "requests without a limit"; // an Enterprise Server whose limits are off answers 404
  }
}
