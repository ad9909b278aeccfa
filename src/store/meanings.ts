/** A text that has no vectors yet. */
export interface DueText {
  /** The store's own number of the item. */
  row: number;
  /** Of the text that the vectors will stand for. */
  hash: Uint8Array;
  passages: string[];
}

/** A part of the way through all items. */
export interface DuePage {
  texts: DueText[];
  /** Where to go on; undefined behind the last item. */
  next?: number;
}

/** How far the reading of texts came. */
export interface MeaningState {
  /** Items that can be found by meaning, and how many there are to be. */
  items: number;
  of: number;
  /** What went wrong when it was last tried. */
  problem?: string;
}

/**
 * Vectors of a tenant's texts, by one model, in a file beside the store: it can be lost at any time and is made again.
 * It only ever names rows: what a viewer may see, and whether an item is still there, is the store's to say.
 */
export interface Meanings {
  /**
   * Looks at the next items after a row, and answers those whose text has no vectors or those of an older text. Vectors
   * of items that are gone are removed on the way; those of items that are hidden for a while stay.
   */
  due(afterRow: number): DuePage;
  /**
   * Vectors for a text; none for one that the service does not take. True where the service now answers vectors of
   * another length, so that all others were dropped. Throws `store` where another process went over to another model.
   */
  keep(row: number, hash: Uint8Array, vectors: readonly Float32Array[]): boolean;
  /** Rows of items with a passage near the vector, nearest first, perhaps of the given items alone. */
  near(vector: Float32Array, limit: number, among?: readonly number[]): number[];
  state(): MeaningState;
  tell(problem: string | undefined): void;
  /** Whether this process may read texts now and until some time from now: no other that lives is at it. */
  claim(forMs: number): boolean;
  release(): void;
  close(): void;
}
