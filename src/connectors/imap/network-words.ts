import type { ErrorKind } from "../kit/index.ts";
import type { ImapConfig } from "./options.ts";

type Told = [kind: ErrorKind, message: string, hint: string];

/** What Node and imapflow attach when there is no conversation, or none that can be trusted. */
interface Raised extends Error {
  code?: string;
  tlsFailed?: boolean;
  /** Of a certificate for other names: theirs. */
  cert?: { subjectaltname?: string };
}

/** Signed by nobody that is known here: X509_V_ERR_* of OpenSSL, as Node names them. */
const UNKNOWN_SIGNER =
  /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|CERT_UNTRUSTED)$/;
const OTHER_CERTIFICATE = /^(CERT_|ERR_TLS_CERT|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH_EXCEEDED)/;
const OLD_TLS = /UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|HANDSHAKE_FAILURE|NO_PROTOCOLS|DH_KEY_TOO_SMALL|LEGACY/;

/** A failure on the way to the server, in our words; undefined for what the server itself said. */
export function networkSays(error: Raised, source: string, config: ImapConfig): Told | undefined {
  const { host } = config;
  const port = config.port ?? (config.useSsl ? 993 : 143);
  const server = `${host}:${port}`;
  const code = error.code ?? "";
  const certificate = certificateSays(error, source, host);
  if (certificate !== undefined) return certificate;
  if (OLD_TLS.test(code))
    return [
      "config",
      `${server} speaks no TLS that is still safe (1.2 or newer).`,
      "Its owner has to switch TLS 1.2 on.",
    ];
  if (code === "ERR_SSL_WRONG_VERSION_NUMBER" || code === "EPROTO" || /packet length too long/.test(error.message))
    return [
      "config",
      `${server} does not begin with TLS.`,
      `Set port: 993 for ${source}; or, where the server turns to TLS later, useSsl: false with startTls: true.`,
    ];
  if (error.tlsFailed || /STARTTLS/i.test(error.message))
    return [
      "config",
      `${server} does not offer STARTTLS, so nobody signs in.`,
      `Set useSsl: true and port: 993 for ${source}.`,
    ];
  if (code === "GREETING_TIMEOUT" || code === "ClosedAfterConnectText")
    return [
      "unavailable",
      `${server} took the connection and did not greet as a mail server does.`,
      config.useSsl
        ? `Check host and port of ${source}.`
        : `Where TLS is spoken from the first byte set useSsl: true for ${source}.`,
    ];
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return [
      "unavailable",
      `There is no server by the name ${host}, or this machine is offline.`,
      `Check the host of ${source}.`,
    ];
  if (code === "ECONNREFUSED")
    return [
      "unavailable",
      `No mail server answers at ${server}.`,
      `Check host and port of ${source}, and that it runs.`,
    ];
  if (/^(CONNECT_TIMEOUT|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/.test(code))
    return [
      "unavailable",
      `${server} cannot be reached from this machine.`,
      `Check the network and the host of ${source}; some networks let no mail through.`,
    ];
  return undefined;
}

function certificateSays({ code = "", cert }: Raised, source: string, host: string): Told | undefined {
  if (UNKNOWN_SIGNER.test(code))
    return [
      "config",
      `The certificate of ${host} is signed by nobody that this machine knows.`,
      `For a server of your own: save its certificate, or its authority's, as a .pem file and set tlsCaFile for ${source}.`,
    ];
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID")
    return [
      "config",
      `The certificate of ${host} is for another name${namesIn(cert?.subjectaltname)}.`,
      `Set the name that the certificate has as host of ${source}.`,
    ];
  if (code === "CERT_HAS_EXPIRED")
    return [
      "config",
      `The certificate of ${host} has expired.`,
      "Its owner has to renew it. Check the clock of this machine too.",
    ];
  if (code === "CERT_NOT_YET_VALID")
    return ["config", `The certificate of ${host} is not valid yet.`, "Check the clock of this machine."];
  if (OTHER_CERTIFICATE.test(code))
    return ["config", `The certificate of ${host} cannot be trusted (${code}).`, `Check the host of ${source}.`];
  return undefined;
}

/** At most three names, and nothing but names: a certificate may hold anything. */
function namesIn(alternative = ""): string {
  const names = alternative.split(", ").map((entry) => entry.replace(/^(DNS|IP Address):/, ""));
  const plain = names.filter((name) => /^[a-z0-9*][a-z0-9.*:-]{0,80}$/i.test(name)).slice(0, 3);
  return plain.length === 0 ? "" : `: ${plain.join(", ")}`;
}
