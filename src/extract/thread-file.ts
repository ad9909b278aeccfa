import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The built thread's file. Code runs from src/ in tests and from dist/ or dist/chunks/ otherwise, so the package's root
 * is found by walking up to its package.json.
 */
export function threadFile(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json")) && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, "dist", "extract", "thread.js");
}
