import type { Item } from "../kit/index.ts";
import { fileType } from "./kinds.ts";
import type { FilesConfig } from "./options.ts";
import { placeOf, rootsOf } from "./roots.ts";
import { Selection, takesKind } from "./selection.ts";
import { tagsFit } from "./tag-filter.ts";

const compiled = new WeakMap<FilesConfig, { roots: ReturnType<typeof rootsOf>; selection: Selection }>();

/**
 * Whether the options still take a stored item, without a look at the disk. Ignore files and Obsidian's own list lie on
 * the disk: what they leave out goes with the next walk. An item above a lowered size cap stays, as it would be listed.
 */
export function coversItem(
  config: FilesConfig,
  item: Pick<Item, "id" | "kind" | "tags" | "container" | "body">,
): boolean {
  const { roots, selection } = compiledFor(config);
  const place = placeOf(roots, item.id);
  if (place === undefined || (item.container !== undefined && place.root.container !== item.container)) return false;
  if (!takesKind(config, item.kind) || !tagsFit(config, item.kind, item.tags)) return false;
  const parts = place.path.split("/");
  return selection.takes(parts, fileType(parts.at(-1) as string));
}

function compiledFor(config: FilesConfig) {
  let known = compiled.get(config);
  if (known === undefined) {
    known = { roots: rootsOf(config), selection: new Selection(config, undefined, undefined) };
    compiled.set(config, known);
  }
  return known;
}
