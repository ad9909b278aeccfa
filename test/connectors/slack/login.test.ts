import { afterEach, expect, it } from "vitest";
import { type SlackLogin, slackAuth } from "../../../src/connectors/slack/auth.ts";
import { refusedLogin } from "../../../src/sources/login/authorization.ts";
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
