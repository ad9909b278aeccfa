import { createHash } from "node:crypto";
import { Refusal } from "../google/refusal.ts";
import type { Channels } from "./channels.ts";
import { selectFields } from "./fields.ts";
import { knows } from "./known.ts";
import { type DriveFile, FOLDER, isNative, SHORTCUT, type SharedDrive } from "./model.ts";
import { parseQuery } from "./query.ts";
import { commentJson, driveJson, EXPORT_FORMATS, fileJson, permissionJson, type Scene, userJson } from "./resources.ts";

/** Why a page token of changes is not taken any more, as different times and places have said it. */
export type Expiry = 400 | 404 | 410;

export interface Call extends Scene {
  params: Readonly<Record<string, string>>;
  query: URLSearchParams;
  body: Buffer;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  scopes: readonly string[];
  /** Pages never hold more, whatever `pageSize` says. */
  pageCap: number;
  /** Exports above so many bytes are refused. */
  exportCap: number;
  expiry: Expiry;
  /** Lists over everything find only a part. */
  incomplete: boolean;
  /** List tokens that were given before are not good any more. */
  listEpoch: number;
  channels: Channels;
  /** Where downloads are led, if not answered here. */
  contentOrigin: string | undefined;
  sign(file: DriveFile): string;
}

export interface Route {
  method: "GET" | "POST";
  /** As the description names it. */
  template: string;
  query: readonly string[];
  /** The resource that it answers, for `fields`; undefined: bytes, or nothing. */
  answers?: string;
  /** Without `fields` it is refused. */
  wantsFields?: boolean;
  /** The description of metadata alone does not suffice. */
  content?: boolean;
  answer(call: Call): Reply;
}

export type Reply =
  | { json: Record<string, unknown> }
  | { bytes: Buffer; mime: string }
  | { location: string }
  | { nothing: true };

const ALL_DRIVES = ["supportsAllDrives"];
const CHANGES = [
  "driveId",
  "includeCorpusRemovals",
  "includeItemsFromAllDrives",
  "includeRemoved",
  "pageSize",
  "pageToken",
  "restrictToMyDrive",
  "spaces",
  ...ALL_DRIVES,
];
/** Fields that each resource has when none are asked for. */
const FEW: Readonly<Record<string, string>> = {
  FileList: "kind,nextPageToken,incompleteSearch,files(kind,id,name,mimeType,resourceKey)",
  File: "kind,id,name,mimeType,resourceKey",
  ChangeList: "kind,nextPageToken,newStartPageToken,changes(kind,removed,fileId,time,changeType,driveId)",
  PermissionList: "kind,nextPageToken,permissions(kind,id,type,role)",
};

export const ROUTES: readonly Route[] = [
  { method: "GET", template: "/about", query: [], answers: "About", wantsFields: true, answer: about },
  {
    method: "GET",
    template: "/files",
    query: [
      "corpora",
      "driveId",
      "includeItemsFromAllDrives",
      "orderBy",
      "pageSize",
      "pageToken",
      "q",
      "spaces",
      ...ALL_DRIVES,
    ],
    answers: "FileList",
    answer: listFiles,
  },
  {
    method: "GET",
    template: "/files/{fileId}",
    query: ["acknowledgeAbuse", ...ALL_DRIVES],
    answers: "File",
    answer: getFile,
  },
  { method: "GET", template: "/files/{fileId}/export", query: ["mimeType"], content: true, answer: exportFile },
  {
    method: "GET",
    template: "/files/{fileId}/permissions",
    query: ["pageSize", "pageToken", "useDomainAdminAccess", ...ALL_DRIVES],
    answers: "PermissionList",
    answer: listPermissions,
  },
  {
    method: "GET",
    template: "/files/{fileId}/comments",
    query: ["includeDeleted", "pageSize", "pageToken", "startModifiedTime"],
    answers: "CommentList",
    wantsFields: true,
    content: true,
    answer: listComments,
  },
  {
    method: "GET",
    template: "/files/{fileId}/comments/{commentId}",
    query: ["includeDeleted"],
    answers: "Comment",
    wantsFields: true,
    content: true,
    answer: getComment,
  },
  {
    method: "GET",
    template: "/changes/startPageToken",
    query: ["driveId", ...ALL_DRIVES],
    answers: "StartPageToken",
    answer: startToken,
  },
  { method: "GET", template: "/changes", query: CHANGES, answers: "ChangeList", answer: listChanges },
  { method: "POST", template: "/changes/watch", query: CHANGES, answer: watchChanges },
  { method: "POST", template: "/channels/stop", query: [], answer: stopChannel },
  {
    method: "GET",
    template: "/drives",
    query: ["pageSize", "pageToken", "q", "useDomainAdminAccess"],
    answers: "DriveList",
    answer: listDrives,
  },
  { method: "GET", template: "/drives/{driveId}", query: ["useDomainAdminAccess"], answers: "Drive", answer: getDrive },
];

