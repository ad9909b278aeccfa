import picomatch from "picomatch";
import type { GithubConfig } from "../options.ts";
import { fileTypeOf } from "./file-type.ts";

/** The options that say which files of a repository are taken. */
export type SelectionOptions = Pick<
  GithubConfig,
  "path" | "fileExtensions" | "filePatterns" | "excludePaths" | "maxFileSizeKb"
>;

/** Which files of a repository the options take. Patterns are compiled once. */
export class Selection {
  /** Bytes of the largest file that is read. */
  readonly largest: number;
  readonly #below: string;
  readonly #included: ((path: string) => boolean) | undefined;
  readonly #excluded: ((path: string) => boolean) | undefined;
  readonly #endings: readonly string[];

  constructor(options: SelectionOptions) {
    this.largest = options.maxFileSizeKb * 1000;
    this.#below = trimmed(options.path ?? "");
    this.#included = matcherOf(options.filePatterns.flatMap(spellings));
    this.#excluded = matcherOf(options.excludePaths.flatMap(spellings).flatMap(atAnyDepth));
    this.#endings = options.fileExtensions.map((written) => `.${written.replace(/^\*?\.?/, "").toLowerCase()}`);
  }

  /** Whether a path is taken, whatever lies there. */
  takesPath(path: string): boolean {
    if (!isBelow(path, this.#below) || !isPlain(path) || this.#excluded?.(path)) return false;
    if (this.#included !== undefined) return this.#included(path);
    if (this.#endings.length === 0) return fileTypeOf(path).kind !== "binary";
    const lower = path.toLowerCase();
    return this.#endings.some((ending) => lower.endsWith(ending));
  }

  /** Whether a file is taken. */
  takes(file: { path: string; size: number }): boolean {
    return file.size <= this.largest && this.takesPath(file.path);
  }

  /** Whether anything in or below a folder may be taken. */
  reaches(folder: string): boolean {
    if (folder === "" || this.#below === "") return true;
    return isBelow(folder, this.#below) || this.#below.startsWith(`${folder}/`);
  }
}

function isBelow(path: string, folder: string): boolean {
  return folder === "" || path === folder || path.startsWith(`${folder}/`);
}

/** Git keeps no `.` and `..` in paths; a tree that was made by hand may, and addresses would swallow them. */
function isPlain(path: string): boolean {
  return !path.split("/").some((part) => part === "" || part === "." || part === "..");
}

function matcherOf(patterns: readonly string[]): ((path: string) => boolean) | undefined {
  return patterns.length === 0 ? undefined : picomatch([...patterns], { dot: true, flags: "s" });
}

function trimmed(written: string): string {
  return written.replace(/^(?:\.?\/)+/, "").replace(/\/+$/, "");
}

/** A pattern without a slash matches at any depth; one without wildcards also names a folder and all it holds. */
function spellings(written: string): string[] {
  const pattern = trimmed(written);
  if (pattern === "" || pattern === "**") return ["**"];
  const anywhere = pattern.includes("/") ? pattern : `**/${pattern}`;
  return anywhere.endsWith("**") ? [anywhere] : [anywhere, `${anywhere}/**`];
}

/** A folder that is left out with all it holds (`node_modules/**`) is left out wherever it lies. */
function atAnyDepth(pattern: string): string[] {
  return /^[^/*]+\/\*\*$/.test(pattern) ? [pattern, `**/${pattern}`] : [pattern];
}
