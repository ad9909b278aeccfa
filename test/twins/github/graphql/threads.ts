import type { Call } from "../exchange.ts";
import type { Issue, IssueComment, Label, Review, ReviewComment } from "../model.ts";
import type { Repository } from "../repository.ts";
import { issueNode, threadPage } from "../shapes/issue.ts";
import { nodeId } from "../world.ts";
import { byId, type ConnectionArgs, connection } from "./connection.ts";
import { repositoryObject } from "./repository.ts";
import { actor } from "./scope.ts";

/** What issues and pull requests share. */
function threadFields(call: Call, repository: Repository, issue: Issue) {
  return {
    id: issueNode(issue),
    number: issue.number,
    title: issue.title,
    body: issue.body ?? "",
    url: threadPage(call.links, repository, issue),
    closed: issue.state === "closed",
    closedAt: issue.closedAt,
    locked: issue.locked,
    createdAt: issue.createdAt,
    updatedAt: issue.updatedAt,
    author: actor(call, issue.user),
    milestone: issue.milestone && { ...issue.milestone, id: nodeId("MI", issue.milestone.id) },
    repository: () => repositoryObject(call, repository),
    labels: (args: ConnectionArgs) => labels(issue.labels, args),
    assignees: (args: ConnectionArgs) =>
      connection([...issue.assignees], args, byId, (one) => actor(call, one) as object),
    comments: (args: ConnectionArgs) =>
      connection(repository.comments.of(issue.number), args, byId, (one) => commentObject(call, repository, one)),
  };
}

export function issueObject(call: Call, repository: Repository, issue: Issue): object {
  const parent = issue.parent === null ? undefined : repository.threads.get(issue.parent);
  return {
    __typename: "Issue",
    ...threadFields(call, repository, issue),
    databaseId: issue.id,
    fullDatabaseId: String(issue.id),
    state: issue.state.toUpperCase(),
    stateReason: issue.stateReason?.toUpperCase() ?? null,
    parent: () => (parent === undefined ? null : issueObject(call, repository, parent)),
    subIssues: (args: ConnectionArgs) => {
      const children = [...issue.children].flatMap((number) => repository.threads.get(number) ?? []);
      return connection(children, args, byId, (one) => issueObject(call, repository, one));
    },
  };
}

export function pullObject(call: Call, repository: Repository, issue: Issue): object {
  const { pull } = issue;
  if (pull === null) throw new Error(`#${issue.number} is no pull request.`);
  return {
    __typename: "PullRequest",
    ...threadFields(call, repository, issue),
    databaseId: pull.id,
    fullDatabaseId: String(pull.id),
    state: pull.mergedAt !== null ? "MERGED" : issue.state.toUpperCase(),
    isDraft: pull.draft,
    merged: pull.mergedAt !== null,
    mergedAt: pull.mergedAt,
    mergedBy: pull.mergedBy && actor(call, pull.mergedBy),
    baseRefName: pull.base.ref,
    headRefName: pull.head.ref,
    baseRefOid: pull.base.sha,
    headRefOid: pull.head.sha,
    reviews: ({ states, author, ...args }: ConnectionArgs & { states?: string[]; author?: string }) => {
      const found = repository.reviews
        .of(issue.number)
        .filter((one) => (!states?.length || states.includes(one.state)) && (!author || one.user.login === author));
      return connection(found, args, byId, (one) => reviewObject(call, repository, one));
    },
    reviewThreads: (args: ConnectionArgs) => {
      const all = repository.reviews.comments(issue.number);
      const first = all.filter((one) => one.inReplyTo === null);
      return connection(first, args, byId, (one) => lineThread(call, repository, one, all));
    },
  };
}

export function commentObject(call: Call, repository: Repository, comment: IssueComment): object {
  const thread = repository.threads.get(comment.issue) as Issue;
  return {
    __typename: "IssueComment",
    id: nodeId("IC", comment.id),
    databaseId: comment.id,
    fullDatabaseId: String(comment.id),
    body: comment.body,
    url: `${threadPage(call.links, repository, thread)}#issuecomment-${comment.id}`,
    createdAt: comment.createdAt,
    updatedAt: comment.updatedAt,
    author: actor(call, comment.user),
    isMinimized: false,
  };
}

function reviewObject(call: Call, repository: Repository, review: Review): object {
  return {
    __typename: "PullRequestReview",
    id: nodeId("PRR", review.id),
    databaseId: review.id,
    fullDatabaseId: String(review.id),
    body: review.body,
    state: review.state,
    url: `${call.links.html}/${repository.fullName}/pull/${review.pull}#pullrequestreview-${review.id}`,
    createdAt: review.submittedAt,
    updatedAt: review.submittedAt,
    submittedAt: review.submittedAt,
    author: actor(call, review.user),
    comments: (args: ConnectionArgs) => {
      const found = repository.reviews.comments(review.pull).filter((one) => one.review === review.id);
      return connection(found, args, byId, (one) => lineComment(call, repository, one));
    },
  };
}

function lineThread(call: Call, repository: Repository, first: ReviewComment, all: ReviewComment[]): object {
  const own = all.filter((one) => one === first || one.inReplyTo === first.id);
  return {
    __typename: "PullRequestReviewThread",
    id: nodeId("PRRT", first.id),
    path: first.path,
    line: first.line,
    isResolved: false,
    isOutdated: false,
    comments: (args: ConnectionArgs) => connection(own, args, byId, (one) => lineComment(call, repository, one)),
  };
}

function lineComment(call: Call, repository: Repository, comment: ReviewComment): object {
  return {
    __typename: "PullRequestReviewComment",
    id: nodeId("PRRC", comment.id),
    databaseId: comment.id,
    fullDatabaseId: String(comment.id),
    body: comment.body,
    path: comment.path,
    line: comment.line,
    diffHunk: comment.diffHunk,
    url: `${call.links.html}/${repository.fullName}/pull/${comment.pull}#discussion_r${comment.id}`,
    createdAt: comment.createdAt,
    updatedAt: comment.updatedAt,
    author: actor(call, comment.user),
    replyTo: () => {
      const above = comment.inReplyTo === null ? undefined : repository.reviews.findComment(comment.inReplyTo);
      return above === undefined ? null : lineComment(call, repository, above);
    },
  };
}

export function labels(all: ReadonlySet<Label>, args: ConnectionArgs) {
  return connection([...all], args, byId, (label) => ({ ...label, id: nodeId("LA", label.id) }));
}
