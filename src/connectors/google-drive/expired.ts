import { ConnectorError } from "../kit/index.ts";

/** Drive has said so with each of these; whatever it was, the place is walked anew. */
export function expired(thrown: unknown, what: string): unknown {
  const { status } = ConnectorError.from(thrown);
  if (status !== 400 && status !== 404 && status !== 410) return thrown;
  return new ConnectorError("cursor_expired", `Google Drive does not know ${what} any more.`, {
    status,
    cause: thrown,
  });
}
