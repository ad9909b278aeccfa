import { z } from "zod";

const Person = z.object({
  displayName: z.string().nullish(),
  emailAddress: z.string().nullish(),
  permissionId: z.string().nullish(),
});
export type Person = z.output<typeof Person>;

export const Permission = z.object({
  id: z.string(),
  type: z.string(),
  role: z.string(),
  emailAddress: z.string().nullish(),
  domain: z.string().nullish(),
  allowFileDiscovery: z.boolean().nullish(),
  deleted: z.boolean().nullish(),
  expirationTime: z.string().nullish(),
  view: z.string().nullish(),
});
export type Permission = z.output<typeof Permission>;

/** A file, folder or shortcut, as far as it is read: https://developers.google.com/workspace/drive/api/reference/rest/v3/files, 2026-11. */
export const DriveFile = z.object({
  id: z.string().min(1),
  name: z.string(),
  mimeType: z.string(),
  description: z.string().nullish(),
  createdTime: z.string().nullish(),
  modifiedTime: z.string().nullish(),
  webViewLink: z.string().nullish(),
  size: z.string().nullish(),
  parents: z.array(z.string()).nullish(),
  driveId: z.string().nullish(),
  headRevisionId: z.string().nullish(),
  md5Checksum: z.string().nullish(),
  trashed: z.boolean().nullish(),
  starred: z.boolean().nullish(),
  ownedByMe: z.boolean().nullish(),
  owners: z.array(Person).nullish(),
  lastModifyingUser: Person.nullish(),
  permissions: z.array(Permission).nullish(),
  hasAugmentedPermissions: z.boolean().nullish(),
  inheritedPermissionsDisabled: z.boolean().nullish(),
  resourceKey: z.string().nullish(),
  capabilities: z.object({ canDownload: z.boolean().nullish() }).nullish(),
  shortcutDetails: z
    .object({ targetId: z.string(), targetMimeType: z.string().nullish(), targetResourceKey: z.string().nullish() })
    .nullish(),
});
export type DriveFile = z.output<typeof DriveFile>;

const PERSON = "displayName,emailAddress,permissionId";
export const PERMISSION_FIELDS = "id,type,role,emailAddress,domain,allowFileDiscovery,deleted,expirationTime,view";
/** Everything above, and nothing else: the fewer fields, the faster Drive answers. */
export const FILE_FIELDS =
  "id,name,mimeType,description,createdTime,modifiedTime,webViewLink,size,parents,driveId,headRevisionId,md5Checksum,trashed," +
  `starred,ownedByMe,owners(${PERSON}),lastModifyingUser(${PERSON}),permissions(${PERMISSION_FIELDS}),` +
  "hasAugmentedPermissions,inheritedPermissionsDisabled,resourceKey,capabilities(canDownload)," +
  "shortcutDetails(targetId,targetMimeType,targetResourceKey)";

export const FileList = z.object({
  nextPageToken: z.string().nullish(),
  incompleteSearch: z.boolean().nullish(),
  files: z.array(z.unknown()).default([]),
});

export const Drive = z.object({ id: z.string().min(1), name: z.string() });
export type Drive = z.output<typeof Drive>;
export const DriveList = z.object({ nextPageToken: z.string().nullish(), drives: z.array(Drive).default([]) });

export const Change = z.object({
  changeType: z.string().nullish(),
  removed: z.boolean().nullish(),
  fileId: z.string().nullish(),
  driveId: z.string().nullish(),
  file: z.unknown().optional(),
});
export type Change = z.output<typeof Change>;
export const ChangeList = z.object({
  nextPageToken: z.string().nullish(),
  newStartPageToken: z.string().nullish(),
  changes: z.array(Change).default([]),
});

const Reply = z.object({
  author: Person.nullish(),
  content: z.string().nullish(),
  createdTime: z.string().nullish(),
  deleted: z.boolean().nullish(),
});
export const Comment = z.object({
  id: z.string().min(1),
  author: Person.nullish(),
  content: z.string().nullish(),
  createdTime: z.string().nullish(),
  modifiedTime: z.string().nullish(),
  deleted: z.boolean().nullish(),
  resolved: z.boolean().nullish(),
  quotedFileContent: z.object({ value: z.string().nullish() }).nullish(),
  replies: z.array(Reply).nullish(),
});
export type Comment = z.output<typeof Comment>;
export const CommentList = z.object({ nextPageToken: z.string().nullish(), comments: z.array(Comment).default([]) });

export const About = z.object({
  user: z.object({ emailAddress: z.string().nullish(), displayName: z.string().nullish(), permissionId: z.string() }),
  storageQuota: z.object({ limit: z.string().nullish(), usage: z.string().nullish() }).nullish(),
});
