/** What orders the best items beyond BM25. Each is on unless a bench asks what it is worth. */
export interface Ranking {
  /** What the beginnings of the items say, by a measure of its own beside the index's. */
  beginnings: boolean;
  /** Words that the best items share stand for what was meant. */
  feedback: boolean;
}

export const FULL_RANKING: Ranking = { beginnings: true, feedback: true };
