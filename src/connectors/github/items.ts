import { createHash } from "node:crypto";
import type { Draft } from "../kit/index.ts";
import { linksIn } from "./links.ts";
import type { Account, Issue, IssueComment, PullRequest, Repository, Review, ReviewComment } from "./schema.ts";

type Fields = NonNullable<Draft["fields"]>;

/** Lines of a diff that are shown above a comment on it. */
const HUNK_LINES = 8;
const REVIEW_WORDS: Readonly<Record<string, string>> = {
  APPROVED: "approved",
  CHANGES_REQUESTED: "changes requested",
  COMMENTED: "commented",
  DISMISSED: "dismissed",
};

export function repositoryItem(repository: Repository): Draft {
  const { description, license, homepage } = repository;
  const draft = {
    id: String(repository.id),
    kind: "repository",
    title: repository.full_name,
    url: repository.html_url,
    container: String(repository.id),
    authors: [`user:${repository.owner.login}`],
    tags: repository.topics,
    text: [description, homepage].filter(Boolean).join("\n\n"),
    aliases: [repository.full_name],
    ...times(repository.created_at, undefined),
    fields: facts({
      language: repository.language,
      visibility: visibilityOf(repository),
      archived: repository.archived || undefined,
      fork: repository.fork || undefined,
      default_branch: repository.default_branch,
      license: license?.spdx_id ?? license?.name,
    }),
  };
  // Stars and pushes change all the time: they come along when something else does.
  const fields = { ...draft.fields, stars: repository.stargazers_count };
  return { ...draft, fields, version: versionOf(draft), ...times(repository.created_at, repository.updated_at) };
}

export function issueItem(repository: Repository, issue: Issue): Draft {
  const parent = issue.parent_issue_url?.match(/\/repos\/([^/]+\/[^/]+)\/issues\/(\d+)$/);
  const relations = linksIn(issue.body, repository, issue.number);
  if (parent) relations.unshift({ rel: "parent", id: threadId(repository, Number(parent[2]), parent[1]) });
  return versioned({
    ...threadItem(repository, issue),
    kind: "issue",
    relations,
    fields: facts({
      ...threadFields(issue),
      state_reason: issue.state_reason,
      type: issue.type?.name,
      comments: issue.comments,
      reactions: issue.reactions?.total_count || undefined,
    }),
  });
}

export function pullItem(repository: Repository, pull: PullRequest): Draft {
  const reviewers = (pull.requested_reviewers ?? []).map(loginOf);
  const teams = (pull.requested_teams ?? []).map((team) => team.name);
  return versioned({
    ...threadItem(repository, pull),
    kind: "pull_request",
    relations: linksIn(pull.body, repository, pull.number),
    fields: facts({
      ...threadFields(pull),
      ...(pull.merged_at && { state: "merged" }),
      draft: pull.draft || undefined,
      merged_at: pull.merged_at,
      head: pull.head.label ?? pull.head.ref,
      base: pull.base.ref,
      reviewers: [...reviewers, ...teams],
    }),
  });
}

function threadItem(repository: Repository, thread: Issue | PullRequest) {
  return {
    id: threadId(repository, thread.number),
    title: thread.title,
    url: thread.html_url,
    container: String(repository.id),
    authors: authorsOf(thread.user),
    tags: thread.labels,
    text: thread.body ?? "",
    aliases: [`${repository.full_name}#${thread.number}`],
    ...times(thread.created_at, thread.updated_at),
  };
}

function threadFields(thread: Issue | PullRequest) {
  return {
    number: thread.number,
    state: thread.state,
    milestone: thread.milestone?.title,
    assignees: (thread.assignees ?? []).map(loginOf),
    closed_at: thread.closed_at,
    locked: thread.locked || undefined,
  };
}

export function commentItem(repository: Repository, comment: IssueComment): Draft {
  const number = numberIn(comment.issue_url);
  return versioned({
    ...remark(repository, comment, `#issuecomment-${comment.id}`, number),
    kind: "comment",
    title: `Comment by ${loginOf(comment.user)} on ${repository.name}#${number}`,
    fields: facts({ reactions: comment.reactions?.total_count || undefined }),
  });
}

