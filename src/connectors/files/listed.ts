import type { Stats } from "node:fs";
import type { Draft } from "../kit/index.ts";
import { type FileType, stemOf } from "./kinds.ts";
import type { OpenRoot } from "./roots.ts";

/** Raised when notes are read differently than before, so that all of them are read again. */
const READING = 1;

/** Size, modification time to the microsecond, and inode: what changes whenever a file does. */
export function versionOf(stats: Stats): string {
  return `${stats.size}-${Math.round(stats.mtimeMs * 1000)}-${stats.ino}-${READING}`;
}

/** What a hashed file is known by. */
export function hashedVersion(stats: Pick<Stats, "size">, hash: string): string {
  return `${stats.size}-${hash}-${READING}`;
}

/** The part of a file's item that needs no look inside it. `folder` is the path of its folder with a slash, or empty. */
export function draftOf(
  root: OpenRoot,
  folder: string,
  address: string,
  name: string,
  type: FileType,
  stats: Stats,
): Draft {
  const kind = root.selection.kindOf(type);
  const isNote = kind === "note";
  const title = isNote || kind === "canvas" ? stemOf(name) : name;
  const updatedAt = new Date(clamped(stats.mtimeMs)).toISOString();
  const draft: Draft = {
    id: root.prefix + folder + name,
    kind,
    title,
    version: versionOf(stats),
    url: address + fileAddress(root, name),
    container: root.container,
    createdAt: isBornEarlier(stats) ? new Date(clamped(stats.birthtimeMs)).toISOString() : updatedAt,
    updatedAt,
    handle: `${stats.dev}:${stats.ino}:${Math.trunc(stats.birthtimeMs)}`,
  };
  if (isNote || root.vault !== undefined) draft.aliases = [isNote ? title : name];
  return draft;
}

/** The draft with its promise of a body, or with the reason why there is none. */
export function withBody(draft: Draft, type: FileType, stats: Stats, largest: number, isPlaceholder: boolean): Draft {
  if (isPlaceholder) {
    draft.version += "-cloud";
    draft.fields = { bytes: stats.size, placeholder: true };
  } else if (isReadable(type) && stats.size <= largest) {
    draft.body = { mime: type.mime, bytes: stats.size };
  } else {
    if (isReadable(type)) draft.version += "-large";
    draft.fields = { bytes: stats.size, mime: type.mime };
  }
  return draft;
}

/** Whether a file's bytes can become text. */
export function isReadable(type: FileType): boolean {
  return type.kind !== "attachment";
}

/** Unlike a copy, which is born after its last edit; some file systems know no birth. */
function isBornEarlier({ birthtimeMs, mtimeMs }: Stats): boolean {
  return birthtimeMs > 0 && birthtimeMs < mtimeMs;
}

/** Broken file systems report times that no calendar has. */
function clamped(ms: number): number {
  return Math.min(Math.max(ms, 0), 253_402_300_799_999);
}

/** What the addresses of all files in a folder begin with: `obsidian://open` in vaults (https://help.obsidian.md/uri, 2026-11), else `file://`. */
export function folderAddress(root: OpenRoot, folder: string): string {
  if (root.vault !== undefined) return `obsidian://open?vault=${escaped(root.vault)}&file=${escaped(folder)}`;
  return root.address + folder.split("/").map(escaped).join("/");
}

/** The end of a file's address. Obsidian leaves out the extension of notes. */
export function fileAddress(root: OpenRoot, name: string): string {
  return escaped(root.vault !== undefined && name.endsWith(".md") ? name.slice(0, -3) : name);
}

/** encodeURIComponent for any string: half of a surrogate pair becomes a replacement character. */
function escaped(text: string): string {
  return encodeURIComponent(text.isWellFormed() ? text : text.toWellFormed());
}
