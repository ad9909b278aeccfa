import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { removeStaleLock, staleLock } from "../../sources/file-lock.ts";
import type { Check } from "./check.ts";

/** Files that are made under the number of their process and get another name, or go, when it is done. */
const UNFINISHED = /\.(\d+)(?:-[0-9a-f]+)?\.(?:part|tmp|work)(?:-wal|-shm)?$/;

/** What processes left behind that were stopped in the middle: locks and half-written files. */
export function leftoverChecks(folder: string): Check[] {
  const folders = [folder, join(folder, "keys")].filter((each) => existsSync(each));
  const paths = folders.flatMap((each) => readdirSync(each).map((name) => join(each, name)));
  return [
    ...paths.filter((path) => path.endsWith(".lock")).flatMap(lockCheck),
    ...paths.filter((path) => isAbandoned(path)).map(unfinishedCheck),
  ];
}

function lockCheck(path: string): Check[] {
  const owner = staleLock(path);
  if (!owner) return [];
  return [
    {
      name: "lock",
      state: "note",
      says: `${path} was left by process ${owner.pid}, which ended; the next one takes it over. Remove it: headwater doctor --repair`,
      mend: () => {
        removeStaleLock(path);
        return `Removed ${path}, which process ${owner.pid} had left.`;
      },
    },
  ];
}

function isAbandoned(path: string): boolean {
  const [, pid] = UNFINISHED.exec(path) ?? [];
  if (pid === undefined) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

function unfinishedCheck(path: string): Check {
  return {
    name: "leftover",
    state: "note",
    says: `${path} was left unfinished by a process that ended. Remove it: headwater doctor --repair`,
    mend: () => {
      rmSync(path, { recursive: true, force: true });
      return `Removed ${path}.`;
    },
  };
}
