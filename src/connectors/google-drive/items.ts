import type { Draft } from "../kit/index.ts";
import { accessOf } from "./access.ts";
import { type DriveContext, digestOf, type Place } from "./api.ts";
import type { FolderTree } from "./folders.ts";
import { exportsOf, FOLDER, isGoogleFile, isReadable, SHORTCUT, typeOf } from "./formats.ts";
import type { DriveFile, Person } from "./schema.ts";

/** A file, folder or shortcut as an item, with where it lies and who may read it. */
export async function draftOf(ctx: DriveContext, place: Place, file: DriveFile, tree: FolderTree): Promise<Draft> {
  const [path, access] = await Promise.all([tree.pathOf(file), accessOf(ctx, place, file, tree)]);
  const parent = file.parents?.[0];
  const body = bodyOf(ctx, file);
  const described: Omit<Draft, "version"> = {
    id: file.id,
    kind: kindOf(file.mimeType),
    title: file.name || "Untitled",
    container: place.id,
    authors: authorsOf(file),
    tags: file.starred ? ["starred"] : [],
    fields: fieldsOf(file, path),
    ...(file.webViewLink && { url: plainLink(file.webViewLink) }),
    ...(parent !== undefined && parent !== place.id && { parent }),
    ...(file.createdTime && { createdAt: file.createdTime }),
    ...(file.modifiedTime && { updatedAt: file.modifiedTime }),
    ...(body !== undefined && { body }),
    // Where nothing can be read, what people wrote about it is all there is.
    ...(body === undefined && file.description && { text: file.description }),
    ...(file.shortcutDetails && {
      relations: [{ rel: "links", id: file.shortcutDetails.targetId, text: "the file this shortcut leads to" }],
    }),
    ...(access !== undefined && { access }),
  };
  // Looked at by others, a file counts as changed for Drive, not for us. Which feed brought it says nothing of it.
  return { ...described, version: digestOf({ ...described, container: file.driveId ?? "" }) };
}

function kindOf(mime: string): string {
  if (mime === FOLDER) return "folder";
  return mime === SHORTCUT ? "shortcut" : "file";
}

/** The revision of what was uploaded; what Google's editors keep has none, and moves its time with each edit. */
function revisionOf(file: DriveFile): string {
  return file.headRevisionId ?? file.md5Checksum ?? file.modifiedTime ?? "";
}

function bodyOf({ config }: Pick<DriveContext, "config">, file: DriveFile): Draft["body"] {
  const { mimeType, name } = file;
  if (config.metadataOnly) return undefined;
  const bytes = Number(file.size ?? 0);
  if (bytes > config.maxFileSizeMb * 1e6) return undefined;
  const format = isGoogleFile(mimeType) ? exportsOf(mimeType, config.exportFormats)[0] : undefined;
  const version = digestOf([revisionOf(file), format ?? null]);
  if (isGoogleFile(mimeType)) return format === undefined ? undefined : { mime: format, version };
  return isReadable(mimeType, name) ? { mime: mimeType, bytes, version } : undefined;
}

function authorsOf(file: DriveFile): string[] {
  const owners = (file.owners ?? []).map(principalOf);
  return owners.length > 0 ? owners : file.lastModifyingUser ? [principalOf(file.lastModifyingUser)] : [];
}

function principalOf({ emailAddress, displayName, permissionId }: Person): string {
  return `user:${emailAddress ?? displayName ?? permissionId ?? "unknown"}`;
}

function fieldsOf(file: DriveFile, path: readonly string[]): NonNullable<Draft["fields"]> {
  const last = file.lastModifyingUser;
  const size = Number(file.size ?? 0);
  return {
    type: typeOf(file.mimeType),
    folder: path.length > 0 ? path.join(" / ") : null,
    description: file.description || null,
    bytes: size > 0 ? size : null,
    lastEditedBy: last?.displayName ?? last?.emailAddress ?? null,
    trashed: file.trashed ? true : null,
    linkShared: file.permissions?.some((one) => one.type === "anyone" && !one.deleted) ? true : null,
    downloadForbidden: file.capabilities?.canDownload === false ? true : null,
  };
}

/** Without what tells who was asked. */
function plainLink(link: string): string {
  if (!URL.canParse(link)) return link;
  const url = new URL(link);
  for (const name of ["usp", "ouid", "rtpof", "sd", "authuser"]) url.searchParams.delete(name);
  return url.href;
}
