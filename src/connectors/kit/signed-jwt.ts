import { createPrivateKey, type KeyObject } from "node:crypto";
import type { JWTPayload } from "jose";
import { ConnectorError } from "../../model/index.ts";

export interface JwtOrder {
  source: string;
  /** The name of the option that holds the key, for the error. */
  option: string;
  /** PEM: PKCS#1 or PKCS#8, line breaks also as `\n`. */
  privateKey: string;
  /** Shown to services that keep several public keys. */
  keyId?: string;
  /** Times in seconds since 1970. */
  claims: JWTPayload;
}

/** A token signed with RS256, by which an app or a service account proves itself. */
export async function signedJwt({ source, option, privateKey, keyId, claims }: JwtOrder): Promise<string> {
  const key = readKey(privateKey, source, option);
  const { SignJWT } = await import("jose"); // few sources need it, and every start would wait for it
  return new SignJWT(claims)
    .setProtectedHeader({ alg: "RS256", typ: "JWT", ...(keyId !== undefined && { kid: keyId }) })
    .sign(key);
}

function readKey(written: string, source: string, option: string): KeyObject {
  try {
    const key = createPrivateKey(written.replaceAll("\\n", "\n").trim());
    if (key.asymmetricKeyType === "rsa") return key;
  } catch {
    // Told below: what was wrong with it could show a part of it.
  }
  throw new ConnectorError("config", `${option} of ${source} is not an RSA private key in PEM form.`, {
    hint: `Keep the downloaded file as it is and refer to it: ${option}: file:/path/to/key.pem`,
  });
}
