import type { Clock, Logger, LoginClient } from "../../../src/connectors/kit/index.ts";
import { systemClock } from "../../../src/sources/clock.ts";
import { logIn } from "../../../src/sources/login/log-in.ts";
import { withLoginHttp } from "../../../src/sources/login/login-http.ts";
import type { LoginPerson, LoginRequest, LoginWay } from "../../../src/sources/login/login-request.ts";

export const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {} };

/** A login with a person of the test's own. */
export function logInAs(
  person: Partial<LoginPerson>,
  client: LoginClient,
  way: LoginWay,
  more: Partial<LoginRequest> = {},
) {
  const about = { source: "hall", allowPrivateNetwork: true, clock: more.clock ?? systemClock, log: silent };
  const nobody: LoginPerson = {
    go: () => {},
    type: () => {},
    paste: async () => {
      throw new Error("nobody pastes");
    },
  };
  return withLoginHttp({ ...about, url: client.tokenUrl }, (http) =>
    logIn(way, {
      source: "hall",
      client,
      http,
      clock: systemClock,
      open: async () => true,
      signal: new AbortController().signal,
      ...more,
      person: { ...nobody, ...person },
    }),
  );
}

/** A clock that sleeps a hundredth of what it is asked, and as little as it can. */
export const hurried: Clock = { now: () => new Date(), sleep: (ms, signal) => systemClock.sleep(ms / 100, signal) };
