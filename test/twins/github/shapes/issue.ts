import type { Links } from "../links.ts";
import { type Issue, type IssueComment, type Label, type Milestone, REACTIONS, type Reactions } from "../model.ts";
import type { Repository } from "../repository.ts";
import { type Account, nodeId } from "../world.ts";
import { simpleUser } from "./user.ts";

export function issueNode(issue: Issue): string {
  return issue.pull === null ? nodeId("I", issue.id) : nodeId("PR", issue.pull.id);
}

/** An issue, or a pull request in its form as an issue. */
export function issueShape(links: Links, repository: Repository, issue: Issue, version: string) {
  const at = `${links.api}/repos/${repository.fullName}`;
  const url = `${at}/issues/${issue.number}`;
  const html = threadPage(links, repository, issue);
  const assignees = [...issue.assignees].map((account) => simpleUser(links, account));
  return {
    url,
    repository_url: at,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: html,
    id: issue.id,
    node_id: issueNode(issue),
    number: issue.number,
    title: issue.title,
    user: simpleUser(links, issue.user),
    labels: [...issue.labels].map((label) => labelShape(links, repository, label)),
    state: issue.state,
    locked: issue.locked,
    ...assigneeOf(assignees, version),
    assignees,
    milestone: issue.milestone === null ? null : milestoneShape(links, repository, issue.milestone),
    comments: issue.comments,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    author_association: association(repository, issue.user),
    active_lock_reason: null,
    ...(issue.pull === null ? ownParts(links, repository, issue) : pullParts(links, repository, issue)),
    body: issue.body,
    closed_by: issue.closedBy === null ? null : simpleUser(links, issue.closedBy),
    reactions: reactionsShape(`${url}/reactions`, issue.reactions),
    timeline_url: `${url}/timeline`,
    performed_via_github_app: null,
    state_reason: issue.stateReason,
  };
}

/** The version of 2026-03-10 dropped `assignee`. */
export function assigneeOf<T>(assignees: T[], version: string): { assignee?: T | null } {
  return version >= "2026-03-10" ? {} : { assignee: assignees[0] ?? null };
}

function ownParts(links: Links, repository: Repository, issue: Issue) {
  const children = [...issue.children].map((number) => repository.threads.get(number));
  const done = children.filter((child) => child?.state === "closed").length;
  const share = children.length === 0 ? 0 : Math.round((100 * done) / children.length);
  return {
    sub_issues_summary: { total: children.length, completed: done, percent_completed: share },
    issue_dependencies_summary: { blocked_by: 0, total_blocked_by: 0, blocking: 0, total_blocking: 0 },
    ...(issue.parent !== null && {
      parent_issue_url: `${links.api}/repos/${repository.fullName}/issues/${issue.parent}`,
    }),
  };
}

function pullParts(links: Links, repository: Repository, issue: Issue) {
  const html = threadPage(links, repository, issue);
  return {
    draft: issue.pull?.draft ?? false,
    pull_request: {
      url: `${links.api}/repos/${repository.fullName}/pulls/${issue.number}`,
      html_url: html,
      diff_url: `${html}.diff`,
      patch_url: `${html}.patch`,
      merged_at: issue.pull?.mergedAt ?? null,
    },
  };
}

export function threadPage(links: Links, repository: Repository, issue: Issue): string {
  return `${links.html}/${repository.fullName}/${issue.pull === null ? "issues" : "pull"}/${issue.number}`;
}

export function labelShape(links: Links, repository: Repository, label: Label) {
  return {
    id: label.id,
    node_id: nodeId("LA", label.id),
    url: `${links.api}/repos/${repository.fullName}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    color: label.color,
    default: false,
    description: label.description,
  };
}

export function milestoneShape(links: Links, repository: Repository, milestone: Milestone) {
  const url = `${links.api}/repos/${repository.fullName}/milestones/${milestone.number}`;
  return {
    url,
    html_url: `${links.html}/${repository.fullName}/milestone/${milestone.number}`,
    labels_url: `${url}/labels`,
    id: milestone.id,
    node_id: nodeId("MI", milestone.id),
    number: milestone.number,
    title: milestone.title,
    description: milestone.description,
    creator: simpleUser(links, milestone.creator),
    open_issues: 0,
    closed_issues: 0,
    state: milestone.state,
    created_at: milestone.createdAt,
    updated_at: milestone.updatedAt,
    due_on: milestone.dueOn,
    closed_at: null,
  };
}

export function reactionsShape(url: string, reactions: Reactions) {
  const counts = Object.fromEntries(REACTIONS.map((name) => [name, reactions[name] ?? 0]));
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return { url, total_count: total, ...counts };
}

export function commentShape(links: Links, repository: Repository, comment: IssueComment) {
  const at = `${links.api}/repos/${repository.fullName}/issues`;
  const url = `${at}/comments/${comment.id}`;
  const thread = repository.threads.get(comment.issue);
  const page = thread === undefined ? links.html : threadPage(links, repository, thread);
  return {
    url,
    html_url: `${page}#issuecomment-${comment.id}`,
    issue_url: `${at}/${comment.issue}`,
    id: comment.id,
    node_id: nodeId("IC", comment.id),
    user: simpleUser(links, comment.user),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    body: comment.body,
    author_association: association(repository, comment.user),
    reactions: reactionsShape(`${url}/reactions`, comment.reactions),
    performed_via_github_app: null,
  };
}

export function association(repository: Repository, account: Account): string {
  if (account === repository.owner) return "OWNER";
  if (repository.owner.members.has(account)) return "MEMBER";
  return repository.collaborators.has(account) ? "COLLABORATOR" : "NONE";
}
