import type { Item } from "../kit/index.ts";
import type { GithubConfig } from "./options.ts";
import { takesIssues, takesPulls } from "./selection.ts";

/** Whether the options still take a stored item, as far as its kind tells; the full pass after them tells the rest. */
export function coversItem(config: GithubConfig, item: Pick<Item, "id" | "kind">): boolean {
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
    case "wiki_page":
      return config.includeWikis;
    default:
      return true;
  }
}
