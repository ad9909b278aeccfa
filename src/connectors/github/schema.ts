import { z } from "zod";

/** Only the fields that are used, permissively: older Enterprise Servers leave some out. */

/** A user, organization or bot; null stands for an account that was deleted. */
export const Account = z
  .object({ id: z.number().optional(), login: z.string(), type: z.string().optional() })
  .nullish();
export type Account = z.output<typeof Account>;

/** `GET /repos/{owner}/{repo}` and every list of repositories. */
export const Repository = z.object({
  id: z.number(),
  name: z.string(),
  full_name: z.string(),
  owner: z.object({ login: z.string(), id: z.number().optional(), type: z.string().optional() }),
  html_url: z.string(),
  description: z.string().nullish(),
  private: z.boolean().default(false),
  visibility: z.string().optional(),
  default_branch: z.string().default("main"),
  fork: z.boolean().default(false),
  archived: z.boolean().default(false),
  has_issues: z.boolean().default(true),
  has_wiki: z.boolean().default(true),
  has_discussions: z.boolean().optional(),
  language: z.string().nullish(),
  stargazers_count: z.number().default(0),
  topics: z.array(z.string()).default([]),
  license: z.object({ name: z.string().nullish(), spdx_id: z.string().nullish() }).nullish(),
  homepage: z.string().nullish(),
  created_at: z.string().nullish(),
  updated_at: z.string().nullish(),
  pushed_at: z.string().nullish(),
});
export type Repository = z.output<typeof Repository>;

const Reactions = z.object({ total_count: z.number().default(0) }).nullish();
const Milestone = z.object({ title: z.string() }).nullish();
/** Old answers name labels by words only. */
const Labels = z
  .array(z.union([z.string(), z.object({ name: z.string().nullish() })]))
  .default([])
  .transform((labels) => labels.flatMap((label) => (typeof label === "string" ? label : (label.name ?? []))));

/** What issues and pull requests have in common. */
const thread = {
  number: z.number().int(),
  node_id: z.string().optional(),
  title: z.string(),
  body: z.string().nullish(),
  html_url: z.string(),
  user: Account,
  state: z.string(),
  labels: Labels,
  milestone: Milestone,
  assignees: z.array(Account).nullish(),
  locked: z.boolean().default(false),
  created_at: z.string(),
  updated_at: z.string(),
  closed_at: z.string().nullish(),
};

/** `GET /repos/{owner}/{repo}/issues`, also for pull requests in their form as issues. */
export const Issue = z.object({
  ...thread,
  state_reason: z.string().nullish(),
  comments: z.number().default(0),
  reactions: Reactions,
  repository_url: z.string().optional(),
  parent_issue_url: z.string().nullish(),
  type: z.object({ name: z.string() }).nullish(),
  pull_request: z.object({ merged_at: z.string().nullish() }).nullish(),
});
export type Issue = z.output<typeof Issue>;

const Ref = z.object({ ref: z.string(), sha: z.string().optional(), label: z.string().nullish() });

/** `GET /repos/{owner}/{repo}/pulls`. */
export const PullRequest = z.object({
  ...thread,
  draft: z.boolean().default(false),
  merged_at: z.string().nullish(),
  head: Ref,
  base: Ref,
  requested_reviewers: z.array(Account).nullish(),
  requested_teams: z.array(z.object({ name: z.string() })).nullish(),
});
export type PullRequest = z.output<typeof PullRequest>;

/** `GET /repos/{owner}/{repo}/issues/comments`. */
export const IssueComment = z.object({
  id: z.number(),
  body: z.string().nullish(),
  html_url: z.string(),
  issue_url: z.string(),
  user: Account,
  created_at: z.string(),
  updated_at: z.string(),
  reactions: Reactions,
});
export type IssueComment = z.output<typeof IssueComment>;

/** `GET /repos/{owner}/{repo}/pulls/comments`. */
export const ReviewComment = z.object({
  id: z.number(),
  body: z.string().nullish(),
  html_url: z.string(),
  pull_request_url: z.string(),
  pull_request_review_id: z.number().nullish(),
  in_reply_to_id: z.number().nullish(),
  path: z.string(),
  line: z.number().nullish(),
  original_line: z.number().nullish(),
  diff_hunk: z.string().default(""),
  user: Account,
  created_at: z.string(),
  updated_at: z.string(),
  reactions: Reactions,
});
export type ReviewComment = z.output<typeof ReviewComment>;

/** `GET /repos/{owner}/{repo}/pulls/{number}/reviews`; GraphQL's answer is brought into the same form. */
export const Review = z.object({
  id: z.number(),
  body: z.string().nullish(),
  html_url: z.string(),
  state: z.string(),
  user: Account,
  submitted_at: z.string().nullish(),
});
export type Review = z.output<typeof Review>;
