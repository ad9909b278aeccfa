import { ConnectorError } from "../../../model/index.ts";

/**
 * Whether asking again may help: `later` after a wait; `twice` for answers of a wrong shape and slow ones;
 * `credential` once, with a new credential; `never`.
 */
export type Again = "later" | "twice" | "credential" | "never";

/** One try came to nothing. Does not leave this room: the error inside is what the connector sees. */
export class TryFailed extends Error {
  readonly error: ConnectorError;
  readonly again: Again;
  /** The bucket already rests for as long as the service asked. */
  readonly told: boolean;

  constructor(error: ConnectorError, again: Again, told = false) {
    super(error.message);
    this.error = error;
    this.again = again;
    this.told = told;
  }
}

/** The service sent something that cannot be the answer. Often a passing fault of something in between. */
export function misshapen(message: string, status: number): TryFailed {
  const hint = "Nothing of it was stored; the next sync asks again.";
  return new TryFailed(new ConnectorError("bad_response", message, { status, hint }), "twice");
}
