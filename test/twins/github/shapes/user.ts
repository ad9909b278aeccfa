import type { Links } from "../links.ts";
import { type Account, nodeId } from "../world.ts";

/** The account as most answers embed it. */
export function simpleUser(links: Links, account: Account) {
  const url = `${links.api}/users/${encodeURIComponent(account.login)}`;
  return {
    login: account.login,
    id: account.id,
    node_id: accountNode(account),
    avatar_url: `${links.html}/avatars/u/${account.id}?v=4`,
    gravatar_id: "",
    url,
    html_url: `${links.html}/${encodeURIComponent(account.login)}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: account.type,
    user_view_type: "public",
    site_admin: false,
  };
}

export function accountNode(account: Account): string {
  const prefix = { User: "U", Organization: "O", Bot: "BOT" }[account.type];
  return nodeId(prefix, account.id);
}

/** The account on its own. */
export function publicUser(links: Links, account: Account, repositories: number) {
  return {
    ...simpleUser(links, account),
    name: account.name,
    company: null,
    blog: "",
    location: null,
    email: account.email,
    hireable: null,
    bio: null,
    twitter_username: null,
    public_repos: repositories,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: account.createdAt,
    updated_at: account.createdAt,
  };
}

/** The account as its owner sees it. */
export function privateUser(links: Links, account: Account, repositories: number, closed: number) {
  return {
    ...publicUser(links, account, repositories),
    user_view_type: "private",
    private_gists: 0,
    total_private_repos: closed,
    owned_private_repos: closed,
    disk_usage: 0,
    collaborators: 0,
    two_factor_authentication: true,
    plan: { name: "pro", space: 976_562_499, collaborators: 0, private_repos: 9999 },
  };
}

export function organizationSimple(links: Links, account: Account) {
  const url = `${links.api}/orgs/${account.login}`;
  return {
    login: account.login,
    id: account.id,
    node_id: accountNode(account),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${links.html}/avatars/u/${account.id}?v=4`,
    description: account.name,
  };
}

export function organizationFull(links: Links, account: Account, repositories: number) {
  return {
    ...organizationSimple(links, account),
    name: account.name ?? account.login,
    is_verified: false,
    has_organization_projects: true,
    has_repository_projects: true,
    public_repos: repositories,
    public_gists: 0,
    followers: 0,
    following: 0,
    html_url: `${links.html}/${account.login}`,
    type: "Organization",
    created_at: account.createdAt,
    updated_at: account.createdAt,
    archived_at: null,
  };
}
