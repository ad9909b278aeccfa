import { ConnectorError, type ErrorKind } from "../../../model/index.ts";
import { openBody } from "./body.ts";
import { decodeText } from "./decode.ts";
import type { Raw } from "./dispatch.ts";
import type { HttpFailure } from "./http.ts";
import { proxyWantsLogin } from "./network-failure.ts";
import type { Prepared } from "./request.ts";
import { withoutTokens } from "./request-log.ts";
import type { Explanation } from "./service.ts";
import type { Told } from "./told.ts";
import { TryFailed } from "./try-failed.ts";
import type { Wire } from "./wire.ts";

/** As much of a refusal as `explain` gets to see. */
const EXPLAINED_BYTES = 64 * 1024;
const AGAIN_LATER = [408, 425, 429, 500, 502, 503, 504, 529];

/** What a status other than success means: for the connector, and for whether to ask again. */
export async function refusalOf(
  wire: Wire,
  prepared: Prepared,
  raw: Raw,
  told: Told | undefined,
  signed: boolean,
): Promise<TryFailed> {
  const failure = await describe(wire, prepared, raw);
  const explained = wire.service.explain?.(failure);
  const limited = told?.spent === true && (raw.status === 403 || raw.status === 429);
  const kind = explained?.kind ?? (limited ? "rate_limited" : kindOf(raw.status));
  const error = explained ? explainedError(explained, raw.status, told) : plainError(wire, raw, kind, told);
  const renewable = raw.status === 401 && kind === "auth" && signed && isHome(wire, raw);
  const passing = explained ? isPassing(kind) : limited || AGAIN_LATER.includes(raw.status);
  const again = renewable ? "credential" : passing ? "later" : "never";
  return new TryFailed(error, again, told !== undefined);
}

/** An explanation as the error it stands for. */
export function explainedError(explained: Explanation, status: number, told?: Told): ConnectorError {
  const { kind, message, ...detail } = explained;
  return new ConnectorError(kind, message, { ...detail, status, ...(told && { retryAfterMs: told.ms }) });
}

/** Whether what was said will be otherwise after a while. */
export function isPassing(kind: ErrorKind): boolean {
  return kind === "rate_limited" || kind === "unavailable";
}

async function describe(wire: Wire, prepared: Prepared, raw: Raw): Promise<HttpFailure> {
  const { status, headers, url } = raw;
  const { origin, pathname: path } = url;
  return { status, headers, body: await beginningOf(wire, raw), origin, path, method: prepared.method };
}

/** Parsed where it is JSON, else the beginning of the text. A body that fails says nothing; the status stands. */
async function beginningOf(wire: Wire, raw: Raw): Promise<unknown> {
  const chunks: Buffer[] = [];
  try {
    let size = 0;
    for await (const chunk of openBody(wire, raw, Number.POSITIVE_INFINITY, () => false)) {
      chunks.push(chunk as Buffer);
      size += (chunk as Buffer).length;
      if (size >= EXPLAINED_BYTES) break;
    }
  } catch {
    // What came is what there is.
  }
  const text = decodeText(raw.headers, Buffer.concat(chunks).subarray(0, EXPLAINED_BYTES));
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function kindOf(status: number): ErrorKind {
  if (status === 401) return "auth";
  if (status === 403) return "permission";
  if (status === 404 || status === 410) return "not_found";
  if (status === 407) return "config";
  if (status === 413) return "too_large";
  if (status === 429) return "rate_limited";
  if (status === 408 || status === 425 || status >= 500) return "unavailable";
  return "bad_response";
}

/** Our words where the service has none of its own. */
function plainError(wire: Wire, raw: Raw, kind: ErrorKind, told: Told | undefined): ConnectorError {
  const { source } = wire;
  const { status } = raw;
  const { host } = raw.url;
  const say = (message: string, hint?: string) =>
    new ConnectorError(kind, message, { status, ...(told && { retryAfterMs: told.ms }), ...(hint && { hint }) });
  const of = isHome(wire, raw) ? `${withoutTokens(raw.url.pathname)} of ${host}` : `an address of ${host}`;
  if (kind === "auth") return refusedCredential(wire, raw);
  if (kind === "permission")
    return say(`${host} does not let ${source} read ${of}.`, `See what it may read: headwater test ${source}`);
  if (kind === "not_found")
    return say(
      status === 410
        ? `${of} is gone for good, ${source} was told.`
        : `${source} found nothing at ${of}, or is not allowed to see it.`,
    );
  if (status === 407) return proxyWantsLogin(source, host);
  if (kind === "too_large") return say(`${host} refused a request of ${source} as too large.`);
  if (kind === "rate_limited") return say(`${host} asks ${source} to come back later.`, "It goes on by itself then.");
  if (kind === "unavailable")
    return say(`${host} could not answer ${source} (${status}).`, `Try again later: headwater sync ${source}`);
  return say(
    `${host} refused a request of ${source} at ${of} (${status}).`,
    `Check the source: headwater test ${source}`,
  );
}

/** Status 401. Which command helps depends on how the source signs in. */
function refusedCredential(wire: Wire, raw: Raw): ConnectorError {
  const { source } = wire;
  const { host } = raw.url;
  if (!isHome(wire, raw))
    return new ConnectorError("permission", `${host} wants a login from ${source}.`, { status: 401 });
  const { howTo, login } = wire.credentials.way();
  return new ConnectorError("auth", `${host} refused the credential of ${source}.`, {
    status: 401,
    hint: `${howTo} Then run: headwater ${login ? "login" : "test"} ${source}`,
  });
}

function isHome(wire: Wire, raw: Raw): boolean {
  return raw.url.origin === wire.base.origin;
}
