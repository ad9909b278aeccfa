import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { type ConnectionOptions, createSecureContext } from "node:tls";
import { ConnectorError } from "../kit/index.ts";
import type { Mode } from "./address.ts";

/** How the two sides of an encrypted connection prove who they are. Paths are whole ones. */
export interface Proofs {
  mode: Mode;
  rootCert: string | undefined;
  cert: string | undefined;
  key: string | undefined;
  keyPassword: string | undefined;
}

/**
 * What the driver is given for an encrypted connection. The modes mean what they do in libpq: `require` checks nothing,
 * unless an authority is named (https://www.postgresql.org/docs/current/libpq-ssl.html, table 34.1; 2026-11). The files are read
 * each time, so that a renewed certificate is taken. Throws `config`.
 */
export function tlsOf({ mode, rootCert, cert, key, keyPassword }: Proofs): ConnectionOptions {
  if ((cert === undefined) !== (key === undefined))
    throw new ConnectorError(
      "config",
      `${cert ? "sslCert" : "sslKey"} is set without ${cert ? "sslKey" : "sslCert"}.`,
      {
        hint: "A client certificate needs both files.",
      },
    );
  const isNamed = rootCert !== undefined && rootCert !== "system";
  const proofs = {
    ...(isNamed && { ca: pemOf(rootCert, "sslRootCert", "CERTIFICATE") }),
    ...(cert !== undefined && { cert: pemOf(cert, "sslCert", "CERTIFICATE") }),
    ...(key !== undefined && { key: pemOf(key, "sslKey", "PRIVATE KEY") }),
    ...(keyPassword !== undefined && { passphrase: keyPassword }),
  };
  if (Object.keys(proofs).length > 0) tryOut(proofs);
  const checksSigner = mode === "verify-ca" || mode === "verify-full" || (mode === "require" && rootCert !== undefined);
  const checksName = mode === "verify-full" || (mode === "require" && rootCert === "system");
  return {
    ...proofs,
    rejectUnauthorized: checksSigner,
    ...(checksSigner && !checksName && { checkServerIdentity: () => undefined }),
  };
}

/** The day on which a client certificate ends, ISO 8601; undefined when it cannot be read. */
export function lastDayOf(cert: string): string | undefined {
  try {
    return new Date(new X509Certificate(readFileSync(cert)).validTo).toISOString().slice(0, 10);
  } catch {
    return undefined;
  }
}

/** The driver would say it in the words of its library, with the first connection. */
function tryOut(proofs: ConnectionOptions): void {
  try {
    createSecureContext(proofs);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    const message = cause instanceof Error ? cause.message : "";
    throw broken(code, message, proofs.passphrase !== undefined, cause);
  }
}

function broken(code: string, message: string, hasPassword: boolean, cause: unknown): ConnectorError {
  if (/PASSPHRASE|INTERRUPTED|BAD_DECRYPT|BAD_PASSWORD/.test(code) || /bad decrypt|interrupted/.test(message))
    return new ConnectorError(
      "config",
      `The file that sslKey names is locked${hasPassword ? ", and not with sslKeyPassword" : ""}.`,
      {
        hint: `${hasPassword ? "Correct" : "Set"} sslKeyPassword.`,
        cause,
      },
    );
  if (/MISMATCH/.test(code))
    return new ConnectorError("config", "sslKey is not the key of the certificate in sslCert.", {
      hint: "Name the two files that were made together.",
      cause,
    });
  return new ConnectorError("config", "sslRootCert, sslCert or sslKey names a file that is damaged.", {
    hint: "Fetch the files anew: PEM, with -----BEGIN and -----END lines.",
    cause,
  });
}

function pemOf(path: string, option: string, holds: "CERTIFICATE" | "PRIVATE KEY"): string {
  const text = read(path, option);
  if (text.includes(`${holds}-----`)) return text;
  const what = holds === "CERTIFICATE" ? "certificate" : "private key";
  throw new ConnectorError("config", `The file that ${option} names holds no ${what} in PEM form.`, {
    hint:
      what === "certificate"
        ? "Name another file, or turn it into PEM: openssl x509 -inform der -in FILE -out FILE.pem"
        : "Name another file, or turn it into PEM: openssl pkey -inform der -in FILE -out FILE.pem",
  });
}

function read(path: string, option: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new ConnectorError("config", `The file that ${option} names cannot be read.`, {
      hint: "Check the path and that your user may read it.",
      cause,
    });
  }
}
