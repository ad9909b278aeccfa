import type { Tokens } from "../../connectors/kit/index.ts";
import { problemOf } from "../../model/index.ts";
import { type Authorization, authorize } from "./authorization.ts";
import { openCallbackDoor } from "./callback-door.ts";
import type { LoginRequest } from "./login-request.ts";
import { oauthOf } from "./oauth.ts";

/** Through the browser, which comes back to a page of this machine (RFC 8252 §7.3). */
export async function browserLogin(request: LoginRequest): Promise<Tokens> {
  const { client, signal, source, clock } = request;
  const known = oauthOf(client, request.http.until(signal), signal);
  const { promise, resolve, reject } = deferred<Tokens>();
  let authorization: Authorization | undefined;
  const door = await openCallbackDoor(async (answer) => {
    if (!authorization?.claims(answer)) return undefined;
    try {
      resolve(await authorization.redeem(answer));
      return { ok: true };
    } catch (error) {
      reject(error);
      return { ok: false, message: problemOf(error).message };
    }
  }, client);
  const stop = () => reject(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  try {
    signal.throwIfAborted();
    authorization = await authorize(known, client, door.redirectUri, { source, now: () => clock.now() });
    request.person.go(authorization.url, await request.open(authorization.url));
    return await promise;
  } finally {
    signal.removeEventListener("abort", stop);
    await door.close();
  }
}

function deferred<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  promise.catch(() => {}); // it may fail before anybody waits
  return { promise, resolve, reject };
}
