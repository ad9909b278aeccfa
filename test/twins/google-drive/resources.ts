import { createHash } from "node:crypto";
import type { Person } from "../google/accounts.ts";
import {
  type Comment,
  DOCUMENT,
  type DriveFile,
  FOLDER,
  type Grant,
  isNative,
  PRESENTATION,
  type SharedDrive,
  SPREADSHEET,
} from "./model.ts";
import type { DriveWorld } from "./world.ts";

/** What the resources of an answer are made from. */
export interface Scene {
  world: DriveWorld;
  people: ReadonlyMap<string, Person>;
  asker: Person;
  origin: string;
}

const OFFICE = "application/vnd.openxmlformats-officedocument";
/** Formats that Google's editors export to: about.exportFormats, 2026-11. */
export const EXPORT_FORMATS: Readonly<Record<string, readonly string[]>> = {
  [DOCUMENT]: [
    "text/markdown",
    "text/x-markdown",
    "text/plain",
    "text/html",
    "application/pdf",
    "application/rtf",
    `${OFFICE}.wordprocessingml.document`,
    "application/vnd.oasis.opendocument.text",
  ],
  [SPREADSHEET]: [`${OFFICE}.spreadsheetml.sheet`, "text/csv", "text/tab-separated-values", "application/pdf"],
  [PRESENTATION]: [`${OFFICE}.presentationml.presentation`, "text/plain", "application/pdf"],
  "application/vnd.google-apps.drawing": ["image/png", "image/svg+xml", "image/jpeg", "application/pdf"],
  "application/vnd.google-apps.script": ["application/vnd.google-apps.script+json"],
};

const PATHS: Readonly<Record<string, string>> = {
  [DOCUMENT]: "https://docs.google.com/document/d/ID/edit?usp=drivesdk",
  [SPREADSHEET]: "https://docs.google.com/spreadsheets/d/ID/edit?usp=drivesdk",
  [PRESENTATION]: "https://docs.google.com/presentation/d/ID/edit?usp=drivesdk",
  [FOLDER]: "https://drive.google.com/drive/folders/ID",
};

export function userJson({ people, asker }: Scene, email: string): object {
  const person = people.get(email);
  const known = { kind: "drive#user", displayName: person?.name ?? email, me: email === asker.email };
  return person === undefined ? known : { ...known, permissionId: person.permissionId, emailAddress: email };
}

/** A file as this asker sees it. */
export function fileJson(scene: Scene, file: DriveFile): Record<string, unknown> {
  const { world, asker, origin } = scene;
  const role = world.roleOf(asker, file);
  const above = file.parent === undefined ? undefined : world.files.get(file.parent);
  const writes = role !== undefined && !["reader", "commenter"].includes(role);
  const native = isNative(file);
  const inDrive = file.driveId !== undefined;
  const grants = world.grants(file);
  const formats = EXPORT_FORMATS[file.mimeType] ?? [];
  return {
    kind: "drive#file",
    id: file.id,
    name: file.name,
    mimeType: file.mimeType,
    ...(file.description !== undefined && { description: file.description }),
    starred: file.starred,
    trashed: world.isTrashed(file),
    explicitlyTrashed: file.trashed,
    ...(above !== undefined && world.canRead(asker, above) && { parents: [above.id] }),
    spaces: ["drive"],
    version: String(file.version),
    webViewLink:
      PATHS[file.mimeType]?.replace("ID", file.id) ?? `https://drive.google.com/file/d/${file.id}/view?usp=drivesdk`,
    createdTime: file.createdTime,
    modifiedTime: file.modifiedTime,
    ...(file.owner !== undefined && { owners: [userJson(scene, file.owner)], ownedByMe: file.owner === asker.email }),
    ...(file.modifiedBy !== "" && { lastModifyingUser: userJson(scene, file.modifiedBy) }),
    shared: grants.length > 1,
    viewedByMe: file.opened.has(asker.email),
    ...(inDrive && { driveId: file.driveId, hasAugmentedPermissions: file.grants.length > 0 }),
    inheritedPermissionsDisabled: file.limited,
    capabilities: {
      canDownload: file.canDownload,
      canComment: role !== "reader",
      canShare: writes,
      canEdit: writes,
      canListChildren: file.mimeType === FOLDER,
    },
    ...(writes && !inDrive && { permissions: grants.map(({ grant }) => permissionJson(scene, grant)) }),
    ...((writes || inDrive) && { permissionIds: grants.map(({ grant }) => grant.id) }),
    ...(file.resourceKey !== undefined && { resourceKey: file.resourceKey }),
    ...(file.target !== undefined && {
      shortcutDetails: {
        targetId: file.target.id,
        targetMimeType: file.target.mimeType,
        ...(file.target.resourceKey !== undefined && { targetResourceKey: file.target.resourceKey }),
      },
    }),
    ...(!native && {
      size: String(file.bytes.length),
      md5Checksum: createHash("md5").update(file.bytes).digest("hex"),
      headRevisionId: `0B${createHash("sha256").update(`${file.id} ${file.revision}`).digest("base64url").slice(0, 30)}`,
      originalFilename: file.name,
      ...(file.name.includes(".") && { fileExtension: file.name.split(".").at(-1) }),
    }),
    quotaBytesUsed: native ? "0" : String(file.bytes.length),
    ...(formats.length > 0 && {
      exportLinks: Object.fromEntries(formats.map((mime) => [mime, exportLink(origin, file.id, mime)])),
    }),
  };
}

function exportLink(origin: string, id: string, mime: string): string {
  return `${origin}/feeds/download/documents/export/Export?${new URLSearchParams({ id, exportFormat: mime })}`;
}

export function permissionJson({ people }: Pick<Scene, "people">, grant: Grant): object {
  const { id, type, role, email, domain, discoverable } = grant;
  const name = email === undefined ? domain : (people.get(email)?.name ?? email);
  return {
    kind: "drive#permission",
    id,
    type,
    role,
    ...(email !== undefined && { emailAddress: email, deleted: false, pendingOwner: false }),
    ...(domain !== undefined && { domain }),
    ...(name !== undefined && { displayName: name }),
    ...((type === "anyone" || type === "domain") && { allowFileDiscovery: discoverable === true }),
  };
}

export function driveJson(drive: SharedDrive): Record<string, unknown> {
  return { kind: "drive#drive", id: drive.id, name: drive.name, createdTime: drive.createdTime, hidden: false };
}

export function commentJson(scene: Scene, comment: Comment): Record<string, unknown> {
  const author = (email: string) => {
    const { emailAddress: _, permissionId: __, ...shown } = userJson(scene, email) as Record<string, unknown>;
    return shown; // people who comment are known by name alone
  };
  const { id, createdTime, modifiedTime, deleted, quoted, replies } = comment;
  const time = { id, createdTime, modifiedTime, deleted };
  if (deleted) return { kind: "drive#comment", ...time, replies: [] };
  return {
    kind: "drive#comment",
    ...time,
    author: author(comment.author),
    content: comment.content,
    htmlContent: comment.content,
    resolved: comment.resolved,
    ...(quoted !== undefined && { quotedFileContent: { mimeType: "text/html", value: quoted } }),
    replies: replies.map((reply) => ({
      kind: "drive#reply",
      ...{ id: reply.id, createdTime: reply.time, modifiedTime: reply.time, deleted: false },
      ...{ author: author(reply.author), content: reply.content, htmlContent: reply.content },
    })),
  };
}
