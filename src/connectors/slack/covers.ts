import type { Item } from "../kit/index.ts";
import type { SlackConfig } from "./options.ts";
import { plainName } from "./selection.ts";

/** Whether the options still take a stored item, as far as its kind and channel's id tell; the full pass tells the rest. */
export function coversItem(config: SlackConfig, item: Pick<Item, "id" | "kind" | "container">): boolean {
  const channel = item.container ?? "";
  if (config.excludeChannels.some((one) => plainName(one) === channel.toLowerCase())) return false;
  if (channel.startsWith("D") && !config.includeDms && !config.channelIds.includes(channel)) return false;
  return config.includeFiles || (item.kind !== "file" && item.kind !== "canvas");
}
