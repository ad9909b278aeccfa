import { ConnectorError, readTar } from "../../kit/index.ts";

export interface WantedFile {
  path: string;
  bytes: Buffer;
}

export interface ArchiveLimits {
  /** Bytes of the whole archive, unpacked. */
  archiveBytes: number;
  /** Whether to read a file; the others are passed over without being held. */
  wants(path: string, size: number): boolean;
}

/**
 * The wanted files of a repository's tar archive as it streams by. Throws `bad_response` when it is no tar archive or ends
 * early, `too_large` above the limit.
 */
export async function* wantedFiles(
  archive: AsyncIterable<Uint8Array>,
  limits: ArchiveLimits,
): AsyncGenerator<WantedFile> {
  for await (const { path, bytes, isFile, content } of readTar(upTo(limits.archiveBytes, archive), damaged)) {
    if (!isFile || !limits.wants(path, bytes)) continue;
    const parts: Buffer[] = [];
    for await (const part of content) parts.push(part);
    yield { path, bytes: parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts) };
  }
}

async function* upTo(most: number, archive: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let left = most;
  for await (const chunk of archive) {
    left -= chunk.byteLength;
    if (left < 0) throw new ConnectorError("too_large", "The archive of the repository is larger than it should be.");
    yield chunk;
  }
}

function damaged(why: string): ConnectorError {
  return new ConnectorError("bad_response", `The archive of the repository cannot be read: ${why}.`);
}
