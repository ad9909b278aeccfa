import { ConnectorError, type ErrorKind } from "../../../model/index.ts";
import type { Raw } from "./dispatch.ts";
import { type Again, TryFailed } from "./try-failed.ts";
import type { Wire } from "./wire.ts";

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|ALTNAME/;

/** What to say when no answer came at all. */
export function networkFailure(wire: Wire, host: string, error: unknown, late: boolean): TryFailed {
  if (error instanceof ConnectorError) return new TryFailed(error, "never");
  const code = codeOf(error);
  const { source } = wire;
  const failed = (again: Again, kind: ErrorKind, what: string, hint?: string) =>
    new TryFailed(new ConnectorError(kind, `${what}${code && ` (${code})`}.`, hint ? { hint } : {}), again);
  if (late || code === "UND_ERR_HEADERS_TIMEOUT")
    return failed("twice", "unavailable", `${host} did not answer ${source} in time`);
  if (CERTIFICATE.test(code))
    return failed(
      "never",
      "config",
      `${host} shows ${source} a certificate that this machine does not trust`,
      "For a company's own authority, start headwater with NODE_EXTRA_CA_CERTS=/path/to/authority.pem.",
    );
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return failed(
      "later",
      "unavailable",
      `The address of ${host} could not be found for ${source}`,
      `Check the network connection, and the address in the source ${source}.`,
    );
  if (wire.network.proxied && error instanceof Error && error.message.includes("(407)"))
    return new TryFailed(proxyWantsLogin(source, host), "never");
  if (wire.network.proxied && code === "UND_ERR_ABORTED")
    return failed(
      "later",
      "unavailable",
      `The proxy does not let ${source} through to ${host}`,
      "Check HTTPS_PROXY and NO_PROXY.",
    );
  if (code === "UND_ERR_INVALID_ARG")
    return failed("never", "bug", `A request of ${source} to ${host} could not be formed`);
  return failed(
    "later",
    "unavailable",
    `${host} could not be reached for ${source}`,
    "Check the network connection; the next sync asks again.",
  );
}

/** Status 407, which only a proxy sends. */
export function proxyWantsLogin(source: string, host: string): ConnectorError {
  return new ConnectorError("config", `The proxy on the way to ${host} wants a login from ${source}.`, {
    status: 407,
    hint: "Write it into HTTPS_PROXY, such as http://user:password@proxy.example:8080.",
  });
}

/** What to say when an answer began and did not end well. */
export function bodyFailure(wire: Wire, raw: Raw, error: Error, late: boolean): ConnectorError {
  if (error instanceof ConnectorError) return error;
  const { status } = raw;
  if (late)
    return new ConnectorError("unavailable", `${raw.url.host} did not finish its answer to ${wire.source} in time.`, {
      status,
    });
  if (error.name === "AbortError") return new ConnectorError("cancelled", "Stopped.");
  const packed = /^Z_|BROTLI/.test(codeOf(error)) || /decompression failed|unexpected end of file/i.test(error.message);
  return new ConnectorError(
    "bad_response",
    packed
      ? `${raw.url.host} sent ${wire.source} compressed data that cannot be unpacked.`
      : `${raw.url.host} broke off in the middle of its answer to ${wire.source}.`,
    { status, hint: "Nothing of it was stored; the next sync asks again." },
  );
}

/** The code of an error, of what caused it, or of the first of several. */
function codeOf(error: unknown): string {
  for (
    let one = error as Faulty | undefined, depth = 0;
    one && depth < 4;
    one = one.cause ?? one.errors?.[0], depth++
  ) {
    if (typeof one.code === "string") return one.code;
  }
  return "";
}

interface Faulty {
  code?: unknown;
  cause?: Faulty;
  errors?: Faulty[];
}
