import { type Call, notFound, Refusal, type Reply, type Route } from "../exchange.ts";
import { choice, sinceOf, sortedBy } from "../filters.ts";
import { paged } from "../paging.ts";
import type { Repository } from "../repository.ts";
import { fullRepository, listedRepository } from "../shapes/repository.ts";
import { organizationFull, organizationSimple, privateUser, publicUser, simpleUser } from "../shapes/user.ts";
import { canSee, roleOf } from "../tokens.ts";
import type { Account } from "../world.ts";

/** The person behind the token; others have no business here. */
function self(call: Call): Account {
  const { principal } = call;
  if (principal.kind === "anonymous") throw new Refusal(401, "Requires authentication");
  if (principal.kind === "app" || principal.token.kind === "installation") {
    throw new Refusal(403, "Resource not accessible by integration");
  }
  return principal.token.account;
}

function visible(call: Call): Repository[] {
  return [...call.world.repositories.values()].filter(
    (repository) => canSee(call.principal, repository) && !hidden(call, repository.owner),
  );
}

/** Organizations with single sign-on are left out of lists, and the answer names them. */
function hidden(call: Call, owner: Account): boolean {
  return owner.sso && call.principal.kind === "token" && !call.principal.token.authorizedFor.has(owner);
}

function partly(call: Call, reply: Reply): Reply {
  const left = [...call.world.accounts.values()].filter((account) => hidden(call, account));
  if (left.length === 0) return reply;
  const sso = `partial-results; organizations=${left.map((account) => account.id).join(",")}`;
  return { ...reply, headers: { ...reply.headers, "x-github-sso": sso } };
}

function list(call: Call, found: Repository[], wrap?: (items: string, total: number) => string): Reply {
  const sort = choice(call, "sort", ["created", "updated", "pushed", "full_name"], "full_name");
  const direction = choice(call, "direction", ["asc", "desc"], sort === "full_name" ? "asc" : "desc");
  const key = (repository: Repository) =>
    ({
      full_name: repository.fullName.toLowerCase(),
      created: repository.createdAt,
      updated: repository.updatedAt,
      pushed: repository.pushedAt,
    })[sort];
  const account = call.principal.kind === "token" ? call.principal.token.account : undefined;
  const render = (repository: Repository) =>
    JSON.stringify(
      listedRepository(call.links, repository, account === undefined ? undefined : roleOf(account, repository)),
    );
  const sorted = sortedBy(found, key, direction === "desc");
  return partly(call, paged(call, sorted, render, wrap === undefined ? {} : { wrap }));
}

/** `all`, `public`, `private`, `forks`, `sources`, `member`, `internal` of organizations and `owner` of people. */
function ofType(call: Call, found: Repository[]): Repository[] {
  const type = call.query.get("type") ?? "all";
  return found.filter(({ settings }) => {
    if (type === "forks") return settings.fork;
    if (type === "sources") return !settings.fork;
    if (type === "public" || type === "private" || type === "internal") return settings.visibility === type;
    return true;
  });
}

function owned(call: Call, login: string, type: Account["type"]): { account: Account; repositories: Repository[] } {
  const account = call.world.accounts.get(login.toLowerCase());
  if (account === undefined || (type === "Organization" && account.type !== type)) throw notFound();
  return { account, repositories: visible(call).filter((repository) => repository.owner === account) };
}

function mine(call: Call): Reply {
  const account = self(call);
  const since = sinceOf(call);
  const affiliation = (call.query.get("affiliation") ?? "owner,collaborator,organization_member").split(",");
  const visibility = choice(call, "visibility", ["all", "public", "private"], "all");
  const found = visible(call).filter((repository) => {
    const how =
      repository.owner === account
        ? "owner"
        : repository.collaborators.has(account)
          ? "collaborator"
          : repository.owner.members.has(account)
            ? "organization_member"
            : "stranger";
    const open = repository.settings.visibility === "public";
    return (
      affiliation.includes(how) &&
      (visibility === "all" || open === (visibility === "public")) &&
      (since === undefined || repository.updatedAt >= since)
    );
  });
  return list(call, ofType(call, found));
}

