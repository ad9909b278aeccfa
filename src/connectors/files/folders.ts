import { type Dirent, lstatSync, readdirSync, realpathSync, statSync } from "node:fs";
import { sep } from "node:path";
import { ConnectorError } from "../kit/index.ts";
import { quoted, safeParts } from "./ids.ts";
import { type FileType, fileType } from "./kinds.ts";
import { fileProblem, isGone, isPassing } from "./problems.ts";
import type { OpenRoot } from "./roots.ts";
import type { Rules } from "./selection.ts";

/** A file that the options take, not yet looked at. */
export interface Found {
  name: string;
  type: FileType;
  /** Set for the stub that older macOS leaves for a file in iCloud: the name of the stub. */
  stub?: string;
}

/** One folder of the walk. */
export interface Folder {
  /** Below the root, empty for the root itself; ends with a slash otherwise. */
  path: string;
  /** On disk, with a separator at its end. */
  place: string;
  files: Found[];
  /** Files and folders in it, taken or not. */
  entries: number;
}

/** A folder or name that could not be read: the walk goes on beside it, but proves nothing about what is missing. */
export interface Unread {
  path: string;
  error: ConnectorError;
}

interface Frame {
  path: string;
  place: string;
  rules: Rules | undefined;
  below: string[];
  next: number;
  /** Inside a followed link no further links are followed: that keeps the walk finite. */
  linked: boolean;
}

const STUB = /^\.(.+)\.icloud$/;

/**
 * Every folder of a root that the options take: files before subfolders, both by name, so that the path of a file says
 * what was walked before it. With `after`, goes on behind that file. What cannot be read is handed to `unread`.
 */
export function* foldersOf(
  root: OpenRoot,
  follow: boolean,
  after: string | undefined,
  unread: (one: Unread) => void,
): Generator<Folder> {
  let trail = after?.split("/");
  const frames: Frame[] = [];
  let entered = enter(root, follow, { path: "", place: root.base, rules: undefined, linked: false }, trail, unread);
  for (;;) {
    if (entered !== undefined) {
      frames.push(entered.frame);
      yield entered.folder;
    }
    const frame = frames.at(-1);
    if (frame === undefined) return;
    const name = frame.below[frame.next++];
    if (name === undefined) {
      frames.pop();
      entered = undefined;
      continue;
    }
    // The trail leads through the first subfolder of each folder on it, or nowhere when that folder is gone.
    trail =
      frame.next === 1 && trail !== undefined && trail.length > 1 && trail[0] === name ? trail.slice(1) : undefined;
    const linked = frame.linked || (follow && isLink(frame.place + name));
    const child = { path: `${frame.path}${name}/`, place: `${frame.place}${name}${sep}`, rules: frame.rules, linked };
    entered = enter(root, follow, child, trail, unread);
  }
}

/** What of these folders lies up to and with a file, in the order of the walk; nothing without a file. */
export function* foldersUntil(folders: Iterable<Folder>, last: string | undefined): Generator<Folder> {
  if (last === undefined) return;
  const way = last.split("/");
  const name = way.pop() as string;
  for (const folder of folders) {
    const place = sideOf(folder.path.split("/").slice(0, -1), way);
    if (place === "behind") return;
    yield place === "before" ? folder : { ...folder, files: folder.files.filter((file) => file.name <= name) };
  }
}

/** Where a folder stands to the one that a way leads into, in the order of the walk. */
function sideOf(folder: string[], way: string[]): "before" | "there" | "behind" {
  for (const [at, name] of folder.entries()) {
    const turn = way[at];
    if (turn === undefined) return "behind"; // its subfolders come after its files
    if (name !== turn) return name < turn ? "before" : "behind";
  }
  return folder.length === way.length ? "there" : "before";
}

/** One folder alone. Throws `usage` or `not_found` for a path that leads out of the root or that the options leave out. */
export function readFolder(
  root: OpenRoot,
  follow: boolean,
  path: string,
): { path: string; place: string; files: Found[]; folders: string[] } {
  const parts = path === "" ? [] : safeParts(path);
  const way = root.selection.wayInto(parts);
  const absent = new ConnectorError(
    "not_found",
    `The folder ${quoted(path)} is not there, or the options leave it out.`,
  );
  if (way === undefined) throw absent;
  const at = {
    path: parts.map((part) => `${part}/`).join(""),
    place: root.base + parts.map((part) => part + sep).join(""),
    ...way,
    linked: false,
  };
  let problem: ConnectorError | undefined;
  const entered = enter(root, follow, at, undefined, ({ error }) => {
    problem ??= error;
  });
  if (entered === undefined) throw problem ?? absent;
  if (!isInside(root, at.place, follow)) throw absent; // looked at last, so that a folder swapped for a link tells nothing
  return { ...entered.folder, folders: entered.frame.below };
}

