import { closeSync, readFileSync } from "node:fs";
import { type Draft, decodeText } from "../kit/index.ts";
import { openInside } from "./inside.ts";
import { readNote } from "./markdown/note.ts";
import { isTagged } from "./markdown/tags.ts";
import { type FilesConfig, largestBytes } from "./options.ts";
import type { OpenRoot } from "./roots.ts";

/** Whether `tagsFilter` and `excludeTags` let an item with these tags in. */
export function tagsFit(config: FilesConfig, kind: string, tags: readonly string[]): boolean {
  if (kind !== "note") return config.tagsFilter.length === 0;
  if (config.tagsFilter.length > 0 && !isTagged(tags, config.tagsFilter)) return false;
  return config.excludeTags.length === 0 || !isTagged(tags, config.excludeTags);
}

/**
 * Decides by tags while a root is walked, so that a note that is left out never reaches the store. Each version of a note
 * is read once; what was found is remembered as long as the source is open.
 */
export class TagFilter {
  readonly #config: FilesConfig;
  readonly #known = new Map<string, { version: string; fits: boolean }>();

  constructor(config: FilesConfig) {
    this.#config = config;
  }

  takes(draft: Draft, root: OpenRoot, path: string): boolean {
    if (draft.kind !== "note") return tagsFit(this.#config, draft.kind, []);
    const known = this.#known.get(draft.id);
    if (known?.version === draft.version) return known.fits;
    const fits = tagsFit(this.#config, "note", this.#tagsOf(draft, root, path));
    this.#known.set(draft.id, { version: draft.version, fits });
    return fits;
  }

  #tagsOf(draft: Draft, root: OpenRoot, path: string): string[] {
    if (draft.body === undefined || (draft.body.bytes ?? 0) > largestBytes(this.#config)) return [];
    let fd: number | undefined;
    try {
      fd = openInside(root, path, this.#config.followSymlinks).fd;
      return readNote(decodeText(readFileSync(fd)), this.#config.parseFrontmatter).tags;
    } catch {
      return []; // fetching it will say why
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  }
}
