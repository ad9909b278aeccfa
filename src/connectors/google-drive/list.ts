import type { Entry } from "../kit/index.ts";
import { idIn } from "./addresses.ts";
import { asking, checkFiles, type DriveContext, type Place } from "./api.ts";
import { corpusOf, quoted } from "./corpus.ts";
import { findAnywhere } from "./fetch.ts";
import { FolderTree } from "./folders.ts";
import { FOLDER } from "./formats.ts";
import { chosenFolders, listPlaces, nextPage, placeById, rootFolder } from "./places.ts";
import { type DriveFile, FILE_FIELDS, FileList } from "./schema.ts";
import { Scope } from "./scope.ts";

/** Drives; what lies at the top of one; what lies in a folder. */
export async function* list(ctx: DriveContext, parent: string | undefined): AsyncGenerator<Entry> {
  if (parent === undefined) {
    yield* listPlaces(ctx);
    return;
  }
  const id = idIn(parent) ?? parent;
  const top = await placeById(ctx, id).catch(() => undefined);
  const { file, place } = top === undefined ? await findAnywhere(ctx, id) : { file: undefined, place: top };
  const scope = new Scope(ctx, place, new FolderTree(ctx, place));
  for await (const one of file === undefined ? topOf(ctx, place) : inside(ctx, place, `${quoted(file.id)} in parents`))
    if (await scope.takes(one)) yield entryOf(one);
}

/** Of one's own Drive also what others share, wherever it lies with them. */
async function* topOf(ctx: DriveContext, place: Place): AsyncGenerator<DriveFile> {
  const chosen = chosenFolders(ctx);
  if (chosen.length > 0) {
    for (const id of chosen) {
      const root = await rootFolder(ctx, id);
      if (root !== undefined && (place.isShared ? root.driveId === place.id : !root.driveId)) yield root;
    }
    return;
  }
  const met = new Set<string>();
  const questions = [`${quoted(place.id)} in parents`];
  if (!place.isShared && ctx.config.includeShared) questions.push("sharedWithMe = true");
  for (const question of questions)
    for await (const file of inside(ctx, place, question)) {
      if (!met.has(file.id) && !(file.driveId && ctx.api.places.has(file.driveId) && !place.isShared)) yield file;
      met.add(file.id);
    }
}

async function* inside(ctx: DriveContext, place: Place, what: string): AsyncGenerator<DriveFile> {
  const q = ctx.config.includeTrashed ? what : `${what} and trashed = false`;
  const fields = `nextPageToken,files(${FILE_FIELDS})`;
  const first = asking(place.realm, "/files", {
    ...corpusOf(place),
    q,
    pageSize: 1000,
    orderBy: "folder,name",
    fields,
  });
  const pages = ctx.http.pages(first, FileList, ({ body }) => nextPage(first, body.nextPageToken));
  for await (const { body } of pages) yield* checkFiles(ctx, body.files).files;
}

function entryOf(file: DriveFile): Entry {
  const isFolder = file.mimeType === FOLDER;
  return {
    id: file.id,
    name: file.name || "Untitled",
    kind: isFolder ? "folder" : "file",
    holds: isFolder ? "items" : "nothing",
    ...(file.webViewLink && { url: file.webViewLink }),
    ...(file.modifiedTime && { updatedAt: file.modifiedTime }),
    ...(file.size && { bytes: Number(file.size) }),
  };
}
