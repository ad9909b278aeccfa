import type { Reach } from "./connection.ts";
import type { Told } from "./explain.ts";

const UNKNOWN_SIGNER =
  /^(SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|CERT_UNTRUSTED|CERT_SIGNATURE_FAILURE|INVALID_CA)$/;
const REFUSED_BY_SERVER =
  /ALERT_(UNKNOWN_CA|DECRYPT_ERROR|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN|UNSUPPORTED_CERTIFICATE|CERTIFICATE_REVOKED)/;

/**
 * What went wrong between the certificates of two sides, by the codes of OpenSSL
 * (https://nodejs.org/api/tls.html#x509-certificate-error-codes, 2026-11) and the alerts that a server sends.
 */
export function tlsSays(error: Error, code: string, reach: Reach): Told | undefined {
  const server = `${reach.host}:${reach.port}`;
  if (code === "DEPTH_ZERO_SELF_SIGNED_CERT" && !hasAuthority(reach))
    return [
      "config",
      `The certificate of ${server} is signed by nobody but itself.`,
      "Copy the server's own certificate (server.crt) to this machine and set sslRootCert to the copy.",
    ];
  if (code === "DEPTH_ZERO_SELF_SIGNED_CERT" || UNKNOWN_SIGNER.test(code)) return unknownSigner(server, reach);
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return otherName(error, server);
  if (code === "CERT_HAS_EXPIRED")
    return ["config", `The certificate of ${server} has expired.`, "Have it renewed at the server."];
  if (code === "CERT_NOT_YET_VALID")
    return [
      "config",
      `The certificate of ${server} is not valid yet.`,
      "Check the clocks of the server and of this machine.",
    ];
  if (/ALERT_CERTIFICATE_EXPIRED/.test(code))
    return [
      "auth",
      "The certificate in sslCert has expired.",
      "Have a new one made, and set sslCert and sslKey to it.",
    ];
  if (/ALERT_CERTIFICATE_REQUIRED/.test(code))
    return ["auth", "The server wants a client certificate.", "Set sslCert and sslKey."];
  if (REFUSED_BY_SERVER.test(code))
    return [
      "auth",
      "The server does not know who signed the certificate in sslCert.",
      "Have one made by the authority that the server's ssl_ca_file names.",
    ];
  if (/^ERR_(SSL|TLS|OSSL)_|^(EE|CA)_|CERT/.test(code))
    return [
      "config",
      `No encryption could be agreed on with ${server} (${code}).`,
      "Bring the server's TLS up to date.",
    ];
  return undefined;
}

function hasAuthority({ rootCert }: Reach): boolean {
  return rootCert !== undefined && rootCert !== "system";
}

function unknownSigner(server: string, reach: Reach): Told {
  return hasAuthority(reach)
    ? [
        "config",
        `The certificate of ${server} is not signed by the authority in sslRootCert.`,
        "Fetch the .pem file of your provider anew: authorities change.",
      ]
    : [
        "config",
        `The certificate of ${server} is signed by nobody that this machine knows.`,
        "Set sslRootCert to the .pem file of your provider's certificate authority.",
      ];
}

function otherName(error: Error, server: string): Told {
  const names = namesIn(error);
  return [
    "config",
    `The certificate of ${server} is for ${names.length > 0 ? names.join(", ") : "another name"}.`,
    `Set host to ${names.length > 0 ? "that" : "the"} name; where it leads nowhere, ssl: verify-ca with sslRootCert checks the rest.`,
  ];
}

/** What the certificate is for, where it is nothing but the name of a machine. */
function namesIn(error: Error): string[] {
  const { cert } = error as { cert?: { subjectaltname?: unknown } };
  const said = typeof cert?.subjectaltname === "string" ? cert.subjectaltname : "";
  return [...said.matchAll(/(?:DNS|IP Address):([\w.:*-]{1,100})(?=,|$)/g)].map(([, name = ""]) => name).slice(0, 3);
}
