import { createHash } from "node:crypto";

export const FOLDER = "application/vnd.google-apps.folder";
export const SHORTCUT = "application/vnd.google-apps.shortcut";
export const DOCUMENT = "application/vnd.google-apps.document";
export const SPREADSHEET = "application/vnd.google-apps.spreadsheet";
export const PRESENTATION = "application/vnd.google-apps.presentation";

export type Role = "owner" | "organizer" | "fileOrganizer" | "writer" | "commenter" | "reader";

export interface Grant {
  id: string;
  type: "user" | "group" | "domain" | "anyone";
  role: Role;
  email?: string;
  domain?: string;
  /** Found by search, not only by its address. */
  discoverable?: boolean;
}

export interface Reply {
  id: string;
  author: string;
  content: string;
  time: string;
}

export interface Comment {
  id: string;
  author: string;
  content: string;
  quoted?: string;
  createdTime: string;
  modifiedTime: string;
  resolved: boolean;
  deleted: boolean;
  replies: Reply[];
}

export interface DriveFile {
  readonly id: string;
  name: string;
  mimeType: string;
  /** Folders have one parent; what is shared from elsewhere shows none. */
  parent: string | undefined;
  driveId: string | undefined;
  /** Files of shared drives have no owner. */
  owner: string | undefined;
  createdTime: string;
  modifiedTime: string;
  modifiedBy: string;
  /** Of what is uploaded. */
  bytes: Buffer;
  /** Of what Google edits: how it reads in each format. */
  exports: Map<string, Buffer>;
  revision: number;
  /** Counts every change, also those that nobody sees. */
  version: number;
  trashed: boolean;
  description: string | undefined;
  starred: boolean;
  target: { id: string; mimeType: string; resourceKey?: string } | undefined;
  resourceKey: string | undefined;
  grants: Grant[];
  /** Nothing is inherited from the folder above. */
  limited: boolean;
  /** Who has opened it: it then counts as theirs in lists. */
  opened: Set<string>;
  canDownload: boolean;
  abusive: boolean;
  comments: Comment[];
}

export interface SharedDrive {
  readonly id: string;
  name: string;
  createdTime: string;
  members: Grant[];
}

/** One line of the log: who could hear of it, and in which drives' own logs it stands. */
export interface LogEntry {
  seq: number;
  time: string;
  key: string;
  fileId?: string;
  driveId?: string;
  heard: Set<string>;
  drives: Set<string>;
}

export function isNative(file: Pick<DriveFile, "mimeType">): boolean {
  return file.mimeType.startsWith("application/vnd.google-apps.");
}

/** Ids as Drive gives them, the same in every run. */
export function idOf(kind: "file" | "root" | "drive", count: number): string {
  const letters = createHash("sha256").update(`${kind} ${count}`).digest("base64url").replaceAll(/[-_]/g, "x");
  if (kind === "file") return `1${letters.slice(0, 32)}`;
  return kind === "root" ? `0A${letters.slice(0, 14)}Uk9PVA` : `0A${letters.slice(0, 14)}Uk9QVA`;
}
