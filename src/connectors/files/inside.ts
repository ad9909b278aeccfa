import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  type Stats,
  statSync,
} from "node:fs";
import { sep } from "node:path";
import { ConnectorError } from "../kit/index.ts";
import { quoted, safeParts } from "./ids.ts";
import { codeOf, fileProblem, isGone } from "./problems.ts";
import type { OpenRoot } from "./roots.ts";

/** A file that is open, regular and inside its root. Whoever gets one closes it. */
export interface InsideFile {
  fd: number;
  stats: Stats;
  /** Below the root, as the file system spells it. */
  path: string;
  /** Where it really lies below the root; other than `path` only behind a link. */
  real: string;
}

// Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;
/** Open's answers for links (with O_NOFOLLOW) and for sockets. */
const REFUSED = ["ELOOP", "ENXIO"];
const TRIES = 3;

/**
 * Opens a file below a root: the only way from an id to bytes. Where the file lies is checked after it was opened, so
 * that folders and links swapped in between lead nowhere. Throws `usage`, `not_found`, `permission`, `unsupported`.
 */
export function openInside(root: OpenRoot, path: string, follow: boolean): InsideFile {
  const parts = safeParts(path);
  for (let attempt = 1; ; attempt++) {
    const opened = openOnce(root, parts, path, follow);
    if (opened !== "swapped") return opened;
    if (attempt === TRIES) throw gone(path);
  }
}

function openOnce(root: OpenRoot, parts: string[], path: string, follow: boolean): InsideFile | "swapped" {
  const place = root.base + parts.join(sep);
  let fd: number | undefined;
  try {
    if (follow || NO_FOLLOW === 0) assertRegular(follow ? statSync(place) : lstatSync(place), path);
    fd = openSync(place, follow ? FLAGS : FLAGS | NO_FOLLOW);
    const stats = fstatSync(fd);
    assertRegular(stats, path);
    const real = locationOf(fd, place, stats);
    if (real === undefined) {
      closeSync(fd);
      return "swapped";
    }
    return { fd, stats, ...spelled(root, path, real, follow) };
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    if (isGone(error)) throw gone(path);
    const there = REFUSED.includes(codeOf(error)) ? lookAt(place) : undefined;
    if (there !== undefined) assertRegular(there, path);
    throw fileProblem(error, quoted(path));
  }
}

function lookAt(place: string): Stats | undefined {
  try {
    return lstatSync(place);
  } catch {
    return undefined;
  }
}

function assertRegular(stats: Stats, path: string): void {
  if (stats.isFile()) return;
  if (stats.isDirectory())
    throw new ConnectorError("not_found", `${quoted(path)} is a folder.`, { hint: "List it to see the files in it." });
  if (stats.isSymbolicLink()) throw behindLink(path);
  throw new ConnectorError("unsupported", `${quoted(path)} is not a regular file.`);
}

/** The real path of an open file; undefined when it can no longer be told. */
function locationOf(fd: number, place: string, stats: Stats): string | undefined {
  if (process.platform === "linux") {
    const told = linkTarget(`/proc/self/fd/${fd}`);
    if (told !== undefined) return stats.nlink === 0 || told.endsWith(" (deleted)") ? stillAt(place, stats) : told;
  }
  return stillAt(place, stats);
}

function stillAt(place: string, stats: Stats): string | undefined {
  const real = realpathSync.native(place);
  const there = lstatSync(real);
  return there.ino === stats.ino && there.dev === stats.dev ? real : undefined;
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function spelled(root: OpenRoot, path: string, real: string, follow: boolean): { path: string; real: string } {
  if (!real.startsWith(root.base))
    throw new ConnectorError("usage", `${quoted(path)} leads out of the folder of this source.`, {
      hint: "Add the folder it leads to in paths, if it should be read.",
    });
  const told = real.slice(root.base.length);
  const below = sep === "/" ? told : told.replaceAll(sep, "/");
  if (below === path || folded(below) === folded(path)) return { path: below, real: below };
  if (!follow) throw behindLink(path);
  return { path, real: below };
}

/** File systems of macOS and Windows find a file under other capitals and another Unicode form. */
function folded(path: string): string {
  return path.normalize("NFC").toLowerCase();
}

function behindLink(path: string): ConnectorError {
  return new ConnectorError("unsupported", `${quoted(path)} lies behind a symbolic link.`, {
    hint: "Set followSymlinks: true for links that stay inside the folder.",
  });
}

function gone(path: string): ConnectorError {
  return new ConnectorError("not_found", `${quoted(path)} is not there.`);
}
