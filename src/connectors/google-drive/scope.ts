import picomatch from "picomatch";
import type { DriveContext, Place } from "./api.ts";
import type { FolderTree } from "./folders.ts";
import { FOLDER, isOfType } from "./formats.ts";
import type { DriveConfig } from "./options.ts";
import { chosenFolders } from "./places.ts";
import type { DriveFile } from "./schema.ts";

/** What the options take of a place. */
export class Scope {
  readonly #ctx: DriveContext;
  readonly #place: Place;
  readonly #tree: FolderTree;
  readonly #includes: ((path: string) => boolean) | undefined;
  readonly #excludes: ((path: string) => boolean) | undefined;
  /** Folders that the options name, in this place or in another. */
  readonly roots: ReadonlySet<string>;
  /** What shortcuts lead to, beside what is in scope by itself. */
  readonly targets: ReadonlySet<string>;

  readonly #since: string | undefined;

  constructor(
    ctx: DriveContext,
    place: Place,
    tree: FolderTree,
    { since, targets = new Set() }: { since?: string | undefined; targets?: ReadonlySet<string> } = {},
  ) {
    this.#ctx = ctx;
    this.#place = place;
    this.#tree = tree;
    this.roots = new Set(chosenFolders(ctx));
    this.targets = targets;
    this.#since = since;
    this.#includes = matcher(ctx.config.includePaths);
    this.#excludes = matcher(ctx.config.excludePaths);
  }

  /** Whether only some folders are followed. */
  get isNarrow(): boolean {
    return this.roots.size > 0;
  }

  /**
   * Whether a file is followed. Folders are, wherever files may lie in them, whatever the options say of paths and types:
   * what hangs from one that goes is found through it.
   */
  async takes(file: DriveFile): Promise<boolean> {
    if (file.trashed && !this.#ctx.config.includeTrashed) return false;
    if (!(await this.#reaches(file))) return false;
    if (file.mimeType === FOLDER) return true;
    if (this.#since !== undefined && Date.parse(file.modifiedTime ?? "") < Date.parse(this.#since)) return false;
    return takesMime(this.#ctx.config, file.mimeType) && (await this.#takesPath(file));
  }

  async #reaches(file: DriveFile): Promise<boolean> {
    const above = this.isNarrow || this.targets.size > 0 ? await this.#tree.above(file) : [];
    const lies = (ids: ReadonlySet<string>) => ids.has(file.id) || above.some((folder) => ids.has(folder.id));
    if (lies(this.targets)) return true;
    if (this.isNarrow && !lies(this.roots)) return false;
    return this.#place.isShared || this.#ctx.config.includeShared || file.ownedByMe === true || this.isNarrow;
  }

  async #takesPath(file: DriveFile): Promise<boolean> {
    if (this.#includes === undefined && this.#excludes === undefined) return true;
    const path = [...(await this.#tree.pathOf(file)), file.name].map((name) => name.replaceAll("/", "_")).join("/");
    if (this.#excludes?.(path)) return false;
    return this.#includes?.(path) ?? true;
  }
}

/** By `fileTypes`, `includeMimes` and `excludeMimes`. */
export function takesMime({ fileTypes, includeMimes, excludeMimes }: DriveConfig, mime: string): boolean {
  if (excludeMimes.some((pattern) => fitsMime(mime, pattern))) return false;
  if (fileTypes.length === 0 && includeMimes.length === 0) return true;
  return fileTypes.some((type) => isOfType(mime, type)) || includeMimes.some((pattern) => fitsMime(mime, pattern));
}

function fitsMime(mime: string, pattern: string): boolean {
  return pattern.endsWith("/*") ? mime.startsWith(pattern.slice(0, -1)) : mime === pattern;
}

function matcher(patterns: readonly string[]): ((path: string) => boolean) | undefined {
  return patterns.length === 0 ? undefined : picomatch([...patterns], { dot: true });
}
