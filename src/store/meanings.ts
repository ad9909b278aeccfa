/** A text that has no vectors yet. */
export interface DueText {
  /** The store's own number of the item. */
  row: number;
  /** Of the text that the vectors will stand for. */
  hash: Uint8Array;
  passages: string[];
}

/**
 * Vectors of a tenant's texts, by one model, in a file beside the store: it can be lost at any time and is made again.
 * It only ever names rows: what a viewer may see, and whether an item is still there, is the store's to say.
 */
export interface Meanings {
  /** The next items after a row whose text has no vectors, or those of an older text. */
  due(afterRow: number, limit: number): DueText[];
  keep(row: number, hash: Uint8Array, vectors: readonly Float32Array[]): void;
  /** Removes the vectors of items that are gone, hidden or changed. */
  forgetGone(): void;
  /** Rows of items with a passage near the vector, nearest first; none for a vector of another length. */
  near(vector: Float32Array, limit: number): number[];
  /** How many items have vectors, and what went wrong when it was last tried. */
  state(): { items: number; problem?: string };
  tell(problem: string | undefined): void;
  close(): void;
}
