import { z } from "zod";
import type { Explanation, HttpFailure } from "../../kit/index.ts";
import { githubAddresses } from "../addresses.ts";

/** Waited where a secondary limit names no time. https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api, 2026-11. */
const SECONDARY_WAIT_MS = 60_000;

const Body = z.object({ message: z.string().catch("") }).catch({ message: "" });
const QueryErrors = z.object({
  errors: z.array(
    z.object({
      type: z.string().optional(),
      message: z.string().optional(),
      path: z.array(z.union([z.string(), z.number()])).nullish(),
      extensions: z.object({ saml_failure: z.boolean().optional(), code: z.string().optional() }).nullish(),
    }),
  ),
});

/** GitHub's refusals in our words. What GitHub says is only recognised, never shown. */
export function explain(failure: HttpFailure): Explanation | undefined {
  const queried = failure.path.endsWith("/graphql") ? explainQuery(failure) : undefined;
  if (queried !== undefined) return queried;
  const { status, body } = failure;
  const { message } = Body.parse(body);
  if (status === 403 || status === 429) return explainForbidden(failure, message);
  if (status === 409 && /empty/i.test(message))
    return { kind: "not_found", message: "The repository is empty: it has no commit yet." };
  if (status === 410) return { kind: "not_found", message: "GitHub says that this was deleted or is switched off." };
  if (status === 451)
    return {
      kind: "permission",
      message: "GitHub blocked this repository for legal reasons.",
      hint: "Take it out of the source's repositories.",
    };
  return undefined;
}

function explainForbidden({ status, headers, origin }: HttpFailure, message: string): Explanation | undefined {
  const limited = explainLimit(status, headers, message);
  if (limited !== undefined) return limited;
  const sso = headers.get("x-github-sso");
  if (sso?.startsWith("required")) return ssoRequired(origin, organizationIn(sso));
  if (/access blocked|has been disabled|suspended/i.test(message))
    return { kind: "permission", message: "GitHub has closed this repository or account to everybody." };
  const accepted = headers.get("x-accepted-github-permissions");
  if (/resource not accessible/i.test(message) || accepted !== null)
    return missingPermission(origin, message, accepted === null ? undefined : permissionsInWords(accepted));
  return undefined;
}

/** Both kinds of limit come with either status. */
function explainLimit(status: number, headers: Headers, message: string): Explanation | undefined {
  const spent = headers.get("x-ratelimit-remaining") === "0";
  const told = headers.get("retry-after") !== null;
  const secondary = /secondary rate limit|abuse/i.test(message);
  if (!(spent || told || secondary || status === 429 || /rate limit/i.test(message))) return undefined;
  const wait = told || spent ? {} : { retryAfterMs: SECONDARY_WAIT_MS };
  if (spent && !secondary)
    return {
      kind: "rate_limited",
      message: `GitHub's hourly limit for this credential is used up${resetIn(headers)}.`,
      hint: "It goes on by itself then. Without a token the limit is 60 requests an hour, with one 5,000.",
      ...wait,
    };
  return {
    kind: "rate_limited",
    message: `GitHub asks to be left alone for ${pauseIn(headers)} (secondary limit).`,
    ...wait,
  };
}

/** " until 20:47 UTC", where GitHub says so: seconds since 1970. */
function resetIn(headers: Headers): string {
  const reset = headers.get("x-ratelimit-reset") ?? "";
  if (!/^\d{9,11}$/.test(reset)) return " until the hour is over";
  return ` until ${new Date(Number(reset) * 1000).toISOString().slice(11, 16)} UTC`;
}

/** "a minute" where GitHub names no time. */
function pauseIn(headers: Headers): string {
  const told = headers.get("retry-after") ?? "";
  const seconds = /^\d{1,6}$/.test(told) ? Number(told) : SECONDARY_WAIT_MS / 1000;
  if (seconds === 60) return "a minute";
  return seconds < 90 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
}

function explainQuery({ body, origin }: HttpFailure): Explanation | undefined {
  const [error] = QueryErrors.safeParse(body).data?.errors ?? [];
  if (error?.extensions?.saml_failure) return ssoRequired(origin, undefined);
  if (error?.type === "FORBIDDEN" || error?.type === "INSUFFICIENT_SCOPES") {
    const field = error.path?.filter((part) => typeof part === "string").at(-1);
    return missingPermission(origin, error.message ?? "", FIELDS[field ?? ""]);
  }
  if (error?.type === "RATE_LIMITED" || error?.type === "RATE_LIMIT")
    return { kind: "rate_limited", message: "GitHub's hourly limit of GraphQL points is used up." };
  if (TOO_MUCH.includes(error?.type ?? "") || (error?.type === undefined && error?.extensions?.code !== undefined))
    return {
      kind: "unsupported",
      message: "This GitHub does not answer such a query: an older server, or too much at once.",
    };
  return undefined;
}

/** Of a query that is right in itself. A wrong one, or one that an older server cannot know, has a code instead of a type. */
const TOO_MUCH: readonly string[] = ["MAX_NODE_LIMIT_EXCEEDED", "RESOURCE_LIMITS_EXCEEDED"];

const FIELDS: Readonly<Record<string, string | undefined>> = {
  discussions: "Discussions: read",
  discussion: "Discussions: read",
  issues: "Issues: read",
  pullRequests: "Pull requests: read",
  pullRequest: "Pull requests: read",
  object: "Contents: read",
};

/** GitHub says "integration" where an App asked, and where its permissions are changed, they also have to be accepted. */
function missingPermission(origin: string, message: string, words: string | undefined): Explanation {
  const { web } = githubAddresses(origin);
  const isApp = /by integration/i.test(message);
  const needs = words === undefined ? "" : `: it needs "${words}"`;
  return {
    kind: "permission",
    message: `The ${isApp ? "app" : "token"} is not allowed to read this${needs}.`,
    hint: isApp
      ? "Give it to the GitHub App (its settings, Permissions & events); whoever installed the app then has to accept it."
      : `Edit the token at ${web}/settings/personal-access-tokens; a classic token needs the scope repo.`,
  };
}

function ssoRequired(origin: string, organization: string | undefined): Explanation {
  const { web } = githubAddresses(origin);
  return {
    kind: "permission",
    message: `${organization ?? "The organization"} wants single sign-on, for which this token was not authorized.`,
    hint: `Open ${web}/settings/tokens, choose Configure SSO beside the token and authorize the organization.`,
  };
}

function organizationIn(header: string): string | undefined {
  return /\/orgs\/([\w.-]+)\//.exec(header)?.[1];
}

/** `issues=read,metadata=read; contents=read` as "Issues: read and Metadata: read, or Contents: read". */
export function permissionsInWords(header: string): string {
  const sets = header.split(";").map((set) =>
    set
      .split(",")
      .map((one) => one.trim().split("="))
      .filter(([name]) => name !== undefined && /^\w+$/.test(name))
      .map(([name = "", level = "read"]) => `${titleOf(name)}: ${/^\w+$/.test(level) ? level : "read"}`)
      .join(" and "),
  );
  return [...new Set(sets.filter((set) => set !== ""))].join(", or ");
}

/** `pull_requests` as GitHub's settings show it: "Pull requests". */
export function titleOf(permission: string): string {
  const words = permission.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