/** The part of the answer that was asked for. */
export function shaped(route: Route, json: Record<string, unknown>, fields: string | null): unknown {
  const kind = route.answers;
  if (kind === undefined) return json;
  if (fields === null && route.wantsFields)
    throw new Refusal(400, "required", "The 'fields' parameter is required for this method.");
  const asked = fields ?? FEW[kind];
  return asked === undefined ? json : selectFields(json, asked, knows(kind));
}

function about(call: Call): Reply {
  const quota = { limit: "16106127360", usage: "412331", usageInDrive: "412331", usageInDriveTrash: "0" };
  return {
    json: {
      kind: "drive#about",
      user: userJson(call, call.asker.email),
      storageQuota: quota,
      exportFormats: EXPORT_FORMATS,
    },
  };
}

function listFiles(call: Call): Reply {
  const { world, query, asker } = call;
  const q = query.get("q");
  const test = q === null ? () => true : parseQuery(q, world, asker);
  const found = corpus(call)
    .filter((file) => !world.isRoot(file.id) && test(file))
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const given = new URLSearchParams([...query].filter(([name]) => name !== "pageToken" && name !== "fields"));
  const seal = createHash("sha256").update(`${given} ${call.listEpoch}`).digest("hex").slice(0, 12);
  const [of = "", after = ""] = Buffer.from(query.get("pageToken") ?? "", "base64url")
    .toString()
    .split("|");
  if (query.has("pageToken") && of !== seal) throw new Refusal(400, "invalid", "Invalid Value");
  const rest = found.filter((file) => keyOf(file) > after);
  const part = rest.slice(0, pageSize(call, 100, 1000));
  const last = part.at(-1);
  const more = rest.length > part.length && last !== undefined;
  const token = more ? { nextPageToken: Buffer.from(`${seal}|${keyOf(last)}`).toString("base64url") } : {};
  const incompleteSearch = call.incomplete && ["allDrives", "domain"].includes(query.get("corpora") ?? "");
  return {
    json: { kind: "drive#fileList", ...token, incompleteSearch, files: part.map((file) => fileJson(call, file)) },
  };
}

function keyOf(file: DriveFile): string {
  return `${file.modifiedTime} ${file.id}`;
}

function corpus(call: Call): DriveFile[] {
  const { world, query, asker } = call;
  const files = [...world.files.values()];
  const everywhere = query.get("supportsAllDrives") === "true" && query.get("includeItemsFromAllDrives") === "true";
  const q = query.get("q") ?? "";
  switch (query.get("corpora") ?? "user") {
    case "drive": {
      if (!everywhere)
        throw new Refusal(
          403,
          "teamDrivesParentLimit",
          "includeItemsFromAllDrives and supportsAllDrives are required.",
        );
      const drive = memberDrive(call, query.get("driveId") ?? "");
      return files.filter((file) => file.driveId === drive.id && world.canRead(asker, file));
    }
    case "domain":
      return files.filter((file) =>
        file.grants.some((one) => one.type === "domain" && one.domain === asker.domain && one.discoverable),
      );
    case "allDrives":
      if (!everywhere)
        throw new Refusal(403, "invalid", "includeItemsFromAllDrives and supportsAllDrives are required.");
      return files.filter(
        (file) => world.isTheirs(asker, file) || (file.driveId !== undefined && world.canRead(asker, file)),
      );
    case "user":
      // What lies in a folder is found there by everybody who may read it.
      if (/ in parents/.test(q))
        return files.filter((file) => (everywhere || !file.driveId) && world.canRead(asker, file));
      return files.filter((file) => (everywhere || !file.driveId) && world.isTheirs(asker, file));
    default:
      throw new Refusal(400, "invalid", "Invalid Value");
  }
}

