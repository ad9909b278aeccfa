import type { Credential } from "../../kit/index.ts";
import { githubAuth } from "../account/auth.ts";
import { githubAddresses } from "../addresses.ts";
import type { GithubApi, GithubContext } from "../api.ts";
import type { Repository } from "../schema.ts";

/** Credentials as long as they hold: an App would be given a new token for every question. */
const KEPT = new WeakMap<GithubApi, Map<string, Credential>>();
const EARLY_MS = 60_000;

/** The wiki as git finds it, beside the pages that people see. */
export function wikiUrlOf(ctx: GithubContext, repository: Repository): string {
  return `${githubAddresses(ctx.config.baseUrl).web}/${repository.full_name}.wiki.git`;
}

/**
 * The credential as git carries it: any name, and the token (docs.github.com, "Authenticating as a GitHub App
 * installation", HTTP-based Git access, 2026-11). Undefined when nobody is logged in.
 */
export async function wikiAuthorization(ctx: GithubContext, repository: Repository): Promise<string | undefined> {
  const { headers } = await credentialOf(ctx, repository.owner.login);
  const token = /^Bearer (.+)$/i.exec(headers.authorization ?? "")?.[1];
  return token === undefined ? undefined : `Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`;
}

async function credentialOf(ctx: GithubContext, owner: string): Promise<Credential> {
  const kept = KEPT.get(ctx.api) ?? new Map<string, Credential>();
  KEPT.set(ctx.api, kept);
  const known = kept.get(owner);
  if (known !== undefined && ctx.clock.now().getTime() < (known.until ?? 0) - EARLY_MS) return known;
  const method = githubAuth.find((one) => one.applies(ctx.config));
  const credential = (await method?.credential(ctx, owner)) ?? { headers: {} };
  kept.set(owner, credential);
  return credential;
}
