import type { Stats } from "node:fs";
import { pathToFileURL } from "node:url";
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
export function hashedVersion(stats: Stats, hash: string): string {
  return `${stats.size}-${hash}-${READING}`;
}

/** The part of a file's item that needs no look inside it. Addresses and dates of a folder's files share their work. */
export function draftOf(root: OpenRoot, path: string, name: string, type: FileType, stats: Stats): Draft {
  const kind = root.selection.kindOf(type);
  const isNote = kind === "note";
  const title = isNote ? stemOf(name) : name;
  const draft: Draft = {
    id: root.prefix + path,
    kind,
    title,
    version: versionOf(stats),
    url: urlOf(root, path, isNote),
    container: root.container,
    createdAt: new Date(createdMs(stats)).toISOString(),
    updatedAt: new Date(clamped(stats.mtimeMs)).toISOString(),
    handle: `${stats.dev}:${stats.ino}:${Math.trunc(stats.birthtimeMs)}`,
  };
  if (isNote || root.vault !== undefined) draft.aliases = [title];
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

function createdMs(stats: Stats): number {
  const { birthtimeMs, mtimeMs } = stats;
  return clamped(birthtimeMs > 0 && birthtimeMs < mtimeMs ? birthtimeMs : mtimeMs); // a copy is born after its last edit
}

/** Broken file systems report times that no calendar has. */
function clamped(ms: number): number {
  return Math.min(Math.max(ms, 0), 253_402_300_799_999);
}

/** `obsidian://open` for notes of a vault (https://help.obsidian.md/uri, 2026-11), else `file://`. */
export function urlOf(root: OpenRoot, path: string, isNote: boolean): string {
  if (root.vault !== undefined) {
    const file = isNote && path.toLowerCase().endsWith(".md") ? path.slice(0, -3) : path;
    return `obsidian://open?vault=${escaped(root.vault)}&file=${escaped(file)}`;
  }
  return pathToFileURL(root.base).href.replace(/\/?$/, "/") + path.split("/").map(escaped).join("/");
}

/** encodeURIComponent for any string: half of a surrogate pair becomes a replacement character. */
function escaped(text: string): string {
  return /^[\w.-]*$/.test(text) ? text : encodeURIComponent(text.toWellFormed());
}
