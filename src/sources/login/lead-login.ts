import type { Clock, Logger, LoginClient } from "../../connectors/kit/index.ts";
import type { ConfiguredSource } from "../read-source.ts";
import type { Logins } from "../tokens/logins.ts";
import { logIn } from "./log-in.ts";
import { withLoginHttp } from "./login-http.ts";
import type { LoginPerson, LoginWay } from "./login-request.ts";

export interface LeadRequest {
  source: ConfiguredSource;
  client: LoginClient;
  way: LoginWay;
  person: LoginPerson;
  /** Opens a browser and answers whether that worked. */
  open: (address: string) => Promise<boolean>;
  logins: Logins;
  clock: Clock;
  log: Logger;
  signal: AbortSignal;
  /** Another process leads a login now; this one waits until it ends. */
  onWait: (other: { pid: number }) => void;
  /** It is this one's turn, and the person is asked. */
  onTurn?: () => void;
}

/**
 * Leads a person through the login of a source and keeps what was given. One process at a time does: who waited finds
 * the login done and uses it. Throws `auth` when it was refused or left alone.
 */
export async function leadLogin(request: LeadRequest): Promise<void> {
  const { source, client, way, person, open, logins, clock, log, signal } = request;
  const { id, settings } = source.entry;
  const begun = clock.now().toISOString();
  const turn = await logins.oneAtATime({ signal, onWait: request.onWait });
  try {
    const { state, since } = await logins.state(id);
    if (state === "valid" && since !== undefined && since >= begun) return;
    request.onTurn?.();
    const about = { source: id, allowPrivateNetwork: settings.allowPrivateNetwork, clock, log };
    const tokens = await withLoginHttp({ ...about, url: client.tokenUrl }, (http) =>
      logIn(way, { source: id, client, person, http, clock, open, signal }),
    );
    await logins.keep(id, tokens, client);
  } finally {
    turn.release();
  }
}
