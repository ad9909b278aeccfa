import type { GithubApi } from "../api.ts";
import { isBot } from "../items.ts";
import type { GithubConfig } from "../options.ts";
import type { Account, Repository } from "../schema.ts";

/** What decides whether a thread is taken. */
export interface Chosen {
  state: string;
  labels: readonly string[];
  user?: Account;
}

export function takesIssues(config: GithubConfig): boolean {
  return config.includeIssues && config.filterType !== "prs";
}

export function takesPulls(config: GithubConfig): boolean {
  return config.includePrs && config.filterType !== "issues";
}

/** Whether some threads are left out for what they are, so that what hangs from them is left out too. */
export function isSelective(config: GithubConfig): boolean {
  return config.state !== "all" || config.labels.length > 0 || !config.includeBots;
}

export function takesThread(config: GithubConfig, thread: Chosen): boolean {
  if (config.state !== "all" && thread.state !== config.state) return false;
  if (!config.includeBots && isBot(thread.user)) return false;
  if (config.labels.length === 0) return true;
  const wanted = new Set(config.labels.map((label) => label.toLowerCase()));
  return thread.labels.some((label) => wanted.has(label.toLowerCase()));
}

/** Whether a remark by this account on this thread is taken; `onPull` where its address tells. */
export function takesRemark(
  config: GithubConfig,
  api: GithubApi,
  repository: Repository,
  remark: { user?: Account; number: number; onPull: boolean },
): boolean {
  if (remark.onPull ? !takesPulls(config) : !takesIssues(config)) return false;
  if (!config.includeBots && isBot(remark.user)) return false;
  return !isSelective(config) || (api.threads.get(String(repository.id))?.has(remark.number) ?? false);
}