function memberDrive({ world, asker }: Scene, id: string): SharedDrive {
  const drive = world.drives.get(id);
  if (drive === undefined || !world.isMember(asker, drive))
    throw new Refusal(404, "notFound", `Shared drive not found: ${id}`);
  return drive;
}

/** A file that the asker may read. What is shared by its address alone may want the key of its address as well. */
function readable(call: Call, wantsFlag = true): DriveFile {
  const { world, asker, params, headers, query } = call;
  const id = params.fileId === "root" ? world.root(asker.email) : (params.fileId as string);
  const file = world.files.get(id);
  const keys = String(headers["x-goog-drive-resource-keys"] ?? "").split(",");
  const isKnown = file !== undefined && (world.isTheirs(asker, file) || file.driveId !== undefined);
  const isLocked = file?.resourceKey !== undefined && !isKnown && !keys.includes(`${id}/${file.resourceKey}`);
  const isBeyond = wantsFlag && file?.driveId !== undefined && query.get("supportsAllDrives") !== "true";
  if (file === undefined || isLocked || isBeyond || !world.canRead(asker, file))
    throw new Refusal(404, "notFound", `File not found: ${id}.`);
  return file;
}

function getFile(call: Call): Reply {
  const file = readable(call);
  if (call.query.get("alt") !== "media") return { json: fileJson(call, file) };
  mayReadContent(call);
  if (isNative(file))
    throw new Refusal(
      403,
      "fileNotDownloadable",
      "Only files with binary content can be downloaded. Use Export with Docs Editors files.",
    );
  if (!file.canDownload) throw new Refusal(403, "cannotDownloadFile", "This file cannot be downloaded by the user.");
  if (file.abusive && call.query.get("acknowledgeAbuse") !== "true")
    throw new Refusal(
      403,
      "cannotDownloadAbusiveFile",
      "This file has been identified as malware or spam and cannot be downloaded.",
    );
  if (call.contentOrigin !== undefined) return { location: `${call.contentOrigin}${call.sign(file)}` };
  return { bytes: file.bytes, mime: file.mimeType };
}

export function mayReadContent({ scopes }: Pick<Call, "scopes">): void {
  const suffices = scopes.some((scope) => /auth\/drive(\.readonly|\.file)?$/.test(scope));
  if (!suffices)
    throw new Refusal(
      403,
      "insufficientPermissions",
      "Insufficient Permission: Request had insufficient authentication scopes.",
    );
}

function exportFile(call: Call): Reply {
  const file = readable(call, false);
  const mime = call.query.get("mimeType") ?? "";
  if (!isNative(file) || [FOLDER, SHORTCUT].includes(file.mimeType))
    throw new Refusal(403, "fileNotExportable", "Export only supports Docs Editors files.");
  if (!file.canDownload) throw new Refusal(403, "cannotExportFile", "This file cannot be exported by the user.");
  const bytes = file.exports.get(mime);
  if (!EXPORT_FORMATS[file.mimeType]?.includes(mime) || bytes === undefined)
    throw new Refusal(400, "badRequest", "The requested conversion is not supported.");
  if (bytes.length > call.exportCap)
    throw new Refusal(403, "exportSizeLimitExceeded", "This file is too large to be exported.");
  return { bytes, mime };
}

function listPermissions(call: Call): Reply {
  const { world, asker, params } = call;
  const drive = world.drives.get(params.fileId as string);
  if (drive !== undefined) {
    memberDrive(call, drive.id);
    return page(
      call,
      "permissions",
      drive.members.map((grant) => permissionJson(call, grant)),
      100,
    );
  }
  const file = readable(call);
  const role = world.roleOf(asker, file);
  if (file.driveId === undefined && (role === "reader" || role === "commenter"))
    throw new Refusal(
      403,
      "insufficientFilePermissions",
      "The user does not have sufficient permissions for this file.",
    );
  return page(
    call,
    "permissions",
    world.grants(file).map(({ grant }) => permissionJson(call, grant)),
    100,
  );
}

function listComments(call: Call): Reply {
  const file = readable(call, false);
  const deleted = call.query.get("includeDeleted") === "true";
  const shown = file.comments
    .filter((comment) => deleted || !comment.deleted)
    .map((comment) => commentJson(call, comment));
  return page(call, "comments", shown, 100);
}

function getComment(call: Call): Reply {
  const comment = readable(call, false).comments.find((one) => one.id === call.params.commentId && !one.deleted);
  if (comment === undefined) throw new Refusal(404, "notFound", `Comment not found: ${call.params.commentId}.`);
  return { json: commentJson(call, comment) };
}

