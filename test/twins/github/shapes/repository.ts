import type { Links } from "../links.ts";
import { ROLES, type Role } from "../model.ts";
import type { Repository } from "../repository.ts";
import { nodeId } from "../world.ts";
import { simpleUser } from "./user.ts";

export function repositoryNode(repository: Repository): string {
  return nodeId("R", repository.id);
}

/** Addresses that every form of a repository carries. */
function addresses(links: Links, repository: Repository) {
  const url = `${links.api}/repos/${repository.fullName}`;
  return {
    html_url: `${links.html}/${repository.fullName}`,
    url,
    forks_url: `${url}/forks`,
    keys_url: `${url}/keys{/key_id}`,
    collaborators_url: `${url}/collaborators{/collaborator}`,
    teams_url: `${url}/teams`,
    hooks_url: `${url}/hooks`,
    issue_events_url: `${url}/issues/events{/number}`,
    events_url: `${url}/events`,
    assignees_url: `${url}/assignees{/user}`,
    branches_url: `${url}/branches{/branch}`,
    tags_url: `${url}/tags`,
    blobs_url: `${url}/git/blobs{/sha}`,
    git_tags_url: `${url}/git/tags{/sha}`,
    git_refs_url: `${url}/git/refs{/sha}`,
    trees_url: `${url}/git/trees{/sha}`,
    statuses_url: `${url}/statuses/{sha}`,
    languages_url: `${url}/languages`,
    stargazers_url: `${url}/stargazers`,
    contributors_url: `${url}/contributors`,
    subscribers_url: `${url}/subscribers`,
    subscription_url: `${url}/subscription`,
    commits_url: `${url}/commits{/sha}`,
    git_commits_url: `${url}/git/commits{/sha}`,
    comments_url: `${url}/comments{/number}`,
    issue_comment_url: `${url}/issues/comments{/number}`,
    contents_url: `${url}/contents/{+path}`,
    compare_url: `${url}/compare/{base}...{head}`,
    merges_url: `${url}/merges`,
    archive_url: `${url}/{archive_format}{/ref}`,
    downloads_url: `${url}/downloads`,
    issues_url: `${url}/issues{/number}`,
    pulls_url: `${url}/pulls{/number}`,
    milestones_url: `${url}/milestones{/number}`,
    notifications_url: `${url}/notifications{?since,all,participating}`,
    labels_url: `${url}/labels{/name}`,
    releases_url: `${url}/releases{/id}`,
    deployments_url: `${url}/deployments`,
  };
}

/** The repository as lists and pull requests carry it. */
export function listedRepository(links: Links, repository: Repository, role?: Role) {
  const { settings } = repository;
  const open = [...repository.threads.values()].filter((issue) => issue.state === "open").length;
  const host = new URL(links.html).host;
  return {
    id: repository.id,
    node_id: repositoryNode(repository),
    name: repository.name,
    full_name: repository.fullName,
    private: settings.visibility !== "public",
    owner: simpleUser(links, repository.owner),
    description: settings.description,
    fork: settings.fork,
    ...addresses(links, repository),
    created_at: repository.createdAt,
    updated_at: repository.updatedAt,
    pushed_at: repository.pushedAt,
    git_url: `git://${host}/${repository.fullName}.git`,
    ssh_url: `git@${host}:${repository.fullName}.git`,
    clone_url: `${links.html}/${repository.fullName}.git`,
    svn_url: `${links.html}/${repository.fullName}`,
    homepage: settings.homepage,
    size: 108,
    stargazers_count: settings.stars,
    watchers_count: settings.stars,
    language: settings.language,
    has_issues: settings.hasIssues,
    has_projects: true,
    has_downloads: true,
    has_wiki: settings.hasWiki,
    has_pages: false,
    has_discussions: settings.hasDiscussions,
    forks_count: 0,
    mirror_url: null,
    archived: settings.archived,
    disabled: settings.blocked,
    open_issues_count: open,
    license: license(links, repository),
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
    topics: settings.topics,
    visibility: settings.visibility,
    forks: 0,
    open_issues: open,
    watchers: settings.stars,
    default_branch: settings.defaultBranch,
    ...(role !== undefined && { permissions: permissions(role) }),
  };
}

/** The repository on its own. */
export function fullRepository(links: Links, repository: Repository, role?: Role) {
  return {
    ...listedRepository(links, repository, role),
    temp_clone_token: null,
    network_count: 0,
    subscribers_count: 0,
    ...(repository.owner.type === "Organization" && { organization: simpleUser(links, repository.owner) }),
  };
}

export function permissions(role: Role) {
  const rank = ROLES.indexOf(role);
  const reaches = (wanted: Role) => rank >= ROLES.indexOf(wanted);
  return {
    admin: reaches("admin"),
    maintain: reaches("maintain"),
    push: reaches("push"),
    triage: reaches("triage"),
    pull: reaches("pull"),
  };
}

function license(links: Links, { settings }: Repository) {
  if (settings.license === null) return null;
  const { key, name, spdx } = settings.license;
  return { key, name, spdx_id: spdx, url: `${links.api}/licenses/${key}`, node_id: nodeId("L", key) };
}
