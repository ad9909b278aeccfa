import { deflateRawSync } from "node:zlib";

/** One entry as it will stand in the file; whatever is given overrides what would be true. */
export interface ZipEntry {
  name: string;
  data: Uint8Array | string;
  stored?: boolean;
  /** Lies of the list of contents. */
  says?: { compressed?: number; uncompressed?: number; offset?: number; flags?: number; method?: number };
}

/** Writes a zip byte by byte, so that it can lie where a library would not. */
export function zipFile(
  entries: ZipEntry[],
  end: { count?: number; zip64?: { count: bigint; start?: bigint } } = {},
): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const plain = Buffer.from(entry.data as string);
    const packed = entry.stored ? plain : deflateRawSync(plain, { level: 9 });
    const name = Buffer.from(entry.name);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(entry.says?.flags ?? 0, 2);
    fields.writeUInt16LE(entry.says?.method ?? (entry.stored ? 0 : 8), 4);
    fields.writeUInt32LE(entry.says?.compressed ?? packed.length, 14);
    fields.writeUInt32LE(entry.says?.uncompressed ?? plain.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from("PK\u0003\u0004", "latin1"), fields, name, packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(entry.says?.offset ?? offset, 10);
    directory.push(Buffer.concat([Buffer.from("PK\u0001\u0002\u0014\u0000", "latin1"), fields, tail, name]));
    files.push(local);
    offset += local.length;
  }
  const list = Buffer.concat(directory);
  const ending = Buffer.alloc(22);
  ending.writeUInt32LE(0x06054b50, 0);
  const count = end.count ?? Math.min(entries.length, 0xffff);
  ending.writeUInt16LE(end.zip64 === undefined ? count : 0xffff, 8);
  ending.writeUInt16LE(end.zip64 === undefined ? count : 0xffff, 10);
  ending.writeUInt32LE(list.length, 12);
  ending.writeUInt32LE(end.zip64 === undefined ? offset : 0xffffffff, 16);
  return Buffer.concat([...files, list, ending64(offset, offset + list.length, end.zip64), ending]);
}

function ending64(start: number, place: number, lie: { count: bigint; start?: bigint } | undefined): Buffer {
  if (lie === undefined) return Buffer.alloc(0);
  const record = Buffer.alloc(76);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(lie.count, 24);
  record.writeBigUInt64LE(lie.count, 32);
  record.writeBigUInt64LE(lie.start ?? BigInt(start), 48);
  record.writeUInt32LE(0x07064b50, 56);
  record.writeBigUInt64LE(BigInt(place), 64);
  record.writeUInt32LE(1, 72);
  return record;
}
