import { closeSync, constants, fstatSync, lstatSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ConnectorError } from "../../model/index.ts";
import { writeWhole } from "../write-whole.ts";
import { damagedKey, type KeyHolder } from "./key-holder.ts";
import { keysIn, keyText } from "./key-text.ts";

/** A file that only this user may read, in a folder that only this user may enter; both are checked each time. */
export function fileKeyHolder(folder: string): KeyHolder {
  const path = join(folder, "master.key");
  const place = `the file ${path}`;
  return {
    place,
    async read() {
      const text = readPrivate(path);
      if (text === undefined) return undefined;
      const keys = keysIn(text);
      if (!keys) throw damagedKey(place);
      return keys;
    },
    keep: async (keys) => writeWhole(path, keyText(keys)),
  };
}

/** Makes the folder of keys, or refuses one that others may enter. */
export function privateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  refuseOpen(folder, lstatSync(folder), "700");
}

/** Undefined when there is no such file. */
export function readPrivate(path: string): string | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    const why = code === "ELOOP" ? "is a symbolic link, which could lead anywhere" : "cannot be read by this user";
    throw new ConnectorError("config", `The key file ${path} ${why}.`, {
      hint: "Put the key file itself there, owned by this user.",
      cause: error,
    });
  }
  try {
    refuseOpen(path, fstatSync(file), "600");
    return readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
}

/** Windows keeps rights elsewhere: there the user's profile folder is what protects. */
function refuseOpen(path: string, facts: { mode: number }, mode: string): void {
  if (process.platform === "win32" || (facts.mode & 0o077) === 0) return;
  throw new ConnectorError("config", `${path} can be read by other users of this machine, so it is not used.`, {
    hint: `Close it: chmod ${mode} ${path}    If others may have seen it, run after that: headwater secrets rotate-key`,
  });
}
