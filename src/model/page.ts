import type { ConnectorError } from "./errors.ts";
import type { Draft } from "./item.ts";

/** A batch of changes. Deletes are applied after upserts. */
export interface Changes {
  upserts?: Draft[];
  /** Ids the service itself says are gone. */
  deletes?: string[];
  /** Ids to which access was withdrawn: hidden at once, removed after a grace of 7 days. */
  lost?: string[];
  /**
   * Items that go together with everything stored below them (by `parent`), where the service names only the top: a folder
   * that left the scope, was deleted, or may not be read any more. What the same page brings elsewhere stays.
   */
  branches?: { id: string; end: "deleted" | "lost" }[];
  /** One broken item never blocks a page; it counts as seen, is kept as a row and is retried by `fetch`. */
  failures?: { id: string; error: ConnectorError }[];
}

/** Changes, and where to continue if everything stops right after them. */
export interface Page<Cursor> extends Changes {
  cursor: Cursor;
  /** This walk cannot prove absence (an unreadable folder, a capped listing): the full pass must not sweep. */
  incomplete?: true | { why: string };
  /** How far the walk is, where the connector knows. */
  progress?: { done: number; total?: number };
}

/** Pushed news: the change itself, or containers to sync soon. */
export interface Push<Cursor> extends Changes {
  cursor?: Cursor;
  /** Containers to sync soon. */
  stale?: string[] | "all";
  /** Items to fetch afresh: what is stored is what the service says when asked, not what the news said. */
  refresh?: string[];
}
