// Folders full of Markdown for the benches, made once per size and kept in the system's temporary folder.
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { documentAt, fileOf, folderOf } from "./text.mjs";

/** Raised when the texts change, so that older folders are not taken for them. */
const EDITION = 1;

/** Where the benches keep what they make. */
export const ROOM = join(tmpdir(), "headwater-bench");

/** The folder with `count` Markdown files of about `bytes` bytes each, made if it is not there. */
export function corpusFolder(count, bytes) {
  const folder = join(ROOM, `corpus-${EDITION}-${count}x${bytes}`);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.making`;
  rmSync(unfinished, { recursive: true, force: true });
  for (let number = 0; number < count; number++) {
    const parent = join(unfinished, folderOf(number));
    if (number % 250 === 0) mkdirSync(parent, { recursive: true });
    writeFileSync(join(parent, fileOf(number)), documentAt(number, bytes).text);
  }
  renameSync(unfinished, folder);
  return folder;
}
