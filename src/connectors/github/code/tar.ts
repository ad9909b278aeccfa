import { ConnectorError } from "../../kit/index.ts";

const BLOCK = 512;
/** Extended headers hold paths and little else. */
const LARGEST_HEADER = 1_000_000;

export interface TarFile {
  path: string;
  bytes: Buffer;
}

export interface TarLimits {
  /** Bytes of the whole archive, unpacked. */
  archiveBytes: number;
  /** Whether to read a file; the others are passed over without being held. */
  wants(path: string, size: number): boolean;
}

/**
 * The wanted files of a tar archive as it streams by (POSIX.1-2001 with pax headers, which `git archive` writes, and
 * GNU long names). Throws `bad_response` when it is no tar archive or ends early, `too_large` above the limit.
 */
export async function* readTar(archive: AsyncIterable<Uint8Array>, limits: TarLimits): AsyncGenerator<TarFile> {
  const source = new Blocks(archive, limits.archiveBytes);
  let named: string | undefined;
  for (;;) {
    const header = await source.take(BLOCK);
    if (header === undefined) throw damaged("it ends early");
    if (header.every((byte) => byte === 0)) return;
    const { type, size, name } = headerOf(header);
    const padded = Math.ceil(size / BLOCK) * BLOCK;
    if (type === "x" || type === "L") {
      if (size > LARGEST_HEADER) throw damaged("a header is too large");
      const told = await source.take(padded);
      if (told === undefined) throw damaged("it ends early");
      named = type === "x" ? (paxPath(told.subarray(0, size)) ?? named) : untilNul(told.subarray(0, size));
      continue;
    }
    const path = named ?? name;
    if (type !== "g") named = undefined;
    const isFile = type === "0" || type === "\0" || type === "7";
    if (isFile && limits.wants(path, size)) {
      const bytes = await source.take(padded);
      if (bytes === undefined) throw damaged("it ends early");
      yield { path, bytes: bytes.subarray(0, size) };
    } else if (!(await source.skip(padded))) throw damaged("it ends early");
  }
}

function headerOf(header: Buffer): { type: string; size: number; name: string } {
  const sum = Number.parseInt(untilNul(header.subarray(148, 156)).trim(), 8);
  let counted = 8 * 32;
  for (let at = 0; at < BLOCK; at++) if (at < 148 || at >= 156) counted += header[at] as number;
  if (sum !== counted) throw damaged("a checksum is wrong");
  const isUstar = header.toString("latin1", 257, 262) === "ustar";
  const prefix = isUstar ? untilNul(header.subarray(345, 500)) : "";
  const name = untilNul(header.subarray(0, 100));
  const type = String.fromCharCode(header[156] as number);
  return { type, size: sizeOf(header.subarray(124, 136)), name: prefix === "" ? name : `${prefix}/${name}` };
}

/** Octal digits, or a big-endian number behind a set first bit for what octal cannot hold. */
function sizeOf(field: Buffer): number {
  const first = field[0] as number;
  const size = first & 0x80 ? Number(field.readBigUInt64BE(4)) : Number.parseInt(untilNul(field).trim() || "0", 8);
  if (!Number.isSafeInteger(size) || size < 0) throw damaged("a size cannot be read");
  return size;
}

/** The path among records of the form `<length> <key>=<value>\n`, whose length counts bytes. */
function paxPath(records: Buffer): string | undefined {
  let path: string | undefined;
  for (let at = 0; at < records.length; ) {
    const space = records.indexOf(32, at);
    const length = Number(records.toString("latin1", at, space < 0 ? at : space));
    if (!Number.isSafeInteger(length) || length <= 0 || at + length > records.length)
      throw damaged("a header is broken");
    const record = records.toString("utf8", space + 1, at + length - 1);
    if (record.startsWith("path=")) path = record.slice("path=".length);
    at += length;
  }
  return path;
}

function untilNul(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString("utf8", 0, end < 0 ? bytes.length : end);
}

function damaged(why: string): ConnectorError {
  return new ConnectorError("bad_response", `The archive of the repository cannot be read: ${why}.`);
}

/** A stream in pieces of asked-for lengths. */
class Blocks {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);
  #left: number;

  constructor(archive: AsyncIterable<Uint8Array>, most: number) {
    this.#chunks = archive[Symbol.asyncIterator]();
    this.#left = most;
  }

  /** Exactly so many bytes; undefined when the stream ends before. */
  async take(length: number): Promise<Buffer | undefined> {
    const parts: Buffer[] = [];
    let missing = length;
    while (missing > 0) {
      if (this.#rest.length === 0 && !(await this.#more())) return undefined;
      const part = this.#rest.subarray(0, missing);
      this.#rest = this.#rest.subarray(part.length);
      missing -= part.length;
      parts.push(part);
    }
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
  }

  async skip(length: number): Promise<boolean> {
    let missing = length;
    while (missing > 0) {
      if (this.#rest.length === 0 && !(await this.#more())) return false;
      const passed = Math.min(missing, this.#rest.length);
      this.#rest = this.#rest.subarray(passed);
      missing -= passed;
    }
    return true;
  }

  async #more(): Promise<boolean> {
    for (;;) {
      const { value, done } = await this.#chunks.next();
      if (done) return false;
      this.#left -= value.byteLength;
      if (this.#left < 0)
        throw new ConnectorError("too_large", "The archive of the repository is larger than it should be.");
      if (value.byteLength === 0) continue;
      this.#rest = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
      return true;
    }
  }
}
