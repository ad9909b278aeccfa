/** POSIX.1-2001 (IEEE Std 1003.1-2017, "pax"), read 2026-11-21: blocks of 512 bytes, a header before each file. */
const BLOCK = 512;
/** Extended headers hold paths and little else. */
const LARGEST_HEADER = 1_000_000;

/** What stands in an archive. */
export interface TarEntry {
  path: string;
  bytes: number;
  /** False for folders, links and whatever else is no plain file. */
  isFile: boolean;
  /** Its bytes as they come. What is not read before the next entry is asked for is passed over without being held. */
  content: AsyncGenerator<Buffer>;
}

/**
 * The entries of a tar archive as it streams by, with pax headers, which `git archive` writes, and GNU long names. Throws
 * what `damaged` makes of the reason when it is no tar archive or ends early.
 */
export async function* readTar(
  archive: AsyncIterable<Uint8Array>,
  damaged: (why: string) => Error,
): AsyncGenerator<TarEntry> {
  const blocks = new Blocks(archive, damaged);
  let named: string | undefined;
  for (;;) {
    const header = await blocks.take(BLOCK);
    if (header.every((byte) => byte === 0)) return;
    const { type, size, name } = headerOf(header, damaged);
    const padding = (BLOCK - (size % BLOCK)) % BLOCK;
    if (type === "x" || type === "L") {
      if (size > LARGEST_HEADER) throw damaged("a header is too large");
      const told = await blocks.take(size);
      await blocks.skip(padding);
      named = type === "x" ? (paxPath(told, damaged) ?? named) : untilNul(told);
      continue;
    }
    const path = named ?? name;
    if (type !== "g") named = undefined;
    const rest = { bytes: size };
    const isFile = type === "0" || type === "\0" || type === "7";
    yield { path, bytes: size, isFile, content: contentOf(blocks, rest) };
    await blocks.skip(rest.bytes + padding);
  }
}

async function* contentOf(blocks: Blocks, rest: { bytes: number }): AsyncGenerator<Buffer> {
  while (rest.bytes > 0) {
    const part = await blocks.some(rest.bytes);
    rest.bytes -= part.length;
    yield part;
  }
}

function headerOf(header: Buffer, damaged: (why: string) => Error): { type: string; size: number; name: string } {
  const sum = Number.parseInt(untilNul(header.subarray(148, 156)).trim(), 8);
  let counted = 8 * 32;
  for (let at = 0; at < BLOCK; at++) if (at < 148 || at >= 156) counted += header[at] as number;
  if (sum !== counted) throw damaged("a checksum is wrong");
  const size = sizeOf(header.subarray(124, 136));
  if (!Number.isSafeInteger(size) || size < 0) throw damaged("a size cannot be read");
  const isUstar = header.toString("latin1", 257, 262) === "ustar";
  const prefix = isUstar ? untilNul(header.subarray(345, 500)) : "";
  const name = untilNul(header.subarray(0, 100));
  const type = String.fromCharCode(header[156] as number);
  return { type, size, name: prefix === "" ? name : `${prefix}/${name}` };
}

/** Octal digits, or a big-endian number behind a set first bit for what octal cannot hold. */
function sizeOf(field: Buffer): number {
  const first = field[0] as number;
  return first & 0x80 ? Number(field.readBigUInt64BE(4)) : Number.parseInt(untilNul(field).trim() || "0", 8);
}

/** The path among records of the form `<length> <key>=<value>\n`, whose length counts bytes. */
function paxPath(records: Buffer, damaged: (why: string) => Error): string | undefined {
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

/** A stream in pieces of asked-for lengths; throws when it ends before. */
class Blocks {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #damaged: (why: string) => Error;
  #rest: Buffer = Buffer.alloc(0);

  constructor(archive: AsyncIterable<Uint8Array>, damaged: (why: string) => Error) {
    this.#chunks = archive[Symbol.asyncIterator]();
    this.#damaged = damaged;
  }

  /** At least one byte, and at most so many. */
  async some(most: number): Promise<Buffer> {
    while (this.#rest.length === 0) {
      const { value, done } = await this.#chunks.next();
      if (done) throw this.#damaged("it ends early");
      this.#rest = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    }
    const part = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(part.length);
    return part;
  }

  async take(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let left = length; left > 0; left -= (parts.at(-1) as Buffer).length) parts.push(await this.some(left));
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
  }

  async skip(length: number): Promise<void> {
    for (let left = length; left > 0; ) left -= (await this.some(left)).length;
  }
}
