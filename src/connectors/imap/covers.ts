import type { Item } from "../kit/index.ts";
import { surelyLeavesOut } from "./folders.ts";
import { placeOf } from "./ids.ts";
import type { ImapConfig } from "./options.ts";

/** Whether the options still take a stored item, as far as they tell without the server. */
export function coversMail(config: ImapConfig, item: Pick<Item, "id" | "kind" | "container">): boolean {
  if (item.kind === "attachment" && !config.includeAttachments) return false;
  return !surelyLeavesOut(config, item.container ?? placeOf(item.id).folder);
}
