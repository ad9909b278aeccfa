import type { GithubContext } from "../api.ts";
import type { Repository } from "../schema.ts";

const API = "https://api.github.com";

/** The wiki as git finds it, beside the repository. */
export function wikiUrlOf(repository: Repository): string {
  return `${repository.html_url}.wiki.git`;
}

/**
 * The credential as git carries it: any name and the token (https://docs.github.com/apps/creating-github-apps, "HTTP-based
 * Git access", 2026-11). Undefined: nobody is logged in, or the pages of the repository lie on a host that is not the service's.
 */
export async function wikiAuthorization(ctx: GithubContext, repository: Repository): Promise<string | undefined> {
  const token = ctx.config.accessToken;
  if (token === undefined || !isSameService(ctx.config.baseUrl ?? API, repository.html_url)) return undefined;
  return `Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`;
}

/** Pages lie on the interface's own host, or on the one behind its `api.`. */
function isSameService(baseUrl: string, page: string): boolean {
  const [base, site] = [new URL(baseUrl), new URL(page)];
  return base.protocol === site.protocol && base.host.replace(/^api\./, "") === site.host;
}
