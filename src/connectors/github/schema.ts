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
