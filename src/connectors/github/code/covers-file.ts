import type { GithubConfig } from "../options.ts";
import { Selection } from "./selection.ts";

const README = /^(?:\.github\/|docs\/)?readme(?:\.[^/]*)?$/i;
const SELECTIONS = new WeakMap<GithubConfig, Selection>();

/** Whether the options still take a stored file; its size where it is known. */
export function coversFile(config: GithubConfig, path: string, bytes: number | undefined): boolean {
  if (config.includeReadme && README.test(path)) return true;
  if (!config.includeCode) return false;
  const selection = SELECTIONS.get(config) ?? new Selection(config);
  SELECTIONS.set(config, selection);
  return selection.takes({ path, size: bytes ?? 0 });
}
