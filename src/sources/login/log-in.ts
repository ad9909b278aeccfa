import type { LoginClient, Tokens } from "../../connectors/kit/index.ts";
import { ConnectorError } from "../../model/index.ts";
import { browserLogin } from "./browser-login.ts";
import { deviceLogin } from "./device-login.ts";
import type { LoginRequest, LoginWay } from "./login-request.ts";
import { pasteLogin } from "./paste-login.ts";

/** A login that takes longer was left alone. */
const LONGEST_MS = 10 * 60_000;

/** The ways a client offers, the most comfortable one first. */
export function waysOf(client: LoginClient): LoginWay[] {
  return [
    ...(client.authorizationUrl !== undefined ? (["browser"] as const) : []),
    ...(client.deviceUrl !== undefined ? (["device"] as const) : []),
    ...(client.authorizationUrl !== undefined ? (["paste"] as const) : []),
  ];
}

/** Leads a person through a login. Answers tokens that nobody has used yet; throws `auth` when it was refused or left alone. */
export async function logIn(way: LoginWay, request: LoginRequest): Promise<Tokens> {
  const ended = new AbortController();
  const signal = AbortSignal.any([request.signal, ended.signal]);
  const patience = request.clock.sleep(LONGEST_MS, signal).then(() => {
    if (!signal.aborted) ended.abort(tooLate(request.source));
  });
  try {
    return await BY_WAY[way]({ ...request, signal });
  } catch (error) {
    throw ended.signal.aborted ? tooLate(request.source) : error;
  } finally {
    ended.abort();
    await patience;
  }
}

const BY_WAY: Record<LoginWay, (request: LoginRequest) => Promise<Tokens>> = {
  browser: browserLogin,
  device: deviceLogin,
  paste: pasteLogin,
};

function tooLate(source: string): ConnectorError {
  return new ConnectorError("auth", `Nobody finished the login of ${source} within 10 minutes.`, {
    hint: `Begin anew: headwater login ${source}`,
  });
}
