import type { Account } from "./world.ts";

export interface Label {
  id: number;
  name: string;
  color: string;
  description: string | null;
}

export interface Milestone {
  id: number;
  number: number;
  title: string;
  description: string | null;
  state: "open" | "closed";
  dueOn: string | null;
  createdAt: string;
  updatedAt: string;
  creator: Account;
}

export const REACTIONS = ["+1", "-1", "laugh", "confused", "heart", "hooray", "eyes", "rocket"] as const;
export type Reactions = Partial<Record<(typeof REACTIONS)[number], number>>;

/** An issue; with `pull` it is a pull request, which is an issue too. */
export interface Issue {
  id: number;
  number: number;
  title: string;
  body: string | null;
  user: Account;
  state: "open" | "closed";
  stateReason: "completed" | "not_planned" | "duplicate" | "reopened" | null;
  labels: Set<Label>;
  milestone: Milestone | null;
  assignees: Set<Account>;
  locked: boolean;
  createdAt: string;
  updatedAt: string;
  closedAt: string | null;
  closedBy: Account | null;
  reactions: Reactions;
  /** How many comments it has. */
  comments: number;
  /** Numbers in the same repository. */
  parent: number | null;
  children: Set<number>;
  pull: Pull | null;
}

export interface Pull {
  id: number;
  draft: boolean;
  head: PullEnd;
  base: PullEnd;
  mergedAt: string | null;
  mergedBy: Account | null;
  mergeSha: string | null;
  reviewers: Set<Account>;
}

export interface PullEnd {
  ref: string;
  sha: string;
  /** `owner:branch`. */
  label: string;
}

export interface IssueComment {
  id: number;
  issue: number;
  body: string;
  user: Account;
  createdAt: string;
  updatedAt: string;
  reactions: Reactions;
}

export type ReviewState = "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED" | "DISMISSED";

export interface Review {
  id: number;
  pull: number;
  body: string;
  user: Account;
  state: ReviewState;
  submittedAt: string;
  commit: string;
}

export interface ReviewComment {
  id: number;
  pull: number;
  review: number;
  body: string;
  user: Account;
  path: string;
  line: number;
  diffHunk: string;
  inReplyTo: number | null;
  commit: string;
  createdAt: string;
  updatedAt: string;
  reactions: Reactions;
}

export interface Discussion {
  id: number;
  number: number;
  title: string;
  body: string;
  user: Account;
  category: string;
  answer: number | null;
  labels: Set<Label>;
  closed: boolean;
  locked: boolean;
  createdAt: string;
  updatedAt: string;
  comments: DiscussionComment[];
  reactions: Reactions;
}

export interface DiscussionComment {
  id: number;
  body: string;
  user: Account;
  createdAt: string;
  updatedAt: string;
  replies: DiscussionComment[];
  reactions: Reactions;
}

export interface Release {
  id: number;
  tag: string;
  name: string | null;
  body: string | null;
  draft: boolean;
  prerelease: boolean;
  author: Account;
  target: string;
  createdAt: string;
  publishedAt: string | null;
  assets: { id: number; name: string; type: string; bytes: Buffer; createdAt: string }[];
}

/** Where a thread went that is no longer here. */
export type Gone = "deleted" | { repository: number; number: number };

/** What a person may do in a repository, in rising order. */
export const ROLES = ["none", "pull", "triage", "push", "maintain", "admin"] as const;
export type Role = (typeof ROLES)[number];
