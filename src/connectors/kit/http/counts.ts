/** What a source's requests amounted to since it was opened. */
export interface HttpCounts {
  /** Requests sent, repeated ones and redirects included. */
  requests: number;
  /** Answers "not modified": they cost the service and us next to nothing. */
  notModified: number;
  /** Requests sent again after a failure. */
  retried: number;
  /** Time spent waiting because the service or its limits asked for it, summed over parallel requests. */
  waitedMs: number;
  /** Bytes of bodies as they came over the wire. */
  bytes: number;
}

export function noHttpCounts(): HttpCounts {
  return { requests: 0, notModified: 0, retried: 0, waitedMs: 0, bytes: 0 };
}
