import { ConnectorError, type Fetched, type Item } from "../kit/index.ts";
import { idIn } from "./addresses.ts";
import { type DriveContext, findFile, type Place } from "./api.ts";
import { fetchComment, splitCommentId } from "./comments.ts";
import { contentOf } from "./content.ts";
import { FolderTree } from "./folders.ts";
import { draftOf } from "./items.ts";
import { accountOf, placeById, realmsOf } from "./places.ts";
import type { DriveFile } from "./schema.ts";

/** One file with what stands in it, or one comment. */
export async function fetchItem(
  ctx: DriveContext,
  id: string,
  known?: Pick<Item, "parent" | "container">,
): Promise<Fetched> {
  const comment = splitCommentId(id);
  const { file, place } = await findAnywhere(ctx, comment?.file ?? id, known?.container);
  if (file.trashed && !ctx.config.includeTrashed)
    throw new ConnectorError("not_found", `${file.name} lies in the bin of Google Drive.`, {
      hint: "Restore it there, or set includeTrashed.",
    });
  const item = await draftOf(ctx, place, file, new FolderTree(ctx, place));
  if (comment !== undefined) return { item: await fetchComment(ctx, place, item, comment.comment) };
  const content = await contentOf(ctx, place, file);
  return { item, ...(content !== undefined && { content }) };
}

/** A file and the place that it belongs to, seen by whoever may see it. Throws `not_found`. */
export async function findAnywhere(
  ctx: DriveContext,
  id: string,
  container?: string,
): Promise<{ file: DriveFile; place: Place }> {
  const first = container === undefined ? undefined : await placeById(ctx, container).catch(() => undefined);
  for (const realm of new Set([...(first === undefined ? [] : [first.realm]), ...realmsOf(ctx)])) {
    const file = idIn(id) === id ? await findFile(ctx, realm, id) : undefined;
    if (file === undefined) continue;
    const place = await placeOf(ctx, file, realm, first);
    if (place !== undefined) return { file, place };
  }
  throw new ConnectorError("not_found", `Google Drive shows ${ctx.source} nothing with the id ${id.slice(0, 60)}.`, {
    hint: "It is not there, or not shared with this account: open its address in the browser as the same person.",
  });
}

async function placeOf(
  ctx: DriveContext,
  { driveId }: DriveFile,
  realm: string | undefined,
  first: Place | undefined,
): Promise<Place | undefined> {
  if (first !== undefined && first.realm === realm && (first.isShared ? first.id === driveId : !driveId)) return first;
  const shared = driveId ? await placeById(ctx, driveId).catch(() => undefined) : undefined;
  return shared ?? (await accountOf(ctx, realm));
}
