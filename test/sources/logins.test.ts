import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Clock, Tokens } from "../../src/connectors/kit/index.ts";
import { ConnectorError } from "../../src/model/index.ts";
import { systemClock } from "../../src/sources/clock.ts";
import { maskSecrets } from "../../src/sources/secret.ts";
import type { Renew } from "../../src/sources/tokens/logins.ts";
import { openLogins } from "../../src/sources/tokens/open-logins.ts";
import { renewing } from "../../src/sources/tokens/renew.ts";
import { type AuthorizationServer, startAuthorizationServer } from "./login/authorization-server.ts";
import { browse } from "./login/browser.ts";
import { startGithubDialect } from "./login/github-dialect.ts";
import { logInAs, silent } from "./login/settings.ts";

let server: AuthorizationServer;
beforeAll(async () => {
  server = await startAuthorizationServer();
});
afterAll(() => server.close());

let folder: string;
let shift: number;
/** This machine's time, moved. */
const clock: Clock = { now: () => new Date(Date.now() + shift), sleep: systemClock.sleep };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "headwater-logins-"));
  shift = 0;
  server.grants.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const HOUR = 3_600_000;
const open = (tenant = "default") => openLogins({ dataFolder: folder, tenant, clock, log: silent });
const renew = renewing({ source: "hall", allowPrivateNetwork: true, clock, log: silent });
const ask = (more: object = {}) => ({ source: "hall", client: server.client, renew, ...more });
const never: Renew = async () => {
  throw new Error("nobody should have asked the server");
};
const unreachable: Renew = async () => {
  throw new ConnectorError("unavailable", "The network is down.");
};

async function realLogin(): Promise<Tokens> {
  return logInAs({ go: (address) => void browse(address) }, server.client, "browser");
}

