import { ConnectorError } from "../../model/index.ts";

/** One file in an archive. */
export interface TarEntry {
  name: string;
  bytes: number;
}

/** POSIX ustar, IEEE Std 1003.1-2017, "pax", read 2026-11-21: blocks of 512 bytes, a header before each file. */
const BLOCK = 512;
/** The largest size that eleven octal digits tell; larger ones are told in base 256, as GNU tar and bsdtar do. */
const LARGEST_OCTAL = 0o77777777777;

/** The header of a file: `name` is plain ASCII of at most 100 characters. */
export function tarHeader({ name, bytes }: TarEntry, madeAt: Date): Buffer {
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0, 100, "ascii");
  header.write("0000600\0", 100);
  header.write("0000000\0", 108);
  header.write("0000000\0", 116);
  writeSize(header, bytes);
  header.write(`${octal(Math.floor(madeAt.getTime() / 1000), 11)}\0`, 136);
  header.write("        ", 148);
  header.write("0", 156);
  header.write("ustar\x0000", 257, "latin1");
  header.write(`${octal(sumOf(header), 6)}\0 `, 148);
  return header;
}

/** What fills a file up to a whole number of blocks. */
export function tarPadding(bytes: number): Buffer {
  return Buffer.alloc((BLOCK - (bytes % BLOCK)) % BLOCK);
}

/** The end of an archive. */
export const TAR_END = Buffer.alloc(BLOCK * 2);

/**
 * The files of an archive as they come. Each file's content must be read to its end before the next is asked for.
 * Throws `usage` for bytes that are no such archive.
 */
export async function* readTar(
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<TarEntry & { content: AsyncGenerator<Buffer> }> {
  const source = chunks[Symbol.asyncIterator]();
  let ahead: Buffer = Buffer.alloc(0);
  /** At most so many bytes; nothing at the end. */
  const some = async (most: number): Promise<Buffer> => {
    while (ahead.length === 0) {
      const { value, done } = await source.next();
      if (done) return ahead;
      ahead = value;
    }
    const part = ahead.subarray(0, most);
    ahead = ahead.subarray(part.length);
    return part;
  };
  async function* exactly(bytes: number): AsyncGenerator<Buffer> {
    for (let left = bytes; left > 0; ) {
      const part = await some(left);
      if (part.length === 0) throw noArchive("it ends too early");
      left -= part.length;
      yield part;
    }
  }
  const whole = async (bytes: number) => {
    const parts: Buffer[] = [];
    for await (const part of exactly(bytes)) parts.push(part);
    return Buffer.concat(parts);
  };
  for (;;) {
    const header = await whole(BLOCK);
    if (header.every((byte) => byte === 0)) return;
    const entry = entryOf(header);
    yield { ...entry, content: exactly(entry.bytes) };
    await whole(tarPadding(entry.bytes).length);
  }
}

function entryOf(header: Buffer): TarEntry {
  const told = Number.parseInt(header.toString("latin1", 148, 156), 8);
  const blank = Buffer.from(header);
  blank.write("        ", 148);
  if (told !== sumOf(blank)) throw noArchive("a header is damaged");
  const name = header.toString("latin1", 0, 100).replace(/\0.*$/s, "");
  const type = header.toString("latin1", 156, 157);
  if (type !== "0") throw noArchive(`${JSON.stringify(name)} is no plain file`);
  return { name, bytes: sizeIn(header) };
}

function writeSize(header: Buffer, bytes: number): void {
  if (bytes <= LARGEST_OCTAL) header.write(`${octal(bytes, 11)}\0`, 124);
  else {
    header.writeBigUInt64BE(BigInt(bytes), 128);
    header[124] = 0x80;
  }
}

function sizeIn(header: Buffer): number {
  const isLarge = ((header[124] as number) & 0x80) !== 0;
  const size = isLarge ? Number(header.readBigUInt64BE(128)) : Number.parseInt(header.toString("latin1", 124, 136), 8);
  if (!Number.isSafeInteger(size) || size < 0) throw noArchive("a size is damaged");
  return size;
}

function sumOf(header: Buffer): number {
  return header.reduce((sum, byte) => sum + byte, 0);
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}

function noArchive(why: string): ConnectorError {
  return new ConnectorError("usage", `This is no whole backup of headwater: ${why}.`, {
    hint: "Nothing was changed. Take another backup.",
  });
}
