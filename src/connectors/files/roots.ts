import { existsSync, readFileSync, realpathSync, type Stats, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { ConnectorError } from "../kit/index.ts";
import { quoted } from "./ids.ts";
import type { FilesConfig } from "./options.ts";
import { codeOf, fileProblem, isGone } from "./problems.ts";
import { Selection } from "./selection.ts";

/** A configured folder, whether it is there or not. */
export interface Root {
  /** Id of its container: the folder's name, made unique. */
  container: string;
  /** What item ids begin with: empty for a single root, else `<container>/`. */
  prefix: string;
  /** Absolute, as configured. */
  path: string;
}

/** A root that is there. */
export interface OpenRoot extends Root {
  /** Real path, with a separator at its end. */
  base: string;
  /** The address of `base`, with a slash at its end. */
  address: string;
  /** Tells this folder from another one mounted in its place. */
  identity: string;
  /** Name of the Obsidian vault, when it is one. */
  vault: string | undefined;
  selection: Selection;
}

/** The roots of a configuration. Never touches the disk. */
export function rootsOf(config: FilesConfig): Root[] {
  const paths = (typeof config.paths === "string" ? [config.paths] : config.paths).map(absolute);
  const taken = new Set<string>();
  return [...new Set(paths)].map((path, _at, all) => {
    const name = basename(path) || "root";
    let container = name;
    for (let number = 2; taken.has(container.toLowerCase()); number++) container = `${name}-${number}`;
    taken.add(container.toLowerCase());
    return { container, prefix: all.length > 1 ? `${container}/` : "", path };
  });
}

function absolute(path: string): string {
  return resolve(path === "~" || /^~[\\/]/.test(path) ? join(homedir(), path.slice(1)) : path);
}

/** The root that holds an id, and the path below it; undefined when no root does. */
export function placeOf<R extends Root>(roots: readonly R[], id: string): { root: R; path: string } | undefined {
  const root = roots.find((one) => id.startsWith(one.prefix));
  return root && { root, path: id.slice(root.prefix.length) };
}

/** Looks at a root as it is now. Throws `not_found`, `permission`, `unavailable` or `config` with what to do. */
export function openRoot(root: Root, config: FilesConfig): OpenRoot {
  const { real, stats } = look(root);
  if (!stats.isDirectory())
    throw new ConnectorError("config", `${quoted(root.path)} is a file, not a folder.`, {
      hint: "Write the folder that holds it in paths, and its name in include.",
    });
  const isVault = existsSync(join(real, ".obsidian"));
  return {
    ...root,
    base: real.endsWith(sep) ? real : real + sep,
    address: pathToFileURL(real).href.replace(/\/?$/, "/"),
    identity: identityOf(stats),
    vault: isVault ? basename(real) : undefined,
    selection: new Selection(config, real, isVault ? ignoredByObsidian(real) : undefined),
  };
}

/** Device and inode: the same folder keeps them, another one mounted in its place does not. */
function identityOf(stats: Stats): string {
  return `${stats.dev}:${stats.ino}`;
}

/** Throws when the root went away or was replaced since it was opened: what is missing then is no deletion. */
export function assertStillThere(root: OpenRoot): void {
  let now: Stats | undefined;
  try {
    now = statSync(root.base);
  } catch (error) {
    if (!isGone(error)) throw fileProblem(error, `The folder ${quoted(root.path)}`);
  }
  if (now !== undefined && identityOf(now) === root.identity) return;
  throw new ConnectorError(
    "unavailable",
    `The folder ${quoted(root.path)} went away while it was being read. Nothing was deleted.`,
    {
      hint: "Check that its drive is connected.",
    },
  );
}

function look(root: Root): { real: string; stats: Stats } {
  try {
    const real = realpathSync.native(root.path);
    return { real, stats: statSync(real) };
  } catch (error) {
    if (isGone(error)) throw missing(root);
    if (codeOf(error) === "EINVAL") throw missing(root);
    throw fileProblem(error, `The folder ${quoted(root.path)}`);
  }
}

function missing(root: Root): ConnectorError {
  return new ConnectorError(
    "not_found",
    `The folder ${quoted(root.path)} is not there. Is the drive mounted? Nothing was deleted.`,
    { hint: spellingHint(root.path) },
  );
}

/** Why a path that a person sees in front of them may not be found: quotes and escapes pasted from a terminal. */
function spellingHint(path: string): string {
  if (/["']/.test(path)) return "The path holds quotation marks: write it in the configuration without them.";
  if (/\\[ ()&']/.test(path))
    return "The path holds backslashes before spaces, as terminals write them: leave them out.";
  if (/^\/?[a-z]:[\\/]/i.test(basename(path)) || path.includes("\\"))
    return "The path is written the Windows way; on this system folders are separated by /.";
  if (/%[0-9a-f]{2}/i.test(path)) return "The path looks like part of a web address: write spaces instead of %20.";
  if (existsSync("/.dockerenv"))
    return "headwater runs in a container: mount the folder into it, for example with -v ~/Notes:/notes:ro.";
  return "Check the spelling and capital letters of paths, or connect the drive and sync again.";
}

/** Folders that the vault's owner told Obsidian to leave out (Settings > Files and links > Excluded files). */
function ignoredByObsidian(real: string): string[] {
  try {
    const settings: unknown = JSON.parse(readFileSync(join(real, ".obsidian", "app.json"), "utf8"));
    const filters = (settings as { userIgnoreFilters?: unknown } | null)?.userIgnoreFilters;
    if (!Array.isArray(filters)) return [];
    // Filters between slashes are regular expressions written for Obsidian's engine; they only dim its own search.
    return filters.filter((one): one is string => typeof one === "string" && one !== "" && !/^\/.*\/$/.test(one));
  } catch {
    return [];
  }
}