describe("a kept login", () => {
  it("answers the same tokens while they are good, in every process, without asking anybody", async () => {
    const tokens = await realLogin();
    await open().keep("hall", tokens, server.client);
    expect(await open().tokens(ask({ renew: never }))).toEqual(tokens);
    expect(readFileSync(join(folder, "keys", "default.logins"), "utf8")).not.toContain(tokens.accessToken);
  });

  it("is renewed five minutes before its end, and other processes find the new tokens", async () => {
    const tokens = await realLogin();
    const logins = open();
    await logins.keep("hall", tokens, server.client);
    shift = HOUR - 6 * 60_000;
    expect(await logins.tokens(ask({ renew: never }))).toEqual(tokens);
    shift = HOUR - 4 * 60_000;
    const renewed = await logins.tokens(ask());
    expect(renewed.accessToken).not.toBe(tokens.accessToken);
    expect(await server.isGood(renewed.accessToken)).toBe(true);
    expect(await open().tokens(ask({ renew: never }))).toEqual(renewed);
    expect(server.grants).toEqual(["authorization_code", "refresh_token"]);
  });

  it("is not answered before it is saved: the old tokens are void by then", async () => {
    const tokens = await realLogin();
    const logins = open();
    await logins.keep("hall", tokens, server.client);
    shift = HOUR;
    const barringTheFile: Renew = async (...given) => {
      const answer = await renew(...given);
      const file = join(folder, "keys", "default.logins");
      rmSync(file);
      mkdirSync(join(file, "in the way"), { recursive: true });
      return answer;
    };
    await expect(logins.tokens(ask({ renew: barringTheFile }))).rejects.toMatchObject({ kind: "store" });
  });

  it("rotates: each refresh token is used once, over many renewals", async () => {
    const logins = open();
    await logins.keep("hall", await realLogin(), server.client);
    for (let round = 1; round <= 5; round++) {
      shift = round * HOUR;
      expect(await server.isGood((await logins.tokens(ask())).accessToken)).toBe(true);
    }
    expect(server.grants.filter((grant) => grant === "refresh_token")).toHaveLength(5);
  });

  it("is renewed once when twenty ask at the same time", async () => {
    const logins = open();
    await logins.keep("hall", await realLogin(), server.client);
    shift = HOUR;
    const all = await Promise.all(Array.from({ length: 20 }, () => logins.tokens(ask())));
    expect(new Set(all.map((one) => one.accessToken)).size).toBe(1);
    expect(server.grants).toEqual(["authorization_code", "refresh_token"]);
  });

  it("is renewed when the service refuses it early, but not when another process already did", async () => {
    const [one, other] = [open(), open()];
    await one.keep("hall", await realLogin(), server.client);
    const first = await one.tokens(ask());
    expect(await other.tokens(ask())).toEqual(first);
    const second = await one.tokens(ask({ refused: true }));
    expect(second.accessToken).not.toBe(first.accessToken);
    expect(await other.tokens(ask({ refused: true, renew: never }))).toEqual(second);
  });

  it("whose renewal is refused says so with the command, and never asks again", async () => {
    const tokens = await realLogin();
    await open().keep("hall", { ...tokens, refreshToken: "of yesterday" }, server.client);
    shift = HOUR;
    const expected = { kind: "auth", hint: "Log in again: headwater login hall" };
    await expect(open().tokens(ask())).rejects.toMatchObject(expected);
    await expect(open().tokens(ask({ renew: never }))).rejects.toMatchObject(expected);
    expect((await open().state("hall")).state).toBe("refused");
    expect(server.grants).toEqual(["authorization_code", "refresh_token"]);
    await open().keep("hall", await realLogin(), server.client);
    expect((await open().state("hall")).state).toBe("valid");
  });

  it("is told from a refusal with status 200, as GitHub sends it", async () => {
    const github = await startGithubDialect();
    const kept = { accessToken: "ghu_1", refreshToken: "ghr_1", expiresAt: new Date(Date.now() - 1000).toISOString() };
    const asked = { source: "hall", client: github.client, renew };
    await open().keep("hall", kept, github.client);
    expect(await open().tokens(asked)).toMatchObject({ accessToken: "ghu_2", refreshToken: "ghr_2" });
    await open().keep("hall", { ...kept, refreshToken: "ghr_1" }, github.client);
    await expect(open().tokens(asked)).rejects.toMatchObject({ kind: "auth" });
    await github.close();
  });

  it("is used to its end while the server cannot be reached, without asking at every turn", async () => {
    const tokens = await realLogin();
    const logins = open();
    await logins.keep("hall", tokens, server.client);
    shift = HOUR - 4 * 60_000;
    expect(await logins.tokens(ask({ renew: unreachable }))).toEqual(tokens);
    expect(await logins.tokens(ask({ renew: never }))).toEqual(tokens);
    shift = HOUR + 1000;
    await expect(logins.tokens(ask({ renew: unreachable }))).rejects.toMatchObject({ kind: "unavailable" });
    expect((await logins.tokens(ask())).accessToken).not.toBe(tokens.accessToken);
  });

  it("that cannot be renewed is used to its end, and then asks for a new one", async () => {
    const { refreshToken: _none, ...tokens } = await realLogin();
    await open().keep("hall", tokens, server.client);
    shift = HOUR - 1000;
    expect(await open().tokens(ask({ renew: never }))).toEqual(tokens);
    expect((await open().state("hall")).state).toBe("valid");
    shift = HOUR;
    await expect(open().tokens(ask({ renew: never }))).rejects.toMatchObject({ kind: "auth" });
    expect((await open().state("hall")).state).toBe("ended");
  });

  it.each([
    ["another client id", { clientId: "of-before" }],
    ["another server, as a configuration of a stranger could name", { tokenUrl: "https://evil.example/token" }],
  ])("is neither shown nor renewed for %s", async (_name, other) => {
    await open().keep("hall", await realLogin(), server.client);
    const client = { ...server.client, ...other };
    for (shift of [0, HOUR]) {
      await expect(open().tokens(ask({ renew: never, client }))).rejects.toMatchObject({
        kind: "auth",
        message: expect.stringContaining("another client id or server"),
      });
    }
  });

  it("is nobody else's: not another source's, not another tenant's", async () => {
    await open().keep("hall", await realLogin(), server.client);
    await expect(open().tokens(ask({ source: "kitchen" }))).rejects.toMatchObject({
      message: "Nobody is logged in for kitchen.",
      hint: "headwater login kitchen",
    });
    await expect(open("acme").tokens(ask())).rejects.toMatchObject({ kind: "auth" });
  });

  it("is masked in everything said from then on", async () => {
    const tokens = await realLogin();
    await open().keep("hall", tokens, server.client);
    expect(maskSecrets(`sent ${tokens.accessToken} and ${tokens.refreshToken}`)).toBe("sent *** and ***");
  });

  it("that was logged out of is gone, and answered once for withdrawing", async () => {
    const tokens = await realLogin();
    await open().keep("hall", tokens, server.client);
    expect(await open().forget("hall")).toEqual(tokens);
    expect(await open().forget("hall")).toBeUndefined();
    expect((await open().state("hall")).state).toBe("none");
  });
});
