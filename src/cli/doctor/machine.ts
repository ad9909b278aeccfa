import { constants } from "node:fs";
import { access, mkdir, statfs } from "node:fs/promises";
import type { Check } from "./check.ts";

const [SCARCE, NEARLY_FULL] = [500e6, 50e6];

/** The Node.js that runs this. */
export function nodeCheck(): Check {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const fits = major > 20 || (major === 20 && minor >= 19);
  const says = `${process.version} on ${process.platform} ${process.arch}`;
  return { name: "Node.js", state: fits ? "ok" : "bad", says: fits ? says : `${says}; headwater needs 20.19 or newer` };
}

/** Whether the data folder can be used and how much room its disk has. */
export async function folderChecks(folder: string): Promise<Check[]> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.R_OK | constants.W_OK);
    const { bavail, bsize } = await statfs(folder);
    return [{ name: "data folder", state: "ok", says: folder }, spaceCheck(folder, bavail * bsize)];
  } catch {
    return [{ name: "data folder", state: "bad", says: `${folder} cannot be written; choose another with --data` }];
  }
}

/** A line about so many bytes left. */
export function spaceCheck(folder: string, free: number): Check {
  const name = "free space";
  if (free >= SCARCE) return { name, state: "ok", says: `${(free / 1e9).toFixed(1)} GB` };
  const says = `only ${Math.floor(free / 1e6)} MB are left on the disk of ${folder}; free some, or keep the stores elsewhere with --data`;
  return { name, state: free < NEARLY_FULL ? "bad" : "note", says };
}
