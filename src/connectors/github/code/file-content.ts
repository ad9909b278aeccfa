import { decodeText } from "../../kit/index.ts";
import type { TreeFile } from "./walk-tree.ts";

/** What the bytes of a file say: its text, or the reason why there is none. */
export type FileContent = { text: string } | { unread: string };

/** A file with what it says; without content its body is brought later, one by one. */
export interface ReadFile {
  file: TreeFile;
  content?: FileContent | undefined;
}

export const IS_BINARY: FileContent = { unread: "It is a binary file." };
const LFS_POINTER = /^version https:\/\/(?:git-lfs\.github\.com|hawser\.github\.com)\/spec\//;
/** A pointer is a few lines. https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md, 2026-11. */
const LARGEST_POINTER = 1024;
/** As git itself tells text from binary. */
const LOOKED_AT = 8000;

/** Text by byte order mark, as UTF-8 or as Latin-1; not what is binary, and not what only points to Git LFS. */
export function contentOf(bytes: Uint8Array): FileContent {
  if (isBinary(bytes)) return IS_BINARY;
  const text = decodeText(bytes);
  if (bytes.byteLength <= LARGEST_POINTER && LFS_POINTER.test(text))
    return { unread: `It is kept in Git LFS${lfsSize(text)}.` };
  return { text };
}

function isBinary(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  return !isUtf16 && bytes.subarray(0, LOOKED_AT).includes(0);
}

function lfsSize(pointer: string): string {
  const size = Number(/^size (\d{1,15})$/m.exec(pointer)?.[1]);
  return Number.isFinite(size) ? `, with ${size.toLocaleString("en-US")} bytes` : "";
}
