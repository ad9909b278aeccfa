import { afterEach, describe, expect, it } from "vitest";
import { startGithubDialect } from "./github-dialect.ts";
import { logInAs } from "./settings.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function dialect(script: string[]) {
  const server = await startGithubDialect(script);
  open.push(server);
  const slept: number[] = [];
  let now = Date.parse("2026-05-01T09:00:00Z");
  const clock = {
    now: () => new Date(now),
    sleep: async (ms: number, signal?: AbortSignal) => {
      // The ten minutes of patience are waited for by nobody here.
      if (ms >= 600_000) return new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve()));
      slept.push(ms);
      now += ms;
      return undefined;
    },
  };
  return { server, slept, clock };
}

describe("GitHub's way of speaking OAuth", () => {
  it("a code is shown, asked about in the interval, slower after slow_down, until it was typed", async () => {
    const { server, slept, clock } = await dialect(["authorization_pending", "slow_down", "authorization_pending"]);
    const shown: unknown[] = [];
    const tokens = await logInAs({ type: (...all) => shown.push(all) }, server.client, "device", { clock });
    expect(shown).toEqual([["WDJB-MJHT", "https://github.com/login/device", new Date("2026-05-01T09:15:00Z")]]);
    expect(slept).toEqual([5000, 5000, 10_000, 10_000]);
    expect(tokens).toEqual({
      accessToken: "ghu_2",
      refreshToken: "ghr_2",
      expiresAt: "2026-05-01T17:00:30.000Z",
      scope: "",
    });
    expect(server.asked.every(({ accept }) => accept === "application/json")).toBe(true);
    expect(server.asked.at(-1)?.form).toEqual({
      client_id: "Iv23liHall",
      device_code: "3584d83530557fdd1f46af8289938c8ef79f9dc5",
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
    });
  });

  it.each([
    ["access_denied", "declined"],
    ["expired_token", "not entered in time"],
    ["device_flow_disabled", "device flow switched off"],
    ["something_new", "refused the login"],
  ])("%s ends the login at once in our words", async (code, words) => {
    const { server, clock } = await dialect([code]);
    const login = logInAs({}, server.client, "device", { clock });
    await expect(login).rejects.toMatchObject({ kind: "auth", message: expect.stringContaining(words) });
    await expect(login).rejects.not.toMatchObject({ message: expect.stringContaining("aloud") });
    expect(server.asked).toHaveLength(2);
  });

  it.each(["javascript:alert(1)", "http://github.com/login/device", "file:///etc/passwd", "https://a@evil.example/"])(
    "a person is never sent to %s",
    async (page) => {
      const server = await startGithubDialect([], page);
      open.push(server);
      const shown: unknown[] = [];
      const login = logInAs({ type: (...all) => shown.push(all) }, server.client, "device");
      await expect(login).rejects.toMatchObject({ kind: "bad_response" });
      expect(shown).toEqual([]);
    },
  );

  it("a wrong client id is told as such, with status 200 too", async () => {
    const { server, clock } = await dialect([]);
    const login = logInAs({}, { ...server.client, clientId: "Iv1.typo" }, "device", { clock });
    await expect(login).rejects.toMatchObject({ kind: "auth", hint: expect.stringContaining("clientId") });
  });

  it("a code that nobody types is asked about until it ends, not longer", async () => {
    const { server, clock, slept } = await dialect(Array<string>(500).fill("authorization_pending"));
    await expect(logInAs({}, server.client, "device", { clock })).rejects.toMatchObject({ kind: "auth" });
    expect(slept.reduce((sum, ms) => sum + ms, 0)).toBe(900_000);
  });
});
