import { ConnectorError } from "../../model/errors.ts";
import type { Item } from "../../model/item.ts";
import type { Batch } from "../store.ts";
import { FINGERPRINT_BYTES, writeFingerprint } from "./fingerprint.ts";
import { isPlain, type Measured } from "./measure.ts";

/** A batch as it goes to the writer. */
export interface PackedBatch extends Batch {
  /** The upserts, in place of `upserts`. */
  packed?: Packed;
  /** The rows, in place of `seenRows`: numbers in one piece of memory cross over in a tenth of the time. */
  met?: Float64Array;
}

/**
 * Items and their texts as bytes, one parcel behind the other, in memory that both threads see: a thousand objects and
 * their strings would be copied one by one, twice, while the writer waits, and all of them be kept until it is done.
 *
 * A parcel is a head of 32 bytes, the text as UTF-8 and the item as JSON. The head: bytes of the JSON, bytes of the text,
 * length of the text in UTF-16 units, what kind of text it is (four bytes each, the low one first), its fingerprint.
 */
interface Packed {
  parcels: number;
  /** Undefined once they belong to another batch. */
  bytes: Uint8Array | undefined;
}

const HEAD_BYTES = 16 + FINGERPRINT_BYTES;

const NO_TEXT = 0;
/** Behind the head. The index takes a plain one as it is. */
const HELD_TEXT = 1;
const PLAIN_TEXT = 2;
/** In the JSON: UTF-8 cannot hold it without loss. */
const LOOSE_TEXT = 3;

/** An item as the writer gets it, its text measured already where the batch was packed. */
export interface Arriving {
  item: Item;
  text?: string | Measured;
}

/** Memory for batches, used again for one after the other: new memory has to be found and cleared each time. */
export interface Packing {
  /** Done by the thread that asks, since the one that writes is the busier one. */
  pack(batch: Batch): PackedBatch;
  /** Ends the use of a packed batch, whose bytes then belong to another. */
  giveBack(batch: PackedBatch): void;
}

/** Twice as many as are under way in one sync. */
const MOST_KEPT = 4;
const LARGEST_KEPT = 8 * 1024 * 1024;
const SMALLEST = 256 * 1024;

export function newPacking(): Packing {
  const free: Buffer[] = [];
  return {
    pack(batch) {
      const upserts = newestOf(batch.upserts);
      const met = Float64Array.from(batch.seenRows);
      if (upserts.length === 0) return { ...batch, seenRows: [], met };
      const sheet = new Sheet(free.pop() ?? newMemory(SMALLEST));
      for (const upsert of upserts) sheet.add(upsert);
      return { ...batch, upserts: [], seenRows: [], met, packed: { parcels: upserts.length, bytes: sheet.written() } };
    },
    giveBack(batch) {
      const buffer = batch.packed?.bytes?.buffer;
      if (batch.packed === undefined || buffer === undefined) return;
      batch.packed.bytes = undefined;
      if (free.length < MOST_KEPT && buffer.byteLength <= LARGEST_KEPT) free.push(Buffer.from(buffer));
    },
  };
}

/** The upserts of a batch, packed or not, each item once. Those that were packed are made as they are asked for. */
export function* unpackBatch({ upserts, packed }: PackedBatch): Generator<Arriving> {
  yield* newestOf(upserts);
  if (packed === undefined) return;
  if (packed.bytes === undefined) throw new ConnectorError("bug", "A batch was written twice.");
  const { buffer, byteOffset, byteLength } = packed.bytes;
  const bytes = Buffer.from(buffer, byteOffset, byteLength);
  let at = 0;
  for (let count = 0; count < packed.parcels; count++) {
    const [jsonBytes, textBytes] = [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4)];
    const behindText = at + HEAD_BYTES + textBytes;
    const written = JSON.parse(bytes.toString("utf8", behindText, behindText + jsonBytes));
    const kind = bytes.readUInt32LE(at + 12);
    if (kind === NO_TEXT) yield { item: written };
    else if (kind === LOOSE_TEXT) yield written;
    else yield { item: written, text: measuredAt(bytes, at, textBytes, kind) };
    at = behindText + jsonBytes;
  }
}

function measuredAt(bytes: Buffer, at: number, textBytes: number, kind: number): Measured {
  const from = at + HEAD_BYTES;
  return {
    text: bytes.subarray(from, from + textBytes),
    hash: textBytes === 0 ? null : bytes.subarray(at + 16, from),
    bytes: textBytes,
    length: bytes.readUInt32LE(at + 8),
    isPlain: kind === PLAIN_TEXT,
  };
}

/** What comes last of an item holds, at the place of what came first. */
function newestOf(upserts: Batch["upserts"]): Batch["upserts"] {
  if (upserts.length < 2) return upserts;
  const newest = new Map(upserts.map((each) => [each.item.id, each]));
  return newest.size === upserts.length ? upserts : [...newest.values()];
}

function newMemory(bytes: number): Buffer {
  return Buffer.from(new SharedArrayBuffer(bytes));
}

/** Bytes that are written one after the other, into more memory when it is needed. */
class Sheet {
  #bytes: Buffer;
  #at = 0;

  constructor(memory: Buffer) {
    this.#bytes = memory;
  }

  add({ item, text }: Batch["upserts"][number]): void {
    const head = this.#at;
    const isHeld = text?.isWellFormed() === true;
    this.#need(HEAD_BYTES);
    this.#at += HEAD_BYTES;
    const textBytes = isHeld ? this.#write(text) : 0;
    const bare = item.text === undefined ? item : { ...item, text: undefined }; // it is in the parcel already
    const jsonBytes = this.#write(JSON.stringify(isHeld || text === undefined ? bare : { item: bare, text }));
    const bytes = this.#bytes;
    bytes.writeUInt32LE(jsonBytes, head);
    bytes.writeUInt32LE(textBytes, head + 4);
    bytes.writeUInt32LE(text?.length ?? 0, head + 8);
    if (!isHeld) {
      bytes.writeUInt32LE(text === undefined ? NO_TEXT : LOOSE_TEXT, head + 12);
      return;
    }
    bytes.writeUInt32LE(isPlain(text, textBytes) ? PLAIN_TEXT : HELD_TEXT, head + 12);
    const from = head + HEAD_BYTES;
    writeFingerprint(bytes.subarray(from, from + textBytes), bytes, head + 16);
  }

  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#at);
  }

  /** Answers how many bytes it took. */
  #write(text: string): number {
    if (text.length * 3 > this.#bytes.length - this.#at) this.#need(Buffer.byteLength(text));
    const bytes = this.#bytes.write(text, this.#at);
    this.#at += bytes;
    return bytes;
  }

  #need(bytes: number): void {
    const all = this.#at + bytes;
    if (all <= this.#bytes.length) return;
    const larger = newMemory(Math.max(all, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}
