import { lstatSync, realpathSync } from "node:fs";
import { isAbsolute, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { FilesApi } from "./api.ts";
import { safeParts } from "./ids.ts";
import type { OpenRoot } from "./roots.ts";

/** The id behind `file://`, `obsidian://` or an absolute path; undefined when it lies in none of the roots. */
export function locateFile(api: FilesApi, address: string): string | undefined {
  const roots = api.present();
  if (/^obsidian:/i.test(address)) return locateNote(roots, address);
  const path = /^file:/i.test(address) ? pathOf(address) : address;
  return path !== undefined && isAbsolute(path) ? locatePath(roots, path) : undefined;
}

function pathOf(address: string): string | undefined {
  try {
    return fileURLToPath(address);
  } catch {
    return undefined;
  }
}

/** `obsidian://open?vault=…&file=…`, `?path=…`, `obsidian://vault/<vault>/<file>` (https://help.obsidian.md/uri, 2026-11). */
function locateNote(roots: OpenRoot[], address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  const path = url.searchParams.get("path");
  if (path !== null) return locatePath(roots, path);
  const short = url.host === "vault" ? url.pathname.slice(1).split("/").map(decoded) : undefined;
  const vault = short ? short[0] : url.searchParams.get("vault");
  const file = short ? short.slice(1).join("/") : url.searchParams.get("file");
  const root = roots.find((one) => one.vault !== undefined && (vault ? one.vault === vault : roots.length === 1));
  if (root === undefined || !file) return undefined;
  return spelledOut(root, file.replace(/^\/+/, ""));
}

/** The extension of a note may be left out, and a heading may follow; a name may hold either itself. */
function spelledOut(root: OpenRoot, file: string): string {
  const plain = file.split("#")[0] as string;
  const spellings = [file, `${file}.md`, plain, `${plain}.md`];
  return (
    root.prefix + (spellings.find((one) => isThere(root, one)) ?? (/\.\w{1,8}$/.test(plain) ? plain : `${plain}.md`))
  );
}

function isThere(root: OpenRoot, path: string): boolean {
  try {
    return lstatSync(root.base + safeParts(path).join(sep)).isFile();
  } catch {
    return false;
  }
}

function locatePath(roots: OpenRoot[], path: string): string | undefined {
  for (const spelling of [path, realOrSame(path)]) {
    for (const root of roots) {
      for (const base of [root.base, root.path.endsWith(sep) ? root.path : root.path + sep]) {
        if (spelling.startsWith(base) && spelling.length > base.length)
          return root.prefix + spelling.slice(base.length).split(sep).join("/");
      }
    }
  }
  return undefined;
}

function realOrSame(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
