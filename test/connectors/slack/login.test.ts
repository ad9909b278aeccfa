import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { loginTrouble, loginWarning, withEnd } from "../../../src/cli/login-state.ts";
import { type SlackLogin, slackAuth } from "../../../src/connectors/slack/auth.ts";
import { refusedLogin } from "../../../src/sources/login/authorization.ts";
import { openLogins } from "../../../src/sources/tokens/open-logins.ts";
import { renewing } from "../../../src/sources/tokens/renew.ts";
import { logInAs, silent } from "../../sources/login/settings.ts";
import { SlackTwin } from "../../twins/slack/slack-twin.ts";

let twin: SlackTwin;
afterEach(async () => {
  const { refusals } = twin;
  await twin.close();
  expect(refusals).toEqual([]);
});

function clientOf(more: Partial<SlackLogin> = {}) {
  const config = {
    clientId: twin.oauth.clientId,
    includePrivate: true,
    includeDms: true,
    includeFiles: true,
    realTimeSearch: false,
    baseUrl: `${twin.origin}/api`,
    ...more,
  };
  const client = slackAuth.find(({ id }) => id === "oauth")?.login?.(config);
  if (client === undefined) throw new Error("there is no login");
  return client;
}

/** A browser that follows where it is sent. */
async function browse(address: string): Promise<boolean> {
  await fetch(address);
  return true;
}

it("a person logs in through the browser with PKCE, and the tokens rotate: each refresh token is used once", async () => {
  twin = await SlackTwin.open();
  const client = clientOf();
  const tokens = await logInAs({}, client, "browser", { open: browse });
  expect(tokens).toMatchObject({
    accessToken: expect.stringMatching(/^xoxp-/),
    refreshToken: expect.stringMatching(/^xoxe-/),
  });
  expect(tokens.scope?.split(" ")).toEqual(
    expect.arrayContaining(["channels:history", "im:history", "search:read", "files:read"]),
  );
  expect(Date.parse(tokens.expiresAt ?? "")).toBeGreaterThan(Date.now() + 11 * 3_600_000);

  const about = {
    source: "work",
    allowPrivateNetwork: true,
    clock: { now: () => new Date(), sleep: async () => {} },
    log: silent,
  };
  const renew = renewing(about);
  const newer = await renew(client, tokens, new AbortController().signal);
  expect(newer.accessToken).not.toBe(tokens.accessToken);
  expect(newer.refreshToken).not.toBe(tokens.refreshToken);
  await expect(renew(client, tokens, new AbortController().signal)).rejects.toMatchObject({ kind: "auth" });
  const asked = await fetch(`${twin.origin}/api/auth.test`, {
    headers: { authorization: `Bearer ${newer.accessToken}` },
  });
  expect(await asked.json()).toMatchObject({ ok: true, user: "marta.quill" });
});

it("asks for Real-time Search where the options say so, and only in what they follow", async () => {
  twin = await SlackTwin.open();
  const searching = async (more: object) => {
    const { scope } = await logInAs({}, clientOf({ realTimeSearch: true, ...more }), "browser", { open: browse });
    return scope?.split(" ").filter((one) => one.startsWith("search:"));
  };
  const bare = { includePrivate: false, includeDms: false, includeFiles: false };
  expect(await searching(bare)).toEqual(["search:read", "search:read.public"]);
  expect(await searching({ includePrivate: true, includeDms: true, includeFiles: true })).toEqual([
    ...["search:read", "search:read.public", "search:read.private"],
    ...["search:read.im", "search:read.mpim", "search:read.files"],
  ]);
  expect(await searching({ ...bare, realTimeSearch: false })).toEqual(["search:read"]);
  expect(twin.oauth.refusals).toEqual([]);
});

it("what Slack refuses is said in our words", async () => {
  twin = await SlackTwin.open();
  const wrong = clientOf({ clientId: "1.2" });
  const login = logInAs({}, wrong, "browser", { open: browse });
  await expect(login).rejects.toMatchObject({ message: refusedLogin("invalid_client", "hall").message });
  twin.oauth.refusals.length = 0;
  const { asStandard } = clientOf();
  expect(asStandard?.({ ok: false, error: "invalid_refresh_token" })).toEqual({ error: "invalid_grant" });
  expect(asStandard?.({ ok: false, error: "bad_redirect_uri" })).toEqual({ error: "redirect_uri_mismatch" });
});

it("a login that nothing used for 25 days is told to end, five days before it does; each renewal puts that off", async () => {
  twin = await SlackTwin.open();
  const client = clientOf();
  const dataFolder = mkdtempSync(join(tmpdir(), "headwater-slack-login-"));
  let now = Date.parse("2026-05-01T08:00:00Z");
  const clock = { now: () => new Date(now), sleep: async () => {} };
  const logins = openLogins({ dataFolder, tenant: "default", clock, log: silent });
  const said = async (days: number) => {
    const at = new Date(now + days * 24 * 3_600_000);
    const login = withEnd(await logins.state("work"), client);
    return [loginWarning("work", login, at), loginTrouble("work", login, at)];
  };
  const tokens = { accessToken: "xoxe.xoxp-1", refreshToken: "xoxe-1-r", expiresAt: "2026-05-01T20:00:00Z" };
  await logins.keep("work", tokens, client);
  expect(await said(24)).toEqual([undefined, undefined]);
  const warning = "the login ends on 2026-05-31 unless it is used before: headwater sync work";
  expect(await said(25.5)).toEqual([warning, undefined]);
  expect((await said(31))[1]).toBe("the login has ended, because nothing used it for long: headwater login work");
  now += 26 * 24 * 3_600_000;
  const renew = async () => ({ ...tokens, accessToken: "xoxe.xoxp-2", expiresAt: "2026-05-28T08:00:00Z" });
  await logins.tokens({ source: "work", client, renew });
  expect(await said(10)).toEqual([undefined, undefined]);
  rmSync(dataFolder, { recursive: true });
});
