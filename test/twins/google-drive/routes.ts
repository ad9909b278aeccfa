import { Refusal } from "../google/refusal.ts";
import type { Call, Reply, Route } from "./call.ts";
import { listChanges, startToken, stopChannel, watchChanges } from "./changes.ts";
import { selectFields } from "./fields.ts";
import { knows } from "./known.ts";
import { listFiles } from "./list-files.ts";
import { exportFile, getFile } from "./read-files.ts";
import { EXPORT_FORMATS, userJson } from "./resources.ts";
import { getComment, getDrive, listComments, listDrives, listPermissions } from "./sharing.ts";

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
