import type { Item } from "../kit/index.ts";
import { isGoogleFile } from "./formats.ts";
import type { DriveConfig } from "./options.ts";
import { takesMime } from "./scope.ts";

/** Whether the options still take a stored item, as far as it tells by itself; the full pass after them tells the rest. */
export function coversItem(config: DriveConfig, { kind, body }: Pick<Item, "kind" | "body">): boolean {
  if (kind === "comment") return config.includeComments;
  // Of what Google's editors keep, the stored format is not the kind that the options speak of.
  if (kind !== "file" || body === undefined || body.bytes === undefined || isGoogleFile(body.mime)) return true;
  return takesMime(config, body.mime);
}
