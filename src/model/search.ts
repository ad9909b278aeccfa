import type { Principal } from "./item.ts";

/** Who is asking. `everything` is the owner of the store; others see what access lists allow. */
export type Viewer = "everything" | { principals: Principal[] };

/** Narrows a search or a listing; every field is a set of which one must match. Times are ISO 8601. */
export interface Filters {
  sources?: string[];
  kinds?: string[];
  containers?: string[];
  authors?: string[];
  tags?: string[];
  /** Items updated at or after. */
  since?: string;
  /** Items updated before. */
  until?: string;
}

export interface SearchRequest extends Filters {
  /** As a person types it: words, "quoted phrases", identifiers, `source:`-style filters, `-excluded`. */
  query: string;
  limit: number;
  /** From an earlier answer's `nextCursor`. */
  cursor?: string;
  viewer: Viewer;
  /** What is alike in meaning counts beside the words. */
  alike?: Alike;
}

/** What knows which items are near a question in meaning. */
export interface Alike {
  /** The store's own numbers of items, nearest first: of all, or of those among the given ones. */
  rows(among?: readonly number[]): readonly number[];
  /** What a place by meaning counts beside one by words; by default the store's to say. */
  weight?: number;
}

/** The best passage of a body: `text` has matched words between ** and **; `offset` is where to fetch on. */
export interface Snippet {
  text: string;
  /** Position in the item's text, in UTF-16 units. */
  offset: number;
}

export interface SearchHit {
  source: string;
  id: string;
  kind: string;
  title: string;
  url?: string;
  container?: string;
  authors: string[];
  tags: string[];
  createdAt?: string;
  updatedAt?: string;
  snippet: Snippet;
  /** Higher is better; comparable inside one answer only. */
  score: number;
  /** Whether all words of the question were met, or some. */
  matched: "all" | "some";
  /** Where the same text lies again, as far as this viewer may see it, best first: no hits of their own. At most 5. */
  copies?: HitPlace[];
  /** The other messages of its conversation that met the question as well: no hits of their own. */
  thread?: HitThread;
}

/** An item that a hit stands for. */
export interface HitPlace {
  source: string;
  id: string;
  title: string;
  url?: string;
  container?: string;
}

export interface HitThread {
  /** The id, in the hit's source, of what the messages hang from: the hit itself, or what to fetch for all of them. */
  id: string;
  /** How many other messages of it met the question, at least. */
  more: number;
}

export interface SearchAnswer {
  hits: SearchHit[];
  nextCursor?: string;
  /** How the question was read, so that an empty answer can be explained. */
  understood: {
    words: string[];
    phrases: string[];
    /** Stop words and words that no item holds. */
    ignored: string[];
    filters: Filters;
    /** Sentences about filters that name nothing known, with the nearest right word. */
    hints: string[];
  };
}
