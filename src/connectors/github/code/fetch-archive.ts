import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { ConnectorError } from "../../kit/index.ts";
import { type GithubContext, inRepository } from "../api.ts";
import type { Repository } from "../schema.ts";
import { blobSha } from "./blob-sha.ts";
import { contentOf, type ReadFile } from "./file-content.ts";
import type { TreeFile } from "./walk-tree.ts";
import { wantedFiles } from "./wanted-files.ts";

const HALF_AN_HOUR = 1_800_000;
/** Headers and padding of an archive, per file and in all. */
const [SLACK_PER_FILE, SLACK] = [2048, 32_000_000];

/**
 * The wanted files of a commit from its archive: one request for any number of files. A file that the archive leaves out
 * or changes (`export-ignore`, `export-subst`, Git LFS in archives) is left to other means: what comes has the wanted sha.
 */
export async function* fetchArchive(
  ctx: GithubContext,
  repository: Repository,
  commit: string,
  wanted: { files: readonly TreeFile[]; allBytes: number },
): AsyncGenerator<ReadFile> {
  const byPath = new Map(wanted.files.map((file) => [file.path, file]));
  const { body } = await ctx.http.stream({
    ...inRepository(repository, `/tarball/${commit}`),
    timeoutMs: HALF_AN_HOUR,
  });
  const archive = pipeline(body, createGunzip(), () => {}); // a failure surfaces where the archive is read
  const limits = {
    archiveBytes: wanted.allBytes * 1.2 + byPath.size * SLACK_PER_FILE + SLACK,
    wants: (path: string, size: number) => byPath.get(belowTop(path))?.size === size,
  };
  try {
    for await (const { path, bytes } of wantedFiles(archive, limits)) {
      const file = byPath.get(belowTop(path));
      if (file === undefined || blobSha(bytes) !== file.sha) continue;
      byPath.delete(file.path);
      yield { file, content: contentOf(bytes) };
      if (byPath.size === 0) return;
    }
  } catch (error) {
    throw isBrokenGzip(error)
      ? new ConnectorError("bad_response", "The archive of the repository cannot be unpacked.")
      : error;
  } finally {
    archive.destroy();
  }
}

function isBrokenGzip(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("Z_");
}

/** All of an archive lies in one folder, named after the commit. */
function belowTop(path: string): string {
  return path.slice(path.indexOf("/") + 1);
}
