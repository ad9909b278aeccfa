import type { Item } from "../../model/item.ts";
import type { Batch } from "../store.ts";
import { FINGERPRINT_BYTES, fingerprint } from "./fingerprint.ts";
import { isPlain, type Measured } from "./measure.ts";

/** A batch as it goes to the writer. */
export interface PackedBatch extends Batch {
  /** The upserts, in place of `upserts`. */
  packed?: Packed;
}

/**
 * Items as one JSON text, and their texts as UTF-8 in memory that both threads see: a thousand objects and their strings
 * would be copied one by one, twice, while the writer waits.
 */
interface Packed {
  json: string;
  texts: Uint8Array;
}

/** An item and where its text is: at `at` its fingerprint, then `bytes` of UTF-8. */
interface Parcel {
  item: Item;
  at?: number;
  bytes?: number;
  length?: number;
  isPlain?: boolean;
  /** A text that UTF-8 cannot hold without loss. */
  text?: string;
}

/** An item as the writer gets it, its text measured already where the batch was packed. */
export interface Arriving {
  item: Item;
  text?: string | Measured;
}

/** Done by the thread that asks, since the one that writes is the busier one. */
export function packBatch(batch: Batch): PackedBatch {
  const sizes = batch.upserts.map(({ text }) => (isHeld(text) ? FINGERPRINT_BYTES + Buffer.byteLength(text) : 0));
  const texts = Buffer.from(new SharedArrayBuffer(sizes.reduce((sum, size) => sum + size, 0)));
  let at = 0;
  const parcels = batch.upserts.map(({ item, text }, number): Parcel => {
    if (text === undefined) return { item };
    if (!isHeld(text)) return { item, text };
    const bytes = (sizes[number] as number) - FINGERPRINT_BYTES;
    const parcel = { item, at, bytes, length: text.length, isPlain: isPlain(text, bytes) };
    at += FINGERPRINT_BYTES;
    texts.write(text, at);
    const hash = fingerprint(texts.subarray(at, at + bytes));
    if (hash !== null) texts.set(hash, at - FINGERPRINT_BYTES);
    at += bytes;
    return parcel;
  });
  return { ...batch, upserts: [], packed: { json: JSON.stringify(parcels), texts } };
}

/** The upserts of a batch, packed or not. */
export function unpackBatch({ upserts, packed }: PackedBatch): Arriving[] {
  if (packed === undefined) return upserts;
  const { buffer, byteOffset, byteLength } = packed.texts;
  const texts = Buffer.from(buffer, byteOffset, byteLength);
  return (JSON.parse(packed.json) as Parcel[]).map(({ item, text, at, bytes = 0, length = 0, isPlain = false }) => {
    if (at === undefined) return text === undefined ? { item } : { item, text };
    const from = at + FINGERPRINT_BYTES;
    const hash = bytes === 0 ? null : texts.subarray(at, from);
    return { item, text: { text: texts.subarray(from, from + bytes), hash, bytes, length, isPlain } };
  });
}

function isHeld(text: string | undefined): text is string {
  return text?.isWellFormed() === true;
}
