export type ErrorKind =
  | "config"
  | "auth"
  | "permission"
  | "not_found"
  | "rate_limited"
  | "unavailable"
  | "cursor_expired"
  | "bad_response"
  | "too_large"
  | "unsupported"
  | "cancelled"
  | "store"
  | "usage"
  | "bug";

export interface ErrorDetail {
  /** What to do next, best as a command to copy. */
  hint?: string;
  status?: number;
  retryAfterMs?: number;
  cause?: unknown;
}

/**
 * The only error that leaves a room. `message` and `hint` are our words, never a service's, and are safe to show:
 * they hold no secret, no stack and no path outside the user's own configuration.
 */
export class ConnectorError extends Error {
  override readonly name = "ConnectorError";
  readonly kind: ErrorKind;
  readonly hint: string | undefined;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(kind: ErrorKind, message: string, detail: ErrorDetail = {}) {
    super(message, { cause: detail.cause });
    this.kind = kind;
    this.hint = detail.hint;
    this.status = detail.status;
    this.retryAfterMs = detail.retryAfterMs;
  }

  /** Any thrown thing as one of ours; what we did not foresee becomes a `bug` without details. */
  static from(error: unknown): ConnectorError {
    if (error instanceof ConnectorError) return error;
    if (error instanceof Error && error.name === "AbortError") return new ConnectorError("cancelled", "Stopped.");
    return new ConnectorError("bug", "Unexpected failure inside headwater.", { cause: error });
  }
}

/** An error as data: what is stored in failure rows and run reports and crosses threads. */
export interface Problem {
  kind: ErrorKind;
  message: string;
  hint?: string;
}

/** The part of an error that may be stored and shown. */
export function problemOf(error: unknown): Problem {
  const known = ConnectorError.from(error);
  return { kind: known.kind, message: known.message, ...(known.hint !== undefined && { hint: known.hint }) };
}
