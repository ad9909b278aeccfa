import { existsSync, readFileSync } from "node:fs";
import ignore, { type Ignore } from "ignore";
import picomatch from "picomatch";
import type { FileKind, FileType } from "./kinds.ts";
import type { FilesConfig } from "./options.ts";

/** Folders that hold no one's writing. */
const NEVER = new Set([".git", ".obsidian", ".trash", "node_modules"]);
/** Files that programs leave behind. */
const LITTER = new Set(["Thumbs.db", "desktop.ini", "Icon\r"]);
const FOLDS_CASE = process.platform === "win32" || process.platform === "darwin";

/** The ignore files that hold for a folder: its own, and those of the folders above. */
export interface Rules {
  /** Where the rules lie: empty for the root, else the folder's path and a slash. */
  base: string;
  matcher: Ignore;
  above: Rules | undefined;
}

/** What the options take of one root. Patterns are compiled once; each question costs microseconds. */
export class Selection {
  readonly isVault: boolean;
  readonly #config: FilesConfig;
  readonly #real: string | undefined;
  readonly #included: ((path: string) => boolean) | undefined;
  readonly #excluded: ((path: string) => boolean) | undefined;
  readonly #bases: string[] | undefined;
  readonly #dimmed: string[];
  readonly #ignoreNames: string[];
  readonly #rules = new Map<string, Rules | undefined>();

  /** Without `real` no ignore files are read. `ignoredByObsidian` is given for vaults only: beginnings of paths. */
  constructor(config: FilesConfig, real: string | undefined, ignoredByObsidian: string[] | undefined) {
    this.isVault = ignoredByObsidian !== undefined;
    this.#config = config;
    this.#real = real;
    const include = config.include?.length ? config.include : undefined;
    this.#included = include && matcherOf(include);
    this.#excluded = config.exclude.length > 0 ? matcherOf(config.exclude) : undefined;
    this.#bases = include && basesOf(include);
    this.#dimmed = ignoredByObsidian ?? [];
    this.#ignoreNames = config.useGitignore ? [".gitignore", ".headwaterignore"] : [".headwaterignore"];
  }

  /** Whether nothing in or below a folder or file of this name is taken, wherever it lies. */
  isNeverTaken(name: string): boolean {
    return NEVER.has(name) || (!this.#config.includeHidden && name.startsWith("."));
  }

  /** Whether to look into a folder. `rules` are those of the folder that holds it. */
  takesFolder(path: string, name: string, rules: Rules | undefined): boolean {
    if (this.isNeverTaken(name)) return false;
    if (this.#bases && !this.#bases.some((base) => leadsTo(path, base))) return false;
    if (this.#excluded?.(path) || this.#isDimmed(`${path}/`)) return false;
    return rules === undefined || !isIgnored(`${path}/`, rules);
  }

  /** Whether to list a file. */
  takesFile(path: string, name: string, type: FileType, rules: Rules | undefined): boolean {
    if (!this.#config.includeHidden && name.startsWith(".")) return false;
    if (name.startsWith("~$") || LITTER.has(name) || !takesKind(this.#config, this.kindOf(type))) return false;
    if (this.#included && !this.#included(path)) return false;
    if (this.#excluded?.(path) || this.#isDimmed(path)) return false;
    return rules === undefined || !isIgnored(path, rules);
  }

  /** Beside notes, everything in a vault is an attachment. */
  kindOf(type: FileType): FileKind {
    return this.isVault && type.kind === "file" ? "attachment" : type.kind;
  }

  /** The rules that hold inside a folder. `has` says whether a name lies in it. */
  rulesIn(folder: string, above: Rules | undefined, has: (name: string) => boolean): Rules | undefined {
    const own = this.#ignoreNames.filter(has);
    if (own.length === 0) return above;
    const matcher = ignore({ allowRelativePaths: true });
    for (const name of own) matcher.add(readOrNothing(this.#inside(folder, name)));
    return { base: folder === "" ? "" : `${folder}/`, matcher, above };
  }

  /** Whether the options take the file at a path, asked from the outside: every folder on the way counts. */
  takes(parts: readonly string[], type: FileType): boolean {
    const way = this.wayInto(parts.slice(0, -1));
    return way !== undefined && this.takesFile(parts.join("/"), parts.at(-1) as string, type, way.rules);
  }

  /** The rules that hold for what lies in a folder; undefined when the options leave the folder out. */
  wayInto(parts: readonly string[]): { rules: Rules | undefined } | undefined {
    let [folder, rules] = ["", this.#rulesAt("", undefined)];
    for (const name of parts) {
      folder = folder === "" ? name : `${folder}/${name}`;
      if (!this.takesFolder(folder, name, rules)) return undefined;
      rules = this.#rulesAt(folder, rules);
    }
    return { rules };
  }

  #rulesAt(folder: string, above: Rules | undefined): Rules | undefined {
    if (!this.#rules.has(folder))
      this.#rules.set(
        folder,
        this.rulesIn(folder, above, (name) => this.#real !== undefined && existsSync(this.#inside(folder, name))),
      );
    return this.#rules.get(folder);
  }

  #inside(folder: string, name: string): string {
    return `${this.#real}/${folder === "" ? "" : `${folder}/`}${name}`;
  }

  #isDimmed(path: string): boolean {
    return this.#dimmed.length > 0 && this.#dimmed.some((beginning) => path.startsWith(beginning));
  }
}

/** Whether the options take files of a kind at all. */
export function takesKind(config: FilesConfig, kind: string): boolean {
  if (kind === "attachment") return config.includeAttachments;
  if (kind === "canvas") return config.includeCanvas;
  if (kind === "base") return config.includeBases;
  return true;
}

/** One test for a list of glob patterns. A pattern without wildcards also names a folder and all it holds. */
function matcherOf(patterns: readonly string[]): (path: string) => boolean {
  return picomatch(patterns.flatMap(spellings), { dot: true, nocase: FOLDS_CASE });
}

function spellings(written: string): string[] {
  const pattern = written.replace(/^(?:\.?\/)+/, "").replace(/\/+$/, "");
  if (pattern === "") return ["**"];
  const anywhere = !pattern.includes("/") && pattern !== "**" ? [`**/${pattern}`] : [pattern];
  return anywhere.flatMap((one) => (one.endsWith("**") ? [one] : [one, `${one}/**`]));
}

/** The folders in which included files can lie; undefined when they can lie anywhere. */
function basesOf(patterns: readonly string[]): string[] | undefined {
  const bases = patterns.flatMap(spellings).map((pattern) => picomatch.scan(pattern).base);
  return bases.includes("") ? undefined : bases.map(folded);
}

function leadsTo(folder: string, base: string): boolean {
  const path = folded(folder);
  return path === base || base.startsWith(`${path}/`) || path.startsWith(`${base}/`);
}

function folded(path: string): string {
  return FOLDS_CASE ? path.toLowerCase() : path;
}

function isIgnored(path: string, rules: Rules): boolean {
  for (let layer: Rules | undefined = rules; layer; layer = layer.above) {
    const { ignored, unignored } = layer.matcher.test(path.slice(layer.base.length));
    if (ignored) return true;
    if (unignored) return false;
  }
  return false;
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
