import type { ConnectorError, Draft, Page } from "../kit/index.ts";
import type { SlackCursor } from "./cursor.ts";

/** What goes out with the next page. */
export class Gathered {
  drafts: Draft[] = [];
  deletes: string[] = [];
  failures: { id: string; error: ConnectorError }[] = [];

  /** All of it; from then on nothing is gathered. */
  take(): Required<Pick<Page<SlackCursor>, "upserts" | "deletes" | "failures">> {
    const page = { upserts: this.drafts, deletes: this.deletes, failures: this.failures };
    [this.drafts, this.deletes, this.failures] = [[], [], []];
    return page;
  }
}
