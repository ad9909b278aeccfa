import type { Allowance, HttpService } from "../kit/index.ts";
import { githubAuth } from "./account/auth.ts";
import { explain } from "./account/explain.ts";
import { githubAddresses } from "./addresses.ts";
import type { GithubConfig } from "./options.ts";

/** Names of GitHub's limits and what they are called here. */
const RESOURCES: Readonly<Record<string, string>> = {
  core: "default",
  graphql: "graphql",
  search: "search",
  code_search: "codeSearch",
};

/** How GitHub is reached: https://docs.github.com/rest/using-the-rest-api, 2026-11. */
export const githubService: HttpService<GithubConfig> = {
  baseUrl: (config) => githubAddresses(config.baseUrl).api,
  headers: (config) => ({ accept: "application/vnd.github+json", ...versionFor(config) }),
  auth: githubAuth,
  buckets: {
    default: { concurrency: 4, perMinute: 900 },
    graphql: { concurrency: 2, perMinute: 2000 },
    search: { concurrency: 1, perMinute: 30 },
    codeSearch: { concurrency: 1, perMinute: 10 },
  },
  allowance,
  explain,
};

/** Enterprise Servers know other versions or none, and refuse those they do not know; theirs is taken as it is. */
function versionFor({ baseUrl }: GithubConfig): Record<string, string> {
  const { api } = githubAddresses(baseUrl);
  return api.endsWith("/api/v3") ? {} : { "x-github-api-version": "2022-11-28" };
}

function allowance({ headers }: { headers: Headers }): Allowance | undefined {
  const remaining = numberOf(headers.get("x-ratelimit-remaining"));
  if (remaining === undefined) return undefined;
  const reset = numberOf(headers.get("x-ratelimit-reset"));
  const bucket = RESOURCES[headers.get("x-ratelimit-resource") ?? ""];
  return {
    remaining,
    ...(reset !== undefined && { resetAt: new Date(reset * 1000) }), // seconds since 1970
    ...(bucket !== undefined && { bucket }),
  };
}

function numberOf(header: string | null): number | undefined {
  return header !== null && /^\d{1,12}$/.test(header.trim()) ? Number(header) : undefined;
}
