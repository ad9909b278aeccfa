/** What orders the best items beyond BM25. Each is on unless a bench asks what it is worth. */
export interface Ranking {
  /** What the beginnings of the items say, by a measure of its own beside the index's. */
  beginnings: boolean;
  /** A word that the question says twice counts for more. */
  repeats: boolean;
  /** Words that stand together in the question stand together in the item. */
  nearness: boolean;
  /** Authors, tags and other names of an item are words of it too. */
  names: boolean;
  /** Words that the best items share stand for what was meant. */
  feedback: boolean;
  /** What was edited last comes first where the question asks for the latest. */
  freshness: boolean;
  /** The same text in two places, and the messages of one conversation, are one hit. */
  folding: boolean;
}

export const FULL_RANKING: Ranking = {
  beginnings: true,
  repeats: true,
  nearness: true,
  names: true,
  feedback: true,
  freshness: true,
  folding: true,
};
