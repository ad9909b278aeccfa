import { closeSync, constants, fstatSync, lstatSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ConnectorError } from "../../model/index.ts";
import { writeWhole } from "../write-whole.ts";
import type { KeyHolder } from "./master-key.ts";

const FORM = /^headwater-key-1 ([A-Za-z0-9_-]{43})\n?$/;

/** A key in a file that only this user may read, in a folder that only this user may enter; both are checked each time. */
export function fileKeyHolder(folder: string): KeyHolder {
  const path = join(folder, "master.key");
  return {
    place: `the file ${path}`,
    async read() {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      refuseOpen(folder, lstatSync(folder), "700");
      const text = readPrivate(path);
      if (text === undefined) return undefined;
      const [, encoded] = FORM.exec(text) ?? [];
      if (encoded) return Buffer.from(encoded, "base64url");
      throw new ConnectorError("config", `The key file ${path} is damaged, so logins and secrets cannot be read.`, {
        hint: "Put it back from a backup, or delete it and log in again: headwater login <source>",
      });
    },
    async keep(key) {
      writeWhole(path, `headwater-key-1 ${key.toString("base64url")}\n`);
    },
  };
}

function readPrivate(path: string): string | undefined {
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
    hint: `Close it: chmod ${mode} ${path}    If others may have seen it, log in anew after that.`,
  });
}
