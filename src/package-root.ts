import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of this package, whether the code runs from src/, from dist/ or from a chunk of dist/. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json")) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

export function packageVersion(): string {
  return (JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as { version: string }).version;
}

/** A built entry such as "extract/thread.js": worker threads run it even in tests, since Node 20 loads no TypeScript. */
export function builtEntry(name: string): string {
  return join(packageRoot(), "dist", ...name.split("/"));
}
