import type { Draft, NativeQuery } from "../kit/index.ts";
import { asking, checkFiles, type DriveContext, type Place } from "./api.ts";
import { corpusOf, quoted } from "./corpus.ts";
import { FolderTree } from "./folders.ts";
import { draftOf } from "./items.ts";
import { accountOf, placesOf, realmsOf } from "./places.ts";
import { type DriveFile, FILE_FIELDS, FileList } from "./schema.ts";
import { Scope } from "./scope.ts";

const MOST = 100;

/** Drive's own search, over everything that is followed; best first as Drive ranks it. */
export async function searchDrive(ctx: DriveContext, { text, limit, container }: NativeQuery): Promise<Draft[]> {
  const places: Place[] = [];
  for await (const place of placesOf(ctx)) if (container === undefined || place.id === container) places.push(place);
  const found = new Map<string, { file: DriveFile; place: Place }>();
  const q = `fullText contains ${quoted(text)}${ctx.config.includeTrashed ? "" : " and trashed = false"}`;
  for (const realm of realmsOf(ctx)) {
    const here = places.filter((place) => place.realm === realm);
    for (const one of await searched(ctx, realm, here, q, Math.min(limit, MOST)))
      if (!found.has(one.file.id)) found.set(one.file.id, one);
  }
  const drafts: Draft[] = [];
  for (const { file, place } of found.values()) {
    if (drafts.length >= limit) break;
    const tree = new FolderTree(ctx, place);
    if (await new Scope(ctx, place, tree).takes(file)) drafts.push(await draftOf(ctx, place, file, tree));
  }
  return drafts;
}

/** All drives with one question; where Drive searched only a part of them, each by itself. */
async function searched(
  ctx: DriveContext,
  realm: string | undefined,
  places: readonly Place[],
  q: string,
  pageSize: number,
): Promise<{ file: DriveFile; place: Place }[]> {
  const own = await accountOf(ctx, realm);
  if (places.length === 0 || own === undefined) return [];
  const fields = `nextPageToken,incompleteSearch,files(${FILE_FIELDS})`;
  const ask = async (corpus: Record<string, string | boolean>) =>
    (await ctx.http.json(asking(realm, "/files", { ...corpus, q, pageSize, fields }), FileList)).body;
  const byDrive = new Map(places.map((place) => [place.id, place]));
  const placed = (entries: readonly unknown[]) =>
    checkFiles(ctx, entries).files.flatMap((file) => {
      const place = byDrive.get(file.driveId ?? own.id) ?? (file.driveId ? byDrive.get(own.id) : undefined);
      return place === undefined ? [] : [{ file, place }];
    });
  if (places.length > 1) {
    const all = await ask({ ...corpusOf(own), corpora: "allDrives" });
    if (!all.incompleteSearch) return placed(all.files);
  }
  const parts = await Promise.all(places.map((place) => ask(corpusOf(place))));
  return parts.flatMap((part) => placed(part.files));
}
