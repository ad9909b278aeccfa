import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Clock } from "../../src/connectors/kit/index.ts";
import { systemClock } from "../../src/sources/clock.ts";
import { appTokens } from "../../src/sources/tokens/app-tokens.ts";
import { APP, type AuthorizationServer, startAuthorizationServer } from "./login/authorization-server.ts";
import { silent } from "./login/settings.ts";

let server: AuthorizationServer;
beforeAll(async () => {
  server = await startAuthorizationServer();
});
afterAll(() => server.close());

let shift: number;
/** This machine's time, moved. */
const clock: Clock = { now: () => new Date(Date.now() + shift), sleep: systemClock.sleep };
beforeEach(() => {
  shift = 0;
  server.grants.length = 0;
});

const HOUR = 3_600_000;
const open = (more: object = {}) =>
  appTokens(
    { source: "hall", allowPrivateNetwork: true, clock, log: silent },
    { ...APP, scopes: ["read"], tokenUrl: `${server.url}/token`, ...more },
  );

it("answers one token to all who ask until shortly before its end, and then another one", async () => {
  const tokens = open();
  const answers = await Promise.all(Array.from({ length: 20 }, () => tokens(false)));
  const [first] = answers;
  expect(await server.isGood(first?.accessToken ?? "")).toBe(true);
  expect(new Set(answers)).toEqual(new Set([first]));
  shift = HOUR - 6 * 60_000;
  expect(await tokens(false)).toBe(first);
  shift = HOUR - 4 * 60_000;
  expect((await tokens(false)).accessToken).not.toBe(first?.accessToken);
  expect(server.grants).toEqual(["client_credentials", "client_credentials"]);
});

it("gets another one when the service refuses the last", async () => {
  const tokens = open();
  const first = await tokens(false);
  const second = await tokens(true);
  expect(second.accessToken).not.toBe(first.accessToken);
  expect(await tokens(false)).toBe(second);
});

it("says who can help when the app may not have what it asks for", async () => {
  await expect(open({ scopes: ["write"] })(false)).rejects.toMatchObject({
    kind: "auth",
    message: "The login server of hall refused.",
    hint: expect.stringMatching(/^Ask who administers 127\.0\.0\.1:\d+ to let the app headwater-app have write\.$/),
  });
});

it("tells a wrong secret from a server that cannot be asked, and tries again when asked again", async () => {
  await expect(open({ clientSecret: "out-of-date" })(false)).rejects.toMatchObject({ kind: "config" });
  const tokens = open({ tokenUrl: "http://127.0.0.1:9/token" });
  await expect(tokens(false)).rejects.toMatchObject({ kind: "unavailable" });
  await expect(tokens(false)).rejects.toMatchObject({ kind: "unavailable" });
});
