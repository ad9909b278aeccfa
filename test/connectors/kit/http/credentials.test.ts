import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { AuthMethod, Credential, Tokens } from "../../../../src/connectors/kit/index.ts";
import { asking, byToken, sendJson, serve, serviceAt } from "./loopback.ts";

const Anything = z.unknown();

/** Gives out numbered tokens and counts how often it was asked. */
function numbered(until?: (nth: number) => number): AuthMethod & { asked: (string | undefined)[] } {
  const asked: (string | undefined)[] = [];
  return {
    ...byToken,
    asked,
    credential: async (_ctx, realm): Promise<Credential> => {
      asked.push(realm);
      const nth = asked.length;
      await new Promise((resolve) => setTimeout(resolve, 10));
      return { headers: { authorization: `Bearer ${realm ?? "own"}-${nth}` }, until: until?.(nth) };
    },
  };
}

const proofs = (server: { seen: { headers: { authorization?: string } }[] }) =>
  server.seen.map((seen) => seen.headers.authorization);

describe("a credential", () => {
  it("is asked for once, however many requests begin together, and once for each realm", async () => {
    const server = await serve((_seen, response) => sendJson(response, {}));
    const method = numbered();
    const { http } = asking(serviceAt(server.url, { auth: [method] }));
    const realms = [undefined, "acme", "globex", undefined, "acme", undefined];
    await Promise.all(realms.map((realm) => http.json({ url: "/", realm }, Anything)));
    expect(method.asked).toEqual([undefined, "acme", "globex"]);
    expect(new Set(proofs(server))).toEqual(new Set(["Bearer own-1", "Bearer acme-2", "Bearer globex-3"]));
  });

  it("is asked for anew shortly before it ends, not at each request of its last minute of a short life", async () => {
    let now = Date.parse("2026-11-21T10:00:00Z");
    const clock = { now: () => new Date(now), sleep: async () => {}, slept: [] };
    const server = await serve((_seen, response) => sendJson(response, {}), clock);
    const method = numbered(() => now + 60 * 60_000);
    const { http } = asking(serviceAt(server.url, { auth: [method] }), { clock });
    await http.json({ url: "/" }, Anything);
    now += 58 * 60_000;
    await http.json({ url: "/" }, Anything);
    now += 60_000 + 1;
    await http.json({ url: "/" }, Anything);
    expect(proofs(server)).toEqual(["Bearer own-1", "Bearer own-1", "Bearer own-2"]);
    const short = numbered(() => now + 30_000);
    const brief = asking(serviceAt(server.url, { auth: [short] }), { clock });
    await brief.http.json({ url: "/" }, Anything);
    await brief.http.json({ url: "/" }, Anything);
    expect(short.asked.length).toBe(1);
  });

  it("is asked for once more when the service refuses it, by all who were refused together", async () => {
    const server = await serve((seen, response) =>
      sendJson(response, {}, seen.headers.authorization === "Bearer own-1" ? 401 : 200),
    );
    const method = numbered();
    const { http } = asking(serviceAt(server.url, { auth: [method] }));
    await Promise.all([1, 2, 3, 4].map(() => http.json({ url: "/" }, Anything)));
    expect(method.asked.length).toBe(2);
    expect(server.seen.length).toBeLessThanOrEqual(8);
  });

  it("that is refused twice ends in what to do, with the command", async () => {
    const server = await serve((_seen, response) => sendJson(response, { message: "Bad credentials" }, 401));
    const { http } = asking(serviceAt(server.url));
    const host = `127.0.0.1:${server.port}`;
    await expect(http.json({ url: "/" }, Anything)).rejects.toMatchObject({
      kind: "auth",
      status: 401,
      message: `${host} refused the credential of work-github.`,
      hint: "Create a token under Settings, Developer settings. Then run: headwater test work-github",
    });
    expect(server.seen.length).toBe(2);
    const byLogin: AuthMethod = { ...byToken, login: () => ({ clientId: "c", scopes: [], tokenUrl: "", allows: "" }) };
    await expect(
      asking(serviceAt(server.url, { auth: [byLogin] })).http.json({ url: "/" }, Anything),
    ).rejects.toMatchObject({ hint: expect.stringMatching(/Then run: headwater login work-github$/) });
  });

  it("made of login tokens is made of newer ones after a refusal", async () => {
    const server = await serve((seen, response) =>
      sendJson(response, {}, seen.headers.authorization === "Bearer newer" ? 200 : 401),
    );
    const method: AuthMethod = {
      ...byToken,
      credential: async (ctx) => ({ headers: { authorization: `Bearer ${(await ctx.tokens()).accessToken}` } }),
    };
    const asked: (boolean | undefined)[] = [];
    const tokens = async (refused?: boolean): Promise<Tokens> => {
      asked.push(refused);
      return { accessToken: refused ? "newer" : "older" };
    };
    await asking(serviceAt(server.url, { auth: [method] }), { tokens }).http.json({ url: "/" }, Anything);
    expect(asked).toEqual([false, true]);
  });

  it("may be asked of the service itself, which then gets no other one", async () => {
    const server = await serve((seen, response) =>
      sendJson(response, seen.path === "/app/token" ? { token: "minted" } : {}),
    );
    const method: AuthMethod = {
      ...byToken,
      credential: async ({ http }) => {
        const headers = { authorization: "Bearer jwt" };
        const { body } = await http.json(
          { url: "/app/token", method: "POST", headers },
          z.object({ token: z.string() }),
        );
        return { headers: { authorization: `Bearer ${body.token}` } };
      },
    };
    await asking(serviceAt(server.url, { auth: [method] })).http.json({ url: "/user" }, Anything);
    expect(proofs(server)).toEqual(["Bearer jwt", "Bearer minted"]);
  });

  it("that could not be had is asked for again by the next request", async () => {
    const server = await serve((_seen, response) => sendJson(response, {}));
    let fails = true;
    const method: AuthMethod = {
      ...byToken,
      credential: async () => {
        if (fails) throw new Error("no such key file");
        return { headers: {} };
      },
    };
    const { http } = asking(serviceAt(server.url, { auth: [method] }));
    await expect(http.json({ url: "/" }, Anything)).rejects.toMatchObject({ kind: "bug" });
    fails = false;
    await http.json({ url: "/" }, Anything);
    expect(server.seen.length).toBe(1);
  });

  it("with a line break in it is refused before it is sent, and not shown", async () => {
    const method: AuthMethod = {
      ...byToken,
      credential: async () => ({ headers: { authorization: "Bearer abc\r\nX-Evil: 1" } }),
    };
    const server = await serve((_seen, response) => sendJson(response, {}));
    const error = await asking(serviceAt(server.url, { auth: [method] }))
      .http.json({ url: "/" }, Anything)
      .catch((thrown) => thrown);
    expect(error.kind).toBe("config");
    expect(error.message).not.toContain("abc");
    expect(server.seen).toEqual([]);
  });

  it("does not keep a stopped request waiting, nor stop the others with it", async () => {
    const server = await serve((_seen, response) => sendJson(response, {}));
    let give = (_credential: Credential) => {};
    const method: AuthMethod = {
      ...byToken,
      credential: () =>
        new Promise((resolve) => {
          give = resolve;
        }),
    };
    const { http, open } = asking(serviceAt(server.url, { auth: [method] }));
    const stop = new AbortController();
    const stopped = open
      .until(stop.signal)
      .json({ url: "/" }, Anything)
      .catch((thrown) => thrown);
    const waiting = http.json({ url: "/" }, Anything);
    await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort();
    expect(await stopped).toMatchObject({ kind: "cancelled" });
    give({ headers: {} });
    await waiting;
    expect(server.seen.length).toBe(1);
  });
});
