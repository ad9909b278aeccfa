import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { ConnectorError } from "../model/index.ts";

/** Windows refuses to replace a file that somebody is reading just now. */
const TRIES = 20;

/** Replaces a file in one step, for this user alone: a crash leaves the old content or the new one, never a part. */
export function writeWhole(path: string, text: string): void {
  const fresh = `${path}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
  try {
    const file = openSync(fresh, "wx", 0o600);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    replace(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw new ConnectorError("store", `${path} cannot be written.`, {
      hint: "Let this user write there and make sure that the disk has room.",
      cause: error,
    });
  }
}

function replace(fresh: string, path: string): void {
  for (let left = TRIES; ; left--) {
    try {
      renameSync(fresh, path);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (left === 0 || process.platform !== "win32" || (code !== "EPERM" && code !== "EACCES")) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 25);
    }
  }
}