function isInside(root: OpenRoot, place: string, follow: boolean): boolean {
  try {
    const real = realpathSync.native(place) + sep;
    if (!real.startsWith(root.base) && `${root.base}` !== real.slice(0, -1)) return false;
    return follow || real.length === place.length || root.base === place;
  } catch {
    return false;
  }
}

function enter(
  root: OpenRoot,
  follow: boolean,
  at: Omit<Frame, "below" | "next">,
  trail: string[] | undefined,
  unread: (one: Unread) => void,
): { frame: Frame; folder: Folder } | undefined {
  const entries = read(at, unread);
  if (entries === undefined) return undefined;
  const names = new Set<string>();
  for (const entry of entries) if (entry.name.startsWith(".")) names.add(entry.name);
  const rules = root.selection.rulesIn(at.path.slice(0, -1), at.rules, (name) => names.has(name));
  const files: Found[] = [];
  const below: string[] = [];
  for (const entry of entries) {
    const path = at.path + entry.name;
    const sort = sortOf(entry, root, at, follow, path, unread);
    if (sort === "folder") {
      if (root.selection.takesFolder(path, entry.name, rules)) below.push(entry.name);
    } else if (sort === "file") {
      const found = foundOf(root, at.path, entry.name, rules);
      if (found !== undefined) files.push(found);
    }
  }
  files.sort((left, right) => (left.name < right.name ? -1 : left.name > right.name ? 1 : 0));
  below.sort();
  const frame = {
    ...at,
    rules,
    below: trail && trail.length > 1 ? below.filter((name) => name >= (trail[0] as string)) : below,
    next: 0,
  };
  return {
    frame,
    folder: { path: at.path, place: at.place, files: filesAfter(files, trail), entries: entries.length },
  };
}

function filesAfter(files: Found[], trail: string[] | undefined): Found[] {
  if (trail === undefined) return files;
  if (trail.length > 1) return [];
  return files.filter((file) => file.name > (trail[0] as string));
}

function foundOf(root: OpenRoot, folder: string, name: string, rules: Rules | undefined): Found | undefined {
  const stubbed = name.startsWith(".") ? STUB.exec(name)?.[1] : undefined;
  const shown = stubbed ?? name;
  const type = fileType(shown);
  if (!root.selection.takesFile(folder + shown, shown, type, rules)) return undefined;
  return stubbed === undefined ? { name, type } : { name: shown, type, stub: name };
}

function read(at: { path: string; place: string }, unread: (one: Unread) => void): Dirent[] | undefined {
  try {
    return readdirSync(at.place, { withFileTypes: true });
  } catch (error) {
    const what = `The folder ${quoted((at.path || at.place).slice(0, -1))}`;
    const problem = fileProblem(error, what);
    if (at.path === "" || isPassing(error)) throw problem;
    if (!isGone(error)) unread({ path: at.path.slice(0, -1), error: problem });
    return undefined;
  }
}

type Sort = "file" | "folder" | "neither";

function sortOf(
  entry: Dirent,
  root: OpenRoot,
  at: { place: string; linked: boolean },
  follow: boolean,
  path: string,
  unread: (one: Unread) => void,
): Sort {
  if (entry.name.includes("\ufffd") && isUnspeakable(at.place + entry.name)) {
    unread({ path, error: unspeakable(path) });
    return "neither";
  }
  if (entry.isFile()) return "file";
  if (entry.isDirectory()) return "folder";
  if (!entry.isSymbolicLink() || !follow || at.linked) return "neither";
  return sortOfLink(root, at.place, entry.name);
}

/** What a link inside the root leads to; nothing when it leads out, in a circle or nowhere. */
function sortOfLink(root: OpenRoot, place: string, name: string): Sort {
  try {
    const real = realpathSync.native(place + name);
    if (!real.startsWith(root.base)) return "neither";
    const stats = statSync(real);
    if (stats.isFile()) return "file";
    return stats.isDirectory() && !place.startsWith(real + sep) ? "folder" : "neither";
  } catch {
    return "neither";
  }
}

function isLink(place: string): boolean {
  return lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

/** Names whose bytes are not UTF-8 arrive with replacement characters, under which nothing can be opened. */
function isUnspeakable(place: string): boolean {
  return lstatSync(place, { throwIfNoEntry: false }) === undefined;
}

function unspeakable(path: string): ConnectorError {
  return new ConnectorError(
    "unsupported",
    `The name ${quoted(path)} holds bytes that are not UTF-8, so it cannot be opened.`,
    {
      hint: "Rename it, for example with: convmv -f latin1 -t utf8 -r --notest <folder>",
    },
  );
}
