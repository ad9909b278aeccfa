import { z } from "zod";
import type { Access } from "../kit/index.ts";
import { asking, checkFiles, type DriveContext, findFile, type Place } from "./api.ts";
import { corpusOf } from "./corpus.ts";
import { FOLDER } from "./formats.ts";
import { nextPage } from "./places.ts";
import type { DriveFile } from "./schema.ts";

/** What must be known of a folder to say where something lies and who may read it. */
type Folder = Pick<
  DriveFile,
  "id" | "name" | "parents" | "driveId" | "hasAugmentedPermissions" | "inheritedPermissionsDisabled"
>;

const FOLDER_FIELDS = "id,name,mimeType,parents,driveId,hasAugmentedPermissions,inheritedPermissionsDisabled";
const Listed = z.object({ nextPageToken: z.string().nullish(), files: z.array(z.unknown()).default([]) });
/** Google allows 100 levels; what goes deeper runs in a circle. */
const DEEPEST = 110;

/**
 * The folders above things, asked for as they are needed and known for one walk only: the next one may find them moved.
 */
export class FolderTree {
  /** Access lists of folders that have one of their own. */
  readonly access = new Map<string, Promise<z.input<typeof Access> | undefined>>();
  readonly #ctx: DriveContext;
  readonly #place: Place;
  readonly #folders = new Map<string, Promise<Folder | undefined>>();

  constructor(ctx: DriveContext, place: Place) {
    this.#ctx = ctx;
    this.#place = place;
  }

  /** All of a place at once: a thousand with each request. */
  async load(): Promise<void> {
    const query = {
      ...corpusOf(this.#place),
      q: `mimeType = '${FOLDER}' and trashed = false`,
      pageSize: 1000,
      fields: `nextPageToken,files(${FOLDER_FIELDS})`,
    };
    const first = asking(this.#place.realm, "/files", query);
    const pages = this.#ctx.http.pages(first, Listed, ({ body }) => nextPage(first, body.nextPageToken));
    for await (const { body } of pages) for (const folder of checkFiles(this.#ctx, body.files).files) this.put(folder);
  }

  /** As it is now. */
  put(folder: Folder): void {
    this.#folders.set(folder.id, Promise.resolve(folder));
  }

  forget(id: string): void {
    this.#folders.delete(id);
  }

  #get(id: string): Promise<Folder | undefined> {
    const known = this.#folders.get(id);
    if (known !== undefined) return known;
    const asked = findFile(this.#ctx, this.#place.realm, id);
    this.#folders.set(id, asked);
    asked.catch(() => this.#folders.delete(id));
    return asked;
  }

  /** The folders above, the nearest first, up to the root of the place or to what is not shown. */
  async above(file: Pick<DriveFile, "parents">): Promise<Folder[]> {
    const found: Folder[] = [];
    let id = file.parents?.[0];
    while (id !== undefined && id !== this.#place.id && found.length < DEEPEST) {
      const folder = await this.#get(id);
      if (folder === undefined || folder.id === folder.driveId) break; // the top of a shared drive
      found.push(folder);
      id = folder.parents?.[0];
    }
    return found;
  }

  /** Names from the top down to the folder it lies in. */
  async pathOf(file: Pick<DriveFile, "parents">): Promise<string[]> {
    return (await this.above(file)).map((folder) => folder.name).reverse();
  }

  /** In a shared drive: the file itself or the nearest folder above that lets in others than the members; else nothing. */
  async nearestOwnAccess(file: Folder): Promise<string | undefined> {
    const chain = [file, ...(await this.above(file))];
    return chain.find((one) => one.hasAugmentedPermissions || one.inheritedPermissionsDisabled)?.id;
  }
}
