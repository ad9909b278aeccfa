import { Inflate } from "fflate";
import { ZIP_LIMITS } from "../limits.ts";
import { corrupt, refusal, tooLarge } from "../refuse.ts";

interface Entry {
  name: string;
  flags: number;
  method: number;
  compressed: number;
  offset: number;
}

/** An office package. Only entries that are asked for are inflated, and what comes out is counted. */
export interface ZipPackage {
  names(): IterableIterator<string>;
  has(entry: string): boolean;
  /** The entry's bytes piece by piece; stopping early inflates no further. Nothing when there is no such entry. */
  chunks(entry: string): Generator<Uint8Array>;
}

const PIECE = 4096; // deflate grows a byte to at most 1032, so a piece to at most 4 MB
const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;

/**
 * Opens a zip by its central directory (APPNOTE 6.3.10, read 2026-11-21). Declared sizes are hints; too many entries,
 * overlapping entries and runaway growth are refused.
 */
export function openZip(bytes: Uint8Array, name: string): ZipPackage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fail = (detail: string) => corrupt(name, "document", detail);
  const entries = readDirectory(view, bytes, fail, name);
  let total = 0;

  function* chunks(entryName: string): Generator<Uint8Array> {
    const entry = entries.get(entryName);
    if (entry === undefined) return;
    let size = 0;
    for (const { piece, consumed } of inflate(dataOf(view, bytes, entry, fail, name), entry.method, fail)) {
      size += piece.byteLength;
      total += piece.byteLength;
      if (size > Math.max(ZIP_LIMITS.ratioAfterBytes, consumed * ZIP_LIMITS.ratio)) {
        throw tooLarge(name, `a part of it unpacks to over ${ZIP_LIMITS.ratio} times its size, as zip bombs do`);
      }
      if (total > ZIP_LIMITS.outputBytes) {
        throw tooLarge(name, `it unpacks to more than ${ZIP_LIMITS.outputBytes / 1_000_000} MB`);
      }
      yield piece;
    }
  }
  return { names: () => entries.keys(), has: (entry) => entries.has(entry), chunks };
}

type Fail = (detail: string) => Error;

function readDirectory(view: DataView, bytes: Uint8Array, fail: Fail, name: string): Map<string, Entry> {
  const { count, start } = findDirectory(view, fail);
  if (count > ZIP_LIMITS.entries) throw tooManyEntries(name);
  const entries = new Map<string, Entry>();
  let at = start;
  for (let index = 0; index < count; index++) {
    if (at + 46 > view.byteLength || view.getUint32(at, true) !== CENTRAL)
      throw fail("its list of contents is damaged");
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const entryName = Buffer.from(bytes.subarray(at + 46, at + 46 + nameLength)).toString("utf8");
    const entry: Entry = {
      name: entryName,
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      compressed: view.getUint32(at + 20, true),
      offset: view.getUint32(at + 42, true),
    };
    readExtra64(view, at + 46 + nameLength, extraLength, view.getUint32(at + 24, true), entry);
    if (!entries.has(entryName)) entries.set(entryName, entry);
    at += 46 + nameLength + extraLength + view.getUint16(at + 32, true);
  }
  refuseOverlaps([...entries.values()], fail);
  return entries;
}

function tooManyEntries(name: string): Error {
  return tooLarge(name, `it holds more than ${ZIP_LIMITS.entries.toLocaleString("en-US")} parts`);
}

/** Where the list of contents starts and how long it is; the real end lies in the last 64 KB. */
function findDirectory(view: DataView, fail: Fail): { count: number; start: number } {
  const lowest = Math.max(0, view.byteLength - 65_557);
  let end = view.byteLength - 22;
  while (end >= lowest && view.getUint32(end, true) !== END) end--;
  if (end < lowest) throw fail("it is cut off before its end");
  const count = view.getUint16(end + 10, true);
  const start = view.getUint32(end + 16, true);
  if (count !== 0xffff && start !== 0xffffffff) return { count, start };
  const locator = end - 20;
  if (locator < 0 || view.getUint32(locator, true) !== LOCATOR_64) return { count, start };
  const end64 = Number(view.getBigUint64(locator + 8, true));
  if (end64 + 56 > view.byteLength || view.getUint32(end64, true) !== END_64)
    throw fail("its list of contents is damaged");
  return { count: Number(view.getBigUint64(end64 + 32, true)), start: Number(view.getBigUint64(end64 + 48, true)) };
}

/** Sizes and places that did not fit into 32 bits. */
function readExtra64(view: DataView, start: number, length: number, uncompressed: number, entry: Entry): void {
  if (uncompressed !== 0xffffffff && entry.compressed !== 0xffffffff && entry.offset !== 0xffffffff) return;
  const end = Math.min(start + length, view.byteLength);
  let at = start;
  while (at + 4 <= end && view.getUint16(at, true) !== 1) at += 4 + view.getUint16(at + 2, true);
  at += 4;
  const next = () => {
    const value = at + 8 <= end ? Number(view.getBigUint64(at, true)) : Number.MAX_SAFE_INTEGER;
    at += 8;
    return value;
  };
  if (uncompressed === 0xffffffff) next();
  if (entry.compressed === 0xffffffff) entry.compressed = next();
  if (entry.offset === 0xffffffff) entry.offset = next();
}

/** Entries that share bytes are how small zips unpack to petabytes (D. Fifield, "A better zip bomb", 2019). */
function refuseOverlaps(entries: Entry[], fail: Fail): void {
  entries.sort((left, right) => left.offset - right.offset);
  for (let index = 1; index < entries.length; index++) {
    const before = entries[index - 1]!;
    if (before.offset + 30 + before.compressed > entries[index]!.offset)
      throw fail("its parts overlap, as in a zip bomb");
  }
}

function dataOf(view: DataView, bytes: Uint8Array, entry: Entry, fail: Fail, name: string): Uint8Array {
  if ((entry.flags & 1) !== 0) {
    const hint = "Save a copy without the password, and sync once more.";
    throw refusal("unsupported", name, "is protected by a password, so its text cannot be read.", hint);
  }
  if (entry.offset + 30 > view.byteLength || view.getUint32(entry.offset, true) !== LOCAL) {
    throw fail("its list of contents points outside the file");
  }
  const start = entry.offset + 30 + view.getUint16(entry.offset + 26, true) + view.getUint16(entry.offset + 28, true);
  if (start + entry.compressed > view.byteLength) throw fail("its list of contents points outside the file");
  return bytes.subarray(start, start + entry.compressed);
}

/** What comes out, piece by piece, and how many packed bytes it took so far. */
function* inflate(data: Uint8Array, method: number, fail: Fail): Generator<{ piece: Uint8Array; consumed: number }> {
  if (method === 0) {
    yield { piece: data, consumed: data.byteLength };
    return;
  }
  if (method !== 8) throw fail("it is packed in a way that office files are not");
  const out: Uint8Array[] = [];
  const stream = new Inflate((piece) => out.push(piece));
  for (let at = 0; at < data.byteLength || at === 0; at += PIECE) {
    try {
      stream.push(data.subarray(at, at + PIECE), at + PIECE >= data.byteLength);
    } catch {
      throw fail("a part of it cannot be unpacked");
    }
    const consumed = Math.min(at + PIECE, data.byteLength);
    for (const piece of out.splice(0)) yield { piece, consumed };
  }
}
