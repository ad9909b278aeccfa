/** POSIX ustar, IEEE Std 1003.1-2017, "pax", read 2026-11-21: blocks of 512 bytes, a header before each file. */
const BLOCK = 512;
/** The largest size that eleven octal digits tell; larger ones are told in base 256, as GNU tar and bsdtar do. */
const LARGEST_OCTAL = 0o77777777777;

/** The header of a file: `name` is plain ASCII of at most 100 characters. */
export function tarHeader({ name, bytes }: { name: string; bytes: number }, madeAt: Date): Buffer {
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

function writeSize(header: Buffer, bytes: number): void {
  if (bytes <= LARGEST_OCTAL) header.write(`${octal(bytes, 11)}\0`, 124);
  else {
    header.writeBigUInt64BE(BigInt(bytes), 128);
    header[124] = 0x80;
  }
}

function sumOf(header: Buffer): number {
  return header.reduce((sum, byte) => sum + byte, 0);
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}
