/** Where the parts of a GitHub are, without a slash at the end. */
export interface GithubAddresses {
  /** REST. */
  api: string;
  graphql: string;
  /** What people see in their browser; logins are below it. */
  web: string;
}

/** What people copy from somewhere: the ends of REST and GraphQL addresses, and slashes. */
const ENDS = /\/(?:api\/v3|api\/graphql|api|graphql)?\/*$/;

/**
 * The addresses behind any spelling of `baseUrl`: github.com, a data residency host (SUB.ghe.com), an Enterprise Server
 * or a stand-in on this machine, each by what people see or by its API. Source: docs.github.com, "Getting started with
 * the REST API" and "GitHub Enterprise Cloud with data residency", checked 2026-11-21.
 */
export function githubAddresses(baseUrl?: string): GithubAddresses {
  const url = new URL(baseUrl ?? "https://github.com");
  const host = url.hostname;
  if (/^(www\.|api\.)?github\.com$/.test(host)) return cloud("github.com");
  if (host.endsWith(".ghe.com")) return cloud(host.replace(/^api\./, ""));
  const web = url.origin + url.pathname.replace(ENDS, "").replace(/\/+$/, "");
  const named = /\/api(\/(v3|graphql))?\/*$/.test(url.pathname);
  if (!named && isThisMachine(host)) return { api: web, graphql: `${web}/graphql`, web };
  return { api: `${web}/api/v3`, graphql: `${web}/api/graphql`, web };
}

function cloud(host: string): GithubAddresses {
  return { api: `https://api.${host}`, graphql: `https://api.${host}/graphql`, web: `https://${host}` };
}

/** An Enterprise Server is no guest of this machine; stand-ins for tests and demonstrations speak as github.com does. */
function isThisMachine(host: string): boolean {
  return host === "localhost" || host === "127.0.0.1" || host === "[::1]";
}