export const repositoryRoutes: readonly Route[] = [
  {
    method: "GET",
    template: "/user",
    answer(call) {
      const account = self(call);
      const repositories = visible(call).filter((repository) => repository.owner === account);
      const open = repositories.filter((repository) => repository.settings.visibility === "public").length;
      return { status: 200, body: privateUser(call.links, account, open, repositories.length - open) };
    },
  },
  {
    method: "GET",
    template: "/user/repos",
    query: ["visibility", "affiliation", "type", "sort", "direction", "since"],
    paged: true,
    answer: mine,
  },
  {
    method: "GET",
    template: "/user/orgs",
    paged: true,
    answer(call) {
      const account = self(call);
      const { principal } = call;
      const token = principal.kind === "token" ? principal.token : undefined;
      if (token?.kind === "classic" && !token.scopes.some((scope) => /^(user|read:org|admin:org|repo)$/.test(scope))) {
        throw new Refusal(403, "You need at least read:org scope or user scope to list your organizations.");
      }
      const found = [...call.world.accounts.values()].filter((one) => one.members.has(account) && !hidden(call, one));
      return partly(
        call,
        paged(call, found, (one) => JSON.stringify(organizationSimple(call.links, one))),
      );
    },
  },
  {
    method: "GET",
    template: "/orgs/{org}",
    answer(call) {
      const { account, repositories } = owned(call, call.params.org as string, "Organization");
      return { status: 200, body: organizationFull(call.links, account, repositories.length) };
    },
  },
  {
    method: "GET",
    template: "/orgs/{org}/repos",
    query: ["type", "sort", "direction"],
    paged: true,
    answer: (call) => list(call, ofType(call, owned(call, call.params.org as string, "Organization").repositories)),
  },
  {
    method: "GET",
    template: "/orgs/{org}/members",
    paged: true,
    answer: (call) =>
      paged(call, [...owned(call, call.params.org as string, "Organization").account.members], (account) =>
        JSON.stringify(simpleUser(call.links, account)),
      ),
  },
  {
    method: "GET",
    template: "/users/{username}",
    answer(call) {
      const { account, repositories } = owned(call, call.params.username as string, "User");
      return { status: 200, body: publicUser(call.links, account, repositories.length) };
    },
  },
  {
    method: "GET",
    template: "/users/{username}/repos",
    query: ["type", "sort", "direction"],
    paged: true,
    answer(call) {
      const { repositories } = owned(call, call.params.username as string, "User");
      // Only public ones, whoever asks.
      return list(
        call,
        ofType(
          call,
          repositories.filter(({ settings }) => settings.visibility === "public"),
        ),
      );
    },
  },
  {
    method: "GET",
    template: "/repos/{owner}/{repo}",
    answer(call) {
      const account = call.principal.kind === "token" ? call.principal.token.account : undefined;
      const role = account === undefined ? undefined : roleOf(account, call.repository);
      return { status: 200, body: fullRepository(call.links, call.repository, role) };
    },
  },
  {
    method: "GET",
    template: "/repos/{owner}/{repo}/topics",
    paged: true,
    answer: (call) => ({ status: 200, body: { names: call.repository.settings.topics } }),
  },
  {
    method: "GET",
    template: "/installation/repositories",
    paged: true,
    answer(call) {
      const { principal } = call;
      if (principal.kind !== "token" || principal.token.kind !== "installation") {
        throw new Refusal(
          403,
          "You must authenticate with an installation access token in order to list repositories for an installation.",
        );
      }
      const { owner } = principal.token;
      const chosen = principal.token.repositories?.map((name) => name.toLowerCase());
      const found = visible(call).filter(
        (one) => one.owner === owner && (chosen === undefined || chosen.includes(one.fullName.toLowerCase())),
      );
      const selection = principal.token.repositories === undefined ? "all" : "selected";
      return list(
        call,
        found,
        (items, total) => `{"total_count":${total},"repository_selection":"${selection}","repositories":${items}}`,
      );
    },
  },
];
