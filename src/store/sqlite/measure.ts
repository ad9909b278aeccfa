import type { Batch, Upsert } from "../store.ts";
import { fingerprint } from "./fingerprint.ts";
import { indexable } from "./text.ts";

/** What the writer has to know of a text, so that it need not go through it. */
export interface Measured {
  hash: Uint8Array | null;
  /** As UTF-8. */
  bytes: number;
  /** The index takes the text as it is. */
  isPlain: boolean;
}

/** An upsert as it goes to the writer. */
export interface MeasuredUpsert extends Upsert {
  measured?: Measured;
}

export function measure(text: string): Measured {
  const bytes = Buffer.byteLength(text);
  return {
    hash: fingerprint(text),
    bytes,
    isPlain: bytes === text.length ? !text.includes("\0") : indexable(text) === text,
  };
}

/** The batch with its texts measured: by the thread that asks, since the one that writes is the busier one. */
export function measureTexts(batch: Batch): Batch {
  const upserts: MeasuredUpsert[] = batch.upserts.map((upsert) =>
    upsert.text === undefined ? upsert : { ...upsert, measured: measure(upsert.text) },
  );
  return { ...batch, upserts };
}
