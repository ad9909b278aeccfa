import { homedir } from "node:os";
import { resolve } from "node:path";

/** Absolute form of a path on this machine: `~` is the home folder, relative ones start at `folder`. */
export function absolutePath(path: string, folder: string): string {
  const home = /^~(?=$|[/\\])/.test(path) ? homedir() + path.slice(1) : path;
  return resolve(folder, home);
}
