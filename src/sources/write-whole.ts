import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { ConnectorError } from "../model/index.ts";

/** Windows refuses to replace a file that somebody, such as a virus scanner, is reading just now. */
const TRIES = 20;
const IN_USE = ["EPERM", "EACCES", "EBUSY"];

/** Replaces a file in one step, for this user alone: a crash leaves the old content or the new one, never a part. */
export function writeWhole(path: string, text: string): void {
  const fresh = `${path}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
  try {
    writeDraft(fresh, text);
    moveOver(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw new ConnectorError("store", `${path} cannot be written.`, {
      hint: "Let this user write there and make sure that the disk has room.",
      cause: error,
    });
  }
}

/** Makes a file for this user alone, which must not be there yet; on the disk, not only on its way there, when it returns. */
export function writeDraft(path: string, content: string | Uint8Array): void {
  const file = openSync(path, "wx", 0o600);
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Puts a draft in a file's place in one step. The draft goes when that fails. */
export function moveOver(draft: string, path: string): void {
  for (let left = TRIES; ; left--) {
    try {
      renameSync(draft, path);
      return;
    } catch (error) {
      const passes = process.platform === "win32" && IN_USE.includes((error as NodeJS.ErrnoException).code ?? "");
      if (left === 0 || !passes) {
        rmSync(draft, { force: true });
        throw error;
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 25);
    }
  }
}
