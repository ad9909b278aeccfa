import type { ConnectorError, Draft, Page } from "../kit/index.ts";
import { type DriveContext, findFile, type Place } from "./api.ts";
import { commentsOf } from "./comments.ts";
import type { DriveCursor } from "./cursor.ts";
import type { FolderTree } from "./folders.ts";
import { FOLDER } from "./formats.ts";
import { draftOf } from "./items.ts";
import type { DriveFile } from "./schema.ts";
import { type Scope, takesMime } from "./scope.ts";

/** What of a page of Drive's is followed, ready to be told. */
export type Brought = Pick<Page<DriveCursor>, "upserts" | "deletes" | "failures"> & {
  upserts: Draft[];
  deletes: string[];
  failures: { id: string; error: ConnectorError }[];
  /** Folders among them. */
  folders: DriveFile[];
};

/** More shortcuts that lead elsewhere than this are shown, not followed. */
const MOST_SHORTCUTS = 2_000;

/** Turns files into items, and follows shortcuts. */
export class Bringing {
  readonly #ctx: DriveContext;
  readonly #place: Place;
  readonly #tree: FolderTree;
  readonly #scope: Scope;
  /** Items that may come twice in one walk: what is shared lies in lists and in folders. */
  readonly #met = new Set<string>();
  /** Shortcut to target, where the target is followed for its sake alone. */
  readonly shortcuts: Map<string, string>;

  constructor(ctx: DriveContext, place: Place, tree: FolderTree, scope: Scope, shortcuts: Map<string, string>) {
    this.#ctx = ctx;
    this.#place = place;
    this.#tree = tree;
    this.#scope = scope;
    this.shortcuts = shortcuts;
  }

  anew(): void {
    this.#met.clear();
  }

  /** Of a listing: each file once. */
  async listed(files: readonly DriveFile[]): Promise<Brought> {
    const fresh: DriveFile[] = [];
    for (const file of files) {
      if (file.mimeType === FOLDER) this.#tree.put(file);
      if (this.#isOfAnotherPlace(file)) continue;
      if (file.ownedByMe !== true || this.#scope.isNarrow) {
        if (this.#met.has(file.id)) continue;
        this.#met.add(file.id);
      }
      fresh.push(file);
    }
    const taken = await Promise.all(fresh.map(async (file) => ((await this.#scope.takes(file)) ? [file] : [])));
    return this.bring(taken.flat());
  }

  /** A list of one's own Drive also has what one opened in shared drives, which have lists of their own. */
  #isOfAnotherPlace({ driveId }: DriveFile): boolean {
    return !this.#place.isShared && driveId != null && this.#ctx.api.places.has(driveId);
  }

  /** What was found to be in scope, with what its shortcuts lead to. */
  async bring(files: readonly DriveFile[]): Promise<Brought> {
    const targets = this.#ctx.config.followShortcuts ? await this.#targetsOf(files) : [];
    const brought: Brought = { upserts: [], deletes: [], failures: [], folders: [] };
    const all = [...files, ...targets];
    const drafts = await Promise.all(all.map((file) => this.#withComments(file)));
    for (const { item, comments } of drafts) {
      brought.upserts.push(item, ...comments.upserts);
      brought.deletes.push(...comments.deletes);
    }
    brought.folders = all.filter((file) => file.mimeType === FOLDER);
    return brought;
  }

  async #withComments(file: DriveFile) {
    const item = await draftOf(this.#ctx, this.#place, file, this.#tree);
    return { item, comments: await commentsOf(this.#ctx, this.#place, file, item) };
  }

  /** Targets that nothing else would bring. */
  async #targetsOf(files: readonly DriveFile[]): Promise<DriveFile[]> {
    const found: DriveFile[] = [];
    for (const file of files) {
      const id = file.shortcutDetails?.targetId;
      if (id === undefined || this.#met.has(id) || this.shortcuts.size >= MOST_SHORTCUTS) continue;
      const target = await findFile(this.#ctx, this.#place.realm, id);
      if (target === undefined || target.trashed || (await this.#comesAnyway(target))) continue;
      if (target.mimeType !== FOLDER && !takesMime(this.#ctx.config, target.mimeType)) continue;
      this.shortcuts.set(file.id, id);
      if (this.#met.has(id)) continue;
      this.#met.add(id);
      if (target.mimeType === FOLDER) this.#tree.put(target);
      found.push(target);
    }
    return found;
  }

  async #comesAnyway(target: DriveFile): Promise<boolean> {
    const { places } = this.#ctx.api;
    if (this.#scope.isNarrow) return this.#scope.takes(target);
    if (target.driveId) return places.has(target.driveId);
    return (
      target.ownedByMe === true &&
      [...places.values()].some((place) => !place.isShared && place.realm === this.#place.realm)
    );
  }
}
