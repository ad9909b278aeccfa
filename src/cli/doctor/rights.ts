import { chmodSync, existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { shellWord } from "../terminal.ts";
import type { Check } from "./check.ts";

/** Files and folders that other users of this machine may look into. */
export function rightsChecks(folder: string): Check[] {
  if (process.platform === "win32") return [];
  const keys = join(folder, "keys");
  const own = [folder, ...inside(folder, /\.db(-wal|-shm|\..+)?$|\.log(\.\d+)?$/)];
  const secret = existsSync(keys) ? [keys, ...inside(keys, /./)] : [];
  return [...open(own, "data folder"), ...open(secret, "keys")];
}

function open(paths: string[], name: string): Check[] {
  return paths.flatMap((path) => {
    const facts = statSync(path, { throwIfNoEntry: false });
    if (!facts || (facts.mode & 0o077) === 0) return [];
    const mode = facts.isDirectory() ? 0o700 : 0o600;
    const seen = path.endsWith("master.key")
      ? " If others may have seen it, run then: headwater secrets rotate-key"
      : "";
    return [
      {
        name,
        state: "note" as const,
        says: `others on this machine may look into it; close it: chmod ${mode.toString(8)} ${shellWord(path)}${seen}`,
        mend: () => {
          chmodSync(path, mode);
          return `${path} is for this user alone now.${seen}`;
        },
      },
    ];
  });
}

function inside(folder: string, names: RegExp): string[] {
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => names.test(name))
        .map((name) => join(folder, name))
    : [];
}
