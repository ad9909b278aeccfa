import type { Stats } from "node:fs";
import { ConnectorError } from "../kit/index.ts";
import { hashInside } from "./hash.ts";
import { quoted } from "./ids.ts";
import { hashedVersion } from "./listed.ts";
import { NameIndex } from "./names.ts";
import type { FilesConfig } from "./options.ts";
import { type OpenRoot, openRoot, placeOf, type Root, rootsOf } from "./roots.ts";
import { TagFilter } from "./tag-filter.ts";

/** The roots of an open source. A root is looked at when it is first needed, and anew by every walk. */
export class FilesApi {
  readonly roots: readonly Root[];
  readonly #config: FilesConfig;
  readonly #open = new Map<string, { root: OpenRoot; names: NameIndex | undefined }>();

  /** Set when the options choose by tags. */
  readonly tags: TagFilter | undefined;

  constructor(config: FilesConfig) {
    this.#config = config;
    this.tags = config.tagsFilter.length + config.excludeTags.length > 0 ? new TagFilter(config) : undefined;
    this.roots = rootsOf(config);
  }

  /** The root of a container. Throws `not_found` when no root has that name. */
  rootOf(container: string | undefined): Root {
    const root =
      this.roots.find((one) => one.container === container) ?? (container === undefined ? this.roots[0] : undefined);
    if (root !== undefined) return root;
    throw new ConnectorError("not_found", `This source has no folder named ${quoted(container as string)}.`, {
      hint: `Its folders: ${this.roots.map((one) => one.container).join(", ")}.`,
    });
  }

  /** Looks at a root as it is now, and forgets what was known of it. Throws as `openRoot` does. */
  reopen(root: Root): OpenRoot {
    this.#open.delete(root.container);
    return this.opened(root);
  }

  opened(root: Root): OpenRoot {
    const known = this.#open.get(root.container);
    if (known !== undefined) return known.root;
    const opened = openRoot(root, this.#config);
    this.#open.set(root.container, { root: opened, names: undefined });
    return opened;
  }

  /** Those of the roots that are there now. */
  present(roots: readonly Root[] = this.roots): OpenRoot[] {
    return roots.flatMap((root) => {
      try {
        return [this.opened(root)];
      } catch (error) {
        if (error instanceof ConnectorError) return [];
        throw error;
      }
    });
  }

  /** Where an id lies. Throws `not_found` when it begins with no root's name. */
  place(id: string): { root: OpenRoot; path: string } {
    const place = placeOf(this.roots, id);
    if (place !== undefined) return { root: this.opened(place.root), path: place.path };
    throw new ConnectorError("not_found", `${quoted(id)} lies in none of this source's folders.`, {
      hint: `Ids of this source begin with ${this.roots.map((one) => `${one.container}/`).join(" or ")}.`,
    });
  }

  /** The names in a root, for links; read once per walk. */
  names(root: OpenRoot): NameIndex {
    const known = this.#open.get(root.container);
    if (known?.root !== root) return new NameIndex(root, this.#config.followSymlinks);
    known.names ??= new NameIndex(root, this.#config.followSymlinks);
    return known.names;
  }

  async hashed(root: OpenRoot, path: string, stats: Stats): Promise<string | undefined> {
    const hash = await hashInside(root, path, this.#config.followSymlinks, new AbortController().signal);
    return hash && hashedVersion(stats, hash);
  }
}
