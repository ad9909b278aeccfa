import type { Item } from "../kit/index.ts";
import { coversFile } from "./code/covers-file.ts";
import type { GithubConfig } from "./options.ts";
import { takesIssues, takesPulls } from "./threads/selection.ts";

/** Whether the options still take a stored item, as far as its kind tells; the full pass after them tells the rest. */
export function coversItem(config: GithubConfig, item: Pick<Item, "id" | "kind" | "body">): boolean {
  switch (item.kind) {
    case "issue":
      return takesIssues(config);
    case "pull_request":
      return takesPulls(config);
    case "comment":
      return config.includeComments && (takesIssues(config) || takesPulls(config));
    case "review":
    case "review_comment":
      return config.includeReviewComments && takesPulls(config);
    case "discussion":
      return config.includeDiscussions;
    case "discussion_comment":
      return config.includeDiscussions && config.includeComments;
    case "release":
      return config.includeReleases;
    case "file":
      return coversFile(config, item.id.slice(item.id.indexOf(":") + 1), item.body?.bytes);
    case "wiki_page":
      return config.includeWikis;
    default:
      return true;
  }
}
