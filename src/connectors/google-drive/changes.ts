import { ConnectorError, type Page } from "../kit/index.ts";
import { asking, checkFiles, type DriveContext, findFile, isHidden, type Place } from "./api.ts";
import type { DriveCursor } from "./cursor.ts";
import { expired } from "./expired.ts";
import { FOLDER } from "./formats.ts";
import { nextPage, realmsOf } from "./places.ts";
import { type Change, ChangeList, Drive, type DriveFile, FILE_FIELDS } from "./schema.ts";
import type { PlaceWalk } from "./sync.ts";

type News = Omit<Page<DriveCursor>, "cursor">;

/** What changed in a place since its token, page by page. */
export async function* changesOf(
  walk: PlaceWalk,
  pageOf: (news: News, token: string) => Page<DriveCursor>,
): AsyncGenerator<Page<DriveCursor>> {
  const { ctx, place } = walk;
  const first = asking(place.realm, "/changes", {
    pageToken: walk.token,
    pageSize: 1000,
    includeRemoved: true,
    includeItemsFromAllDrives: true,
    supportsAllDrives: true,
    restrictToMyDrive: false,
    ...(place.isShared && { driveId: place.id }),
    fields: `nextPageToken,newStartPageToken,changes(changeType,removed,fileId,driveId,file(${FILE_FIELDS}))`,
  });
  try {
    for await (const { body } of ctx.http.pages(first, ChangeList, ({ body }) => nextPage(first, body.nextPageToken))) {
      const token = body.nextPageToken ?? body.newStartPageToken;
      if (!token) throw new ConnectorError("bad_response", "Google Drive told changes without a token to go on from.");
      if (body.changes.length === 0 && token === walk.token) return;
      walk.anew();
      yield pageOf(await newsOf(walk, body.changes), token);
      yield* walk.exploresNow();
    }
  } catch (thrown) {
    throw await tokenOrDriveGone(ctx, place, thrown);
  }
}

/** Drive answers the same to a token that is too old and to a shared drive that is gone; the drive itself tells which. */
async function tokenOrDriveGone(ctx: DriveContext, place: Place, thrown: unknown): Promise<unknown> {
  const verdict = expired(thrown, "the place in its log of changes where this source stands");
  if (verdict === thrown || !place.isShared) return verdict;
  const path = `/drives/${encodeURIComponent(place.id)}`;
  try {
    await ctx.http.json(asking(place.realm, path, { fields: "id,name" }), Drive);
    return verdict;
  } catch (again) {
    if (!isHidden(again)) return again;
    return new ConnectorError(
      "not_found",
      `The shared drive ${place.name} is gone, or ${ctx.source} is no member any more.`,
      {
        cause: thrown,
      },
    );
  }
}

/** What became of a file that the log names. */
type Fate = { file: DriveFile } | { gone: string; end: "deleted" | "lost" } | undefined;

async function newsOf(walk: PlaceWalk, changes: readonly Change[]): Promise<News> {
  const { ctx, bringing } = walk;
  const told = changes.filter((change) => change.changeType !== "drive" && change.fileId);
  const present = told.filter((change) => !change.removed && change.file != null);
  const { files, failures } = checkFiles(
    ctx,
    present.map((change) => change.file),
  );
  for (const file of files) if (file.mimeType === FOLDER) walk.tree.put(file);
  const absent = told.filter((change) => !present.includes(change)).map((change) => change.fileId as string);
  const fates = await Promise.all([
    ...files.map((file) => fateOf(walk, file)),
    ...absent.map((id) => fateOfAbsent(walk, id)),
  ]);
  const branches: NonNullable<News["branches"]> = [];
  const stays: DriveFile[] = [];
  for (const fate of fates) {
    if (fate === undefined) continue;
    if ("file" in fate) stays.push(fate.file);
    else branches.push({ id: fate.gone, end: fate.end });
  }
  for (const { id } of [...branches]) {
    await walk.leave(id);
    const target = bringing.shortcuts.get(id);
    if (target === undefined) continue;
    bringing.shortcuts.delete(id); // and with it what it alone led to
    if (![...bringing.shortcuts.values()].includes(target)) branches.push({ id: target, end: "deleted" });
  }
  const brought = await bringing.bring(stays);
  for (const folder of brought.folders) if (!(await walk.digests.knows(folder))) walk.explore(folder);
  const { upserts, deletes } = brought;
  return {
    upserts,
    ...(deletes.length > 0 && { deletes }),
    ...(branches.length > 0 && { branches }),
    ...(failures.length > 0 && { failures }),
  };
}

async function fateOf({ ctx, place, scope }: PlaceWalk, file: DriveFile): Promise<Fate> {
  if (isElsewhere(ctx, place, file)) return scope.isNarrow ? { gone: file.id, end: "deleted" } : undefined;
  return (await scope.takes(file)) ? { file } : { gone: file.id, end: "deleted" };
}

/** In another place that is followed, whose own log tells of it. */
function isElsewhere({ api }: DriveContext, place: Place, { driveId }: DriveFile): boolean {
  const home = driveId ?? undefined;
  if (place.isShared) return home !== place.id && (home === undefined ? hasOwn(api, place) : api.places.has(home));
  return home !== undefined && api.places.has(home);
}

function hasOwn(api: DriveContext["api"], { realm }: Place): boolean {
  return [...api.places.values()].some((one) => !one.isShared && one.realm === realm);
}

/** Deleted, or hidden from us: the log does not say which. Only what Drive still shows has merely left. */
async function fateOfAbsent(walk: PlaceWalk, id: string): Promise<Fate> {
  const { ctx, place } = walk;
  const file = await findFile(ctx, place.realm, id);
  if (file !== undefined) return fateOf(walk, file);
  for (const realm of realmsOf(ctx))
    if (realm !== place.realm && (await findFile(ctx, realm, id)) !== undefined) return undefined; // others still see it
  return { gone: id, end: "lost" };
}
