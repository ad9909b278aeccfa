/** The bounds every exchange is kept in. Times are milliseconds. */
export interface HttpLimits {
  /** Until a connection stands, its encryption included. */
  connectMs: number;
  /** From the request sent to the first line of the answer. */
  headersMs: number;
  /** A body that brings fewer than `slowBytes` in any `slowWindowMs` is cut. */
  slowWindowMs: number;
  slowBytes: number;
  /** A longer wait is not slept: the error says when to come back, and the source pauses. */
  longestWaitMs: number;
  /** Tries of one request in all. */
  tries: number;
  /** Tries where the answer was of a wrong shape or too slow: repeating rarely helps. */
  shapeTries: number;
  /** Waits that nobody told: a random part of `backoffMs`, doubled with each try up to `longestBackoffMs`. */
  backoffMs: number;
  longestBackoffMs: number;
  /** Whole answers, where the request says nothing. */
  documentBytes: number;
  documentMs: number;
  streamBytes: number;
  streamMs: number;
}

export const HTTP_LIMITS: Readonly<HttpLimits> = {
  connectMs: 10_000,
  headersMs: 60_000,
  slowWindowMs: 30_000,
  slowBytes: 30 * 1024,
  longestWaitMs: 5 * 60_000,
  tries: 5,
  shapeTries: 3,
  backoffMs: 1000,
  longestBackoffMs: 120_000,
  documentBytes: 32 * 1024 * 1024,
  documentMs: 60_000,
  streamBytes: 1024 * 1024 * 1024,
  streamMs: 10 * 60_000,
};
