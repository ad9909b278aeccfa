import { type Call, notFound, Refusal, type Route } from "../exchange.ts";
import { ROLES, type Role } from "../model.ts";
import { paged } from "../paging.ts";
import { listedRepository, permissions } from "../shapes/repository.ts";
import { simpleUser } from "../shapes/user.ts";
import { type Team, teamsOf } from "../teams.ts";
import { roleOf } from "../tokens.ts";
import { type Account, nodeId } from "../world.ts";

const AT = "/repos/{owner}/{repo}";
const ROLE_NAMES: Record<Role, string> = {
  none: "none",
  pull: "read",
  triage: "triage",
  push: "write",
  maintain: "maintain",
  admin: "admin",
};

function teamShape(call: Call, team: Team, role: Role = "pull") {
  const url = `${call.links.api}/organizations/${team.organization.id}/team/${team.id}`;
  return {
    id: team.id,
    node_id: nodeId("T", team.id),
    name: team.name,
    slug: team.slug,
    description: "",
    privacy: "closed",
    notification_setting: "notifications_enabled",
    permission: role,
    permissions: permissions(role),
    url,
    html_url: `${call.links.html}/orgs/${team.organization.login}/teams/${team.slug}`,
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
    type: "organization",
    organization_id: team.organization.id,
    parent: null,
  };
}

/** Only those who may push see who else may what. */
function pusher(call: Call): void {
  const { principal } = call;
  const app = principal.kind === "token" && principal.token.kind === "installation";
  const role = principal.kind === "token" ? roleOf(principal.token.account, call.repository) : "none";
  if (!app && ROLES.indexOf(role) < ROLES.indexOf("push")) {
    throw new Refusal(403, "Must have push access to view repository collaborators.");
  }
}

function collaborators(call: Call): Account[] {
  const { repository } = call;
  const closed = repository.settings.visibility !== "public";
  const found = new Set<Account>(repository.collaborators.keys());
  if (repository.owner.type === "User") found.add(repository.owner);
  if (closed) for (const member of repository.owner.members) found.add(member);
  for (const team of teamsOf(repository)) for (const member of team.members) found.add(member);
  return [...found];
}

/** Members see the teams and who is in them; strangers see nothing. */
function team(call: Call): Team {
  const organization = organizationOf(call);
  const found = call.world.teams.find((one) => one.organization === organization && one.slug === call.params.team_slug);
  if (found === undefined) throw notFound();
  return found;
}

function organizationOf(call: Call): Account {
  const organization = call.world.accounts.get((call.params.org ?? "").toLowerCase());
  const { principal } = call;
  if (organization?.type !== "Organization") throw notFound();
  if (principal.kind !== "token") throw new Refusal(401, "Requires authentication");
  const { token } = principal;
  const installed = token.kind === "installation" && token.owner === organization;
  if (!installed && !organization.members.has(token.account)) throw new Refusal(403, "Must be an organization member.");
  const scoped = token.kind === "classic" || token.kind === "oauth";
  if (scoped && !token.scopes.some((scope) => /^(read|write|admin):org$/.test(scope))) {
    throw new Refusal(403, "Must have read:org scope to see teams.");
  }
  if (token.permissions !== undefined && token.permissions.members === undefined) {
    throw new Refusal(403, "Resource not accessible by personal access token", {
      "x-accepted-github-permissions": "members=read",
    });
  }
  return organization;
}

export const peopleRoutes: readonly Route[] = [
  {
    method: "GET",
    template: `${AT}/collaborators`,
    paged: true,
    answer(call) {
      pusher(call);
      return paged(call, collaborators(call), (account) => {
        const role = roleOf(account, call.repository);
        return JSON.stringify({
          ...simpleUser(call.links, account),
          permissions: permissions(role),
          role_name: ROLE_NAMES[role],
        });
      });
    },
  },
  {
    method: "GET",
    template: `${AT}/collaborators/{username}/permission`,
    answer(call) {
      pusher(call);
      const account = call.world.accounts.get((call.params.username ?? "").toLowerCase());
      if (account === undefined) throw notFound();
      const role = roleOf(account, call.repository);
      const coarse = { triage: "read", maintain: "write" }[ROLE_NAMES[role]] ?? ROLE_NAMES[role];
      const user = { ...simpleUser(call.links, account), permissions: permissions(role), role_name: ROLE_NAMES[role] };
      return { status: 200, body: { permission: coarse, role_name: ROLE_NAMES[role], user } };
    },
  },
  {
    method: "GET",
    template: `${AT}/teams`,
    paged: true,
    needs: ["administration"],
    answer: (call) =>
      paged(call, teamsOf(call.repository), (one) =>
        JSON.stringify(teamShape(call, one, call.repository.teams.get(one.slug))),
      ),
  },
  {
    method: "GET",
    template: "/orgs/{org}/teams",
    paged: true,
    answer(call) {
      const organization = organizationOf(call);
      const found = call.world.teams.filter((one) => one.organization === organization);
      return paged(call, found, (one) => JSON.stringify(teamShape(call, one)));
    },
  },
  {
    method: "GET",
    template: "/orgs/{org}/teams/{team_slug}/members",
    paged: true,
    answer: (call) => paged(call, [...team(call).members], (one) => JSON.stringify(simpleUser(call.links, one))),
  },
  {
    method: "GET",
    template: "/orgs/{org}/teams/{team_slug}/repos",
    paged: true,
    answer(call) {
      const { slug, organization } = team(call);
      const found = [...call.world.repositories.values()].filter(
        (one) => one.owner === organization && one.teams.has(slug),
      );
      return paged(call, found, (one) => JSON.stringify(listedRepository(call.links, one, one.teams.get(slug))));
    },
  },
];