export function reviewItem(repository: Repository, review: Review, number: number): Draft {
  const state = REVIEW_WORDS[review.state] ?? review.state.toLowerCase();
  const at = review.submitted_at ?? undefined;
  return versioned({
    ...remark(repository, { ...review, created_at: at, updated_at: at }, `#pullrequestreview-${review.id}`, number),
    kind: "review",
    title: `Review by ${loginOf(review.user)} on ${repository.name}#${number}: ${state}`,
    fields: facts({ state }),
  });
}

export function reviewCommentItem(repository: Repository, comment: ReviewComment): Draft {
  const number = numberIn(comment.pull_request_url);
  const line = comment.line ?? comment.original_line;
  const draft = remark(repository, comment, `#discussion_r${comment.id}`, number);
  if (comment.in_reply_to_id)
    draft.relations.unshift({ rel: "reply", id: `${repository.id}#discussion_r${comment.in_reply_to_id}` });
  return versioned({
    ...draft,
    kind: "review_comment",
    title: `Review comment by ${loginOf(comment.user)} on ${comment.path}, ${repository.name}#${number}`,
    // A reply stands below the comment that shows the lines.
    text: [comment.in_reply_to_id ? "" : hunkBlock(comment.diff_hunk), draft.text].filter(Boolean).join("\n\n"),
    fields: facts({
      path: comment.path,
      line,
      review: comment.pull_request_review_id ? String(comment.pull_request_review_id) : undefined,
      reactions: comment.reactions?.total_count || undefined,
    }),
  });
}

interface Remark {
  body?: string | null | undefined;
  html_url: string;
  user?: Account;
  created_at: string | undefined;
  updated_at: string | undefined;
}

/** What hangs from a thread. */
function remark(repository: Repository, written: Remark, key: string, number: number) {
  return {
    id: `${repository.id}${key}`,
    url: written.html_url,
    container: String(repository.id),
    parent: threadId(repository, number),
    authors: authorsOf(written.user),
    text: written.body ?? "",
    relations: linksIn(written.body, repository),
    ...times(written.created_at, written.updated_at),
  };
}

/** The id of an issue, pull request or discussion; with another repository's name the alias it is known by there. */
export function threadId(repository: Repository, number: number, fullName?: string): string {
  if (fullName !== undefined && fullName.toLowerCase() !== repository.full_name.toLowerCase())
    return `${fullName}#${number}`;
  return `${repository.id}#${number}`;
}

/** The number at the end of an address such as `…/issues/12`. */
export function numberIn(url: string): number {
  return Number(/(\d+)$/.exec(url)?.[1] ?? Number.NaN);
}

/** An account that was deleted lives on as "ghost". */
export function loginOf(account: Account): string {
  return account?.login ?? "ghost";
}

export function isBot(account: Account): boolean {
  return account?.type === "Bot" || (account?.login.endsWith("[bot]") ?? false);
}

export function authorsOf(account: Account): string[] {
  return [`user:${loginOf(account)}`];
}

export function visibilityOf(repository: Repository): string {
  return repository.visibility ?? (repository.private ? "private" : "public");
}

export function times(createdAt: string | null | undefined, updatedAt: string | null | undefined) {
  return { ...(createdAt && { createdAt }), ...(updatedAt && { updatedAt }) };
}

/** The fields that say something. */
export function facts(fields: Record<string, Fields[string] | undefined>): Fields {
  const telling = Object.entries(fields).filter(
    ([, value]) =>
      value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(telling) as Fields;
}

/** Times have whole seconds only, so that the content must tell two edits within one apart. */
export function versioned(draft: Omit<Draft, "version">): Draft {
  return { ...draft, version: versionOf(draft) };
}

function versionOf(draft: Omit<Draft, "version">): string {
  const digest = createHash("sha256").update(JSON.stringify(draft)).digest("base64url").slice(0, 12);
  return draft.updatedAt === undefined ? digest : `${draft.updatedAt} ${digest}`;
}

/** The last lines of the diff that was commented on, as a code block that the diff cannot close. */
function hunkBlock(hunk: string): string {
  if (hunk === "") return "";
  const lines = hunk.split("\n").slice(-HUNK_LINES).join("\n");
  const longest = Math.max(2, ...[...lines.matchAll(/`{3,}/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}diff\n${lines}\n${fence}`;
}
