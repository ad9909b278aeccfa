import { z } from "zod";
import { ConnectorError, type TestAnswer } from "../../kit/index.ts";
import { githubAddresses } from "../addresses.ts";
import { type GithubContext, isApp, isLoggedIn } from "../api.ts";
import { titleOf } from "./explain.ts";
import { type Installation, installationsOf } from "./installations.ts";

/** What is found out about a credential, for `test`. */
export type Findings = Required<TestAnswer>;

const SOON_MS = 14 * 24 * 3_600_000;
/** What classic scopes allow, in words. https://docs.github.com/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps, 2026-11. */
const SCOPES: Readonly<Record<string, string>> = {
  repo: "all repositories you can reach, private ones too (it allows writing as well, which headwater never does)",
  public_repo: "public repositories",
  "read:org": "which organizations and teams you belong to",
  "read:discussion": "discussions of teams",
};
/** Tokens with scopes; others have permissions, which nothing tells. */
const CLASSIC = /^(ghp_|gho_|[0-9a-f]{40}$)/;

/** Who asks, what that alone allows, and until when. */
export async function identify(ctx: GithubContext): Promise<Findings> {
  if (isApp(ctx.config)) return identifyApp(ctx);
  if (!isLoggedIn(ctx.config)) return anonymous(ctx);
  const User = z.object({ login: z.string(), name: z.string().nullish() });
  const answer = await ctx.http.json({ url: "/user" }, User).catch((thrown: unknown) => {
    if (ConnectorError.from(thrown).kind !== "permission") throw thrown;
  });
  if (answer === undefined) return findings("a GitHub App's installation"); // its token is nobody's
  const { login, name } = answer.body;
  const found = findings(name ? `${login} (${name})` : login);
  const scopes = answer.headers.get("x-oauth-scopes");
  if (scopes !== null && (scopes.trim() !== "" || CLASSIC.test(ctx.config.accessToken ?? "")))
    describeScopes(ctx, scopes, found);
  tellExpiry(ctx, answer.headers.get("github-authentication-token-expiration"), found);
  return found;
}

function findings(account: string): Findings {
  return { account, granted: [], missing: [], limits: [], warnings: [] };
}

function anonymous(ctx: GithubContext): Findings {
  const { web } = githubAddresses(ctx.config.baseUrl);
  const found = findings("nobody (no token)");
  found.missing.push({
    what: "Private repositories and discussions",
    why: "GitHub shows them only to those who log in.",
    how: `Create a fine-grained token at ${web}/settings/personal-access-tokens/new and put it into accessToken.`,
  });
  found.warnings.push(
    "A larger repository takes hours the first time: without a token GitHub answers 60 requests an hour.",
  );
  return found;
}

function describeScopes(ctx: GithubContext, header: string, found: Findings): void {
  const { web } = githubAddresses(ctx.config.baseUrl);
  const scopes = header
    .split(",")
    .map((scope) => scope.trim())
    .filter(Boolean);
  for (const scope of scopes.filter((one) => SCOPES[one])) found.granted.push(`scope ${scope}: ${SCOPES[scope]}`);
  if (!scopes.includes("repo"))
    found.missing.push({
      what: "Private repositories",
      why: "The classic token lacks the scope repo.",
      how: `Edit it at ${web}/settings/tokens, or better use a fine-grained token.`,
    });
  if (ctx.config.organization !== undefined && !scopes.some((scope) => /^(read|write|admin):org$/.test(scope)))
    found.warnings.push(`Without read:org, private repositories of ${ctx.config.organization} may be left out.`);
  const needless = scopes.filter((scope) => SCOPES[scope] === undefined);
  if (needless.length > 0)
    found.warnings.push(`The token may do more than headwater needs: ${needless.join(", ")}. Take that away from it.`);
}

/** "2026-12-24 10:00:00 UTC" or "… +0200". */
function tellExpiry(ctx: GithubContext, header: string | null, found: Findings): void {
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) (UTC|[+-]\d{4})$/.exec(header ?? "");
  if (match === null) return;
  const [, day = "", time = "", zone = ""] = match;
  const offset = zone === "UTC" ? "Z" : `${zone.slice(0, 3)}:${zone.slice(3)}`;
  const leftMs = Date.parse(`${day}T${time}${offset}`) - ctx.clock.now().getTime();
  if (Number.isNaN(leftMs)) return;
  found.limits.push(`the token expires on ${day}`);
  if (leftMs >= SOON_MS) return;
  const days = Math.max(0, Math.ceil(leftMs / 86_400_000));
  found.warnings.push(`The token expires in ${days === 1 ? "one day" : `${days} days`}: renew it before ${day}.`);
}

async function identifyApp(ctx: GithubContext): Promise<Findings> {
  const { web } = githubAddresses(ctx.config.baseUrl);
  const App = z.object({ slug: z.string().nullish(), name: z.string() });
  const app = await ctx.http.json({ url: "/app", realm: "" }, App);
  const installed = await installationsOf(ctx);
  const found = findings(`GitHub App ${app.body.name}`);
  for (const one of installed)
    found.granted.push(`in ${one.account?.login ?? one.id}, where the app is installed: ${permissionsOf(one)}`);
  if (installed.length === 0)
    found.missing.push({
      what: "Every repository",
      why: "The app is not installed anywhere, or its installations are suspended.",
      how: `Install it: ${web}/apps/${app.body.slug ?? ""}/installations/new`,
    });
  return found;
}

function permissionsOf({ permissions }: Installation): string {
  return Object.keys(permissions).map(titleOf).sort().join(", ");
}
