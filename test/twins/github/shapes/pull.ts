import type { Links } from "../links.ts";
import type { PullEnd, Review, ReviewComment } from "../model.ts";
import type { PullRequest } from "../pulls.ts";
import type { Repository } from "../repository.ts";
import { nodeId } from "../world.ts";
import { assigneeOf, association, issueNode, labelShape, milestoneShape, reactionsShape, threadPage } from "./issue.ts";
import { listedRepository } from "./repository.ts";
import { simpleUser } from "./user.ts";

/** A pull request as the list carries it: all but whether it can be merged and its counts. */
export function listedPull(links: Links, repository: Repository, issue: PullRequest, version: string) {
  const at = `${links.api}/repos/${repository.fullName}`;
  const url = `${at}/pulls/${issue.number}`;
  const html = threadPage(links, repository, issue);
  const assignees = [...issue.assignees].map((account) => simpleUser(links, account));
  const { pull } = issue;
  const related = {
    self: url,
    html,
    issue: `${at}/issues/${issue.number}`,
    comments: `${at}/issues/${issue.number}/comments`,
    review_comments: `${url}/comments`,
    review_comment: `${at}/pulls/comments{/number}`,
    commits: `${url}/commits`,
    statuses: `${at}/statuses/${pull.head.sha}`,
  };
  return {
    url,
    id: pull.id,
    node_id: issueNode(issue),
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: related.issue,
    number: issue.number,
    state: issue.state,
    locked: issue.locked,
    title: issue.title,
    user: simpleUser(links, issue.user),
    body: issue.body,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    merged_at: pull.mergedAt,
    ...(version < "2026-03-10" && { merge_commit_sha: pull.mergeSha }),
    ...assigneeOf(assignees, version),
    assignees,
    requested_reviewers: [...pull.reviewers].map((account) => simpleUser(links, account)),
    requested_teams: [],
    labels: [...issue.labels].map((label) => labelShape(links, repository, label)),
    milestone: issue.milestone === null ? null : milestoneShape(links, repository, issue.milestone),
    draft: pull.draft,
    commits_url: related.commits,
    review_comments_url: related.review_comments,
    review_comment_url: related.review_comment,
    comments_url: related.comments,
    statuses_url: related.statuses,
    head: endShape(links, repository, pull.head),
    base: endShape(links, repository, pull.base),
    _links: Object.fromEntries(Object.entries(related).map(([name, href]) => [name, { href }])),
    author_association: association(repository, issue.user),
    auto_merge: null,
    active_lock_reason: null,
  };
}

export function fullPull(links: Links, repository: Repository, issue: PullRequest, version: string) {
  const { pull } = issue;
  return {
    ...listedPull(links, repository, issue, version),
    merged: pull.mergedAt !== null,
    mergeable: issue.state === "open" ? true : null,
    rebaseable: issue.state === "open" ? true : null,
    mergeable_state: issue.state === "open" ? "clean" : "unknown",
    merged_by: pull.mergedBy === null ? null : simpleUser(links, pull.mergedBy),
    comments: issue.comments,
    review_comments: repository.reviews.comments(issue.number).length,
    maintainer_can_modify: false,
    commits: 1,
    additions: 1,
    deletions: 0,
    changed_files: 1,
  };
}

function endShape(links: Links, repository: Repository, end: PullEnd) {
  return {
    label: end.label,
    ref: end.ref,
    sha: end.sha,
    user: simpleUser(links, repository.owner),
    repo: listedRepository(links, repository),
  };
}

export function reviewShape(links: Links, repository: Repository, review: Review) {
  const html = `${links.html}/${repository.fullName}/pull/${review.pull}#pullrequestreview-${review.id}`;
  const pull = `${links.api}/repos/${repository.fullName}/pulls/${review.pull}`;
  const gone = review.user.login === "ghost";
  return {
    id: review.id,
    node_id: nodeId("PRR", review.id),
    user: gone ? null : simpleUser(links, review.user),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: pull,
    author_association: association(repository, review.user),
    _links: { html: { href: html }, pull_request: { href: pull } },
    submitted_at: review.submittedAt,
    commit_id: review.commit,
  };
}

export function reviewCommentShape(links: Links, repository: Repository, comment: ReviewComment) {
  const at = `${links.api}/repos/${repository.fullName}/pulls`;
  const url = `${at}/comments/${comment.id}`;
  const html = `${links.html}/${repository.fullName}/pull/${comment.pull}#discussion_r${comment.id}`;
  return {
    url,
    pull_request_review_id: comment.review,
    id: comment.id,
    node_id: nodeId("PRRC", comment.id),
    diff_hunk: comment.diffHunk,
    path: comment.path,
    commit_id: comment.commit,
    original_commit_id: comment.commit,
    user: simpleUser(links, comment.user),
    body: comment.body,
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    html_url: html,
    pull_request_url: `${at}/${comment.pull}`,
    author_association: association(repository, comment.user),
    _links: { self: { href: url }, html: { href: html }, pull_request: { href: `${at}/${comment.pull}` } },
    reactions: reactionsShape(`${url}/reactions`, comment.reactions),
    start_line: null,
    original_start_line: null,
    start_side: null,
    line: comment.line,
    original_line: comment.line,
    side: "RIGHT",
    ...(comment.inReplyTo !== null && { in_reply_to_id: comment.inReplyTo }),
    original_position: comment.line,
    position: comment.line,
    subject_type: "line",
  };
}
