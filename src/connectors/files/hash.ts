import { createHash } from "node:crypto";
import { closeSync, read } from "node:fs";
import { promisify } from "node:util";
import { openInside } from "./inside.ts";
import type { OpenRoot } from "./roots.ts";

const readInto = promisify(read);

/** A digest of a file's bytes; undefined when it cannot be read, which its fetch will explain. */
export async function hashInside(
  root: OpenRoot,
  path: string,
  follow: boolean,
  signal: AbortSignal,
): Promise<string | undefined> {
  let fd: number | undefined;
  try {
    fd = openInside(root, path, follow).fd;
    const hash = createHash("sha256");
    const chunk = Buffer.allocUnsafe(1 << 17);
    for (;;) {
      signal.throwIfAborted();
      const { bytesRead } = await readInto(fd, chunk, 0, chunk.length, null);
      if (bytesRead === 0) return hash.digest("base64url").slice(0, 22);
      hash.update(chunk.subarray(0, bytesRead));
    }
  } catch {
    signal.throwIfAborted();
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
