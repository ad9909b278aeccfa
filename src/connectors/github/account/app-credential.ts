import { z } from "zod";
import { type AuthContext, ConnectorError, type Credential, signedJwt } from "../../kit/index.ts";
import type { GithubLogin } from "./github-login.ts";

const Installations = z.array(
  z.object({
    id: z.number(),
    account: z.object({ login: z.string() }).nullish(),
    suspended_at: z.string().nullish(),
    permissions: z.record(z.string(), z.string()).default({}),
  }),
);
type Installation = z.output<typeof Installations>[number];
const InstallationToken = z.object({ token: z.string().min(1), expires_at: z.iso.datetime({ offset: true }) });

/** GitHub allows ten minutes, by its own clock; one is left for clocks that differ. */
const JWT_SECONDS = 9 * 60;
const CLOCK_DIFFERENCE_SECONDS = 60;
/** All that is ever asked for, and only to read it, whatever else the app was given. */
const NEEDED = ["metadata", "contents", "issues", "pull_requests", "discussions", "members", "administration"];

/**
 * What a GitHub App proves itself with: without a realm the app's own signature, else a token for the account of that
 * name, good for an hour. https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app, 2026-11.
 */
export async function appCredential(ctx: AuthContext<GithubLogin>, realm: string | undefined): Promise<Credential> {
  const signed = await signature(ctx);
  if (realm === undefined || realm === "") return signed;
  const installation = await installationOf(ctx, signed, realm);
  const { body } = await ctx.http.json(
    {
      url: `/app/installations/${installation.id}/access_tokens`,
      method: "POST",
      headers: signed.headers,
      body: { permissions: readOnly(installation.permissions) },
      reads: true, // a second token does no harm
    },
    InstallationToken,
  );
  return { headers: { authorization: `Bearer ${body.token}` }, until: Date.parse(body.expires_at) };
}

async function signature({ source, config, clock }: AuthContext<GithubLogin>): Promise<Credential> {
  const issuer = config.appId ?? config.clientId;
  if (issuer === undefined || config.privateKey === undefined) {
    throw new ConnectorError("config", `${source} has a privateKey but does not say of which GitHub App.`, {
      hint: "Put the app's id or client id into appId.",
    });
  }
  const now = Math.floor(clock.now().getTime() / 1000);
  const claims = { iss: String(issuer), iat: now - CLOCK_DIFFERENCE_SECONDS, exp: now + JWT_SECONDS };
  const token = await signedJwt({ source, option: "privateKey", privateKey: config.privateKey, claims });
  return { headers: { authorization: `Bearer ${token}` }, until: claims.exp * 1000 };
}

async function installationOf(ctx: AuthContext<GithubLogin>, { headers }: Credential, realm: string) {
  const { config, source } = ctx;
  const request = { url: "/app/installations", query: { per_page: 100 }, headers };
  const chosen = (one: Installation) =>
    config.installationId === undefined || String(config.installationId) === String(one.id);
  let suspended = false;
  for await (const page of ctx.http.pages(request, Installations)) {
    const found = page.body.find((one) => chosen(one) && one.account?.login.toLowerCase() === realm.toLowerCase());
    if (found && !found.suspended_at) return found;
    suspended ||= found !== undefined;
  }
  throw new ConnectorError(
    "permission",
    suspended
      ? `The GitHub App of ${source} is suspended for ${realm}.`
      : `The GitHub App of ${source} is not installed for ${realm}${config.installationId === undefined ? "" : " as the installation that installationId names"}.`,
    { hint: `An owner of ${realm} can install it: open the app's page on GitHub and choose Install.` },
  );
}

function readOnly(granted: Readonly<Record<string, string>>): Record<string, "read"> {
  return Object.fromEntries(
    NEEDED.filter((name) => name === "metadata" || name in granted).map((name) => [name, "read"]),
  );
}