function startToken(call: Call): Reply {
  const drive = call.query.get("driveId");
  if (drive !== null) memberDrive(call, drive);
  return { json: { kind: "drive#startPageToken", startPageToken: String(call.world.seq) } };
}

function listChanges(call: Call): Reply {
  const { world, query, asker } = call;
  const token = query.get("pageToken") ?? "";
  const from = Number(token);
  if (!/^\d+$/.test(token) || from > world.seq) throw new Refusal(400, "invalid", "Invalid Value");
  if (from < world.forgotten)
    throw new Refusal(call.expiry, call.expiry === 400 ? "invalid" : "notFound", "Page token is no longer valid.");
  const driveId = query.get("driveId");
  if (driveId !== null) memberDrive(call, driveId);
  const everywhere = query.get("includeItemsFromAllDrives") === "true";
  const latest = new Map<string, (typeof world.log)[number]>();
  for (const entry of world.log) {
    if (entry.seq < from) continue;
    const concerns =
      driveId === null
        ? entry.heard.has(asker.email) && (everywhere || entry.drives.size === 0)
        : entry.drives.has(driveId);
    if (!concerns) continue;
    latest.delete(entry.key);
    latest.set(entry.key, entry);
  }
  const rest = [...latest.values()];
  const part = rest.slice(0, pageSize(call, 100, 1000));
  const more = rest.length > part.length;
  const next = more
    ? { nextPageToken: String((part.at(-1)?.seq as number) + 1) }
    : { newStartPageToken: String(world.seq) };
  return {
    json: { kind: "drive#changeList", ...next, changes: part.map((entry) => changeJson(call, entry, driveId)) },
  };
}

function changeJson(call: Call, entry: Call["world"]["log"][number], log: string | null): Record<string, unknown> {
  const { world, asker } = call;
  const { time, fileId, driveId } = entry;
  if (fileId === undefined) {
    const drive = world.drives.get(driveId as string);
    const removed = drive === undefined || !world.isMember(asker, drive);
    const about = { kind: "drive#change", changeType: "drive", time, removed, driveId };
    return removed ? about : { ...about, drive: driveJson(drive) };
  }
  const file = world.files.get(fileId);
  const gone = file === undefined || !world.canRead(asker, file) || (log !== null && file.driveId !== log);
  const about = { kind: "drive#change", changeType: "file", time, removed: gone, fileId };
  return gone ? about : { ...about, file: fileJson(call, file) };
}

function watchChanges(call: Call): Reply {
  const asked = JSON.parse(call.body.toString()) as Record<string, string>;
  const token = call.query.get("pageToken");
  if (token === null) throw new Refusal(400, "required", "Required parameter: pageToken");
  const drive = call.query.get("driveId") ?? undefined;
  if (drive !== undefined) memberDrive(call, drive);
  return { json: call.channels.open(asked, call.asker.email, drive, call.origin) };
}

function stopChannel(call: Call): Reply {
  const asked = JSON.parse(call.body.toString()) as Record<string, string>;
  call.channels.stop(asked.id ?? "", asked.resourceId ?? "");
  return { nothing: true };
}

function listDrives(call: Call): Reply {
  const shown = [...call.world.drives.values()].filter((drive) => call.world.isMember(call.asker, drive));
  return page(call, "drives", shown.map(driveJson), 10, 100);
}

function getDrive(call: Call): Reply {
  return { json: driveJson(memberDrive(call, call.params.driveId as string)) };
}

function page(call: Call, name: string, all: object[], usual: number, most = 100): Reply {
  const from = Number(call.query.get("pageToken") ?? 0);
  const size = pageSize(call, usual, most);
  const more = from + size < all.length;
  const kind = `drive#${name.replace(/s$/, "")}List`;
  return { json: { kind, ...(more && { nextPageToken: String(from + size) }), [name]: all.slice(from, from + size) } };
}

function pageSize({ query, pageCap }: Call, usual: number, most: number): number {
  const asked = Number(query.get("pageSize") ?? usual);
  if (!(asked >= 1 && asked <= most))
    throw new Refusal(
      400,
      "invalidParameter",
      `Invalid value '${asked}'. Values must be within the range: [1, ${most}]`,
    );
  return Math.min(asked, pageCap);
}
