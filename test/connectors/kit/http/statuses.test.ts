import { describe, expect, it } from "vitest";
import { z } from "zod";
import { basicLogin, bearerToken, headerToken, noLogin } from "../../../../src/connectors/kit/index.ts";
import { asking, byToken, fastClock, sendJson, serve, serviceAt } from "./loopback.ts";

const Anything = z.unknown();

async function refusal(status: number, headers: Record<string, string> = {}) {
  const server = await serve((_seen, response) =>
    sendJson(response, { message: "the service's words" }, status, headers),
  );
  const { http, open } = asking(serviceAt(server.url));
  const error = await http.json({ url: "/repos/acme/docs?token=s3cr3t" }, Anything).catch((thrown) => thrown);
  return { error, asked: open.counts().requests, host: `127.0.0.1:${server.port}` };
}

describe("a refusal", () => {
  it("becomes one of our kinds, keeps its status and is not asked again", async () => {
    const kinds = {
      400: "bad_response",
      403: "permission",
      404: "not_found",
      409: "bad_response",
      410: "not_found",
      413: "too_large",
      415: "bad_response",
      422: "bad_response",
      451: "bad_response",
    };
    for (const [status, kind] of Object.entries(kinds)) {
      const { error, asked } = await refusal(Number(status));
      expect([status, error.kind, error.status, asked]).toEqual([status, kind, Number(status), 1]);
      expect(error.message).not.toMatch(/service's words|s3cr3t/);
      expect(error.message).toContain("work-github");
    }
  });

  it("is asked again five times in all where the service is in trouble", async () => {
    for (const status of [408, 425, 429, 500, 502, 503, 504, 529]) {
      const { error, asked } = await refusal(status);
      expect([status, error.status, asked]).toEqual([status, status, 5]);
      expect(error.kind).toBe(status === 429 ? "rate_limited" : "unavailable");
    }
  });

  it("of a status that nobody repeats is not repeated", async () => {
    for (const status of [501, 505, 507, 511]) {
      const { error, asked } = await refusal(status);
      expect([status, error.kind, asked]).toEqual([status, "unavailable", 1]);
    }
  });

  it("of a request that writes is never repeated", async () => {
    const server = await serve((_seen, response) => sendJson(response, {}, 503));
    const { http } = asking(serviceAt(server.url));
    await expect(http.json({ url: "/", method: "POST", body: {} }, Anything)).rejects.toMatchObject({ status: 503 });
    expect(server.seen.length).toBe(1);
    await expect(http.json({ url: "/", method: "POST", reads: true }, Anything)).rejects.toMatchObject({ status: 503 });
    expect(server.seen.length).toBe(6);
  });

  it("is put into words and judged by the service's own explanation", async () => {
    const clock = fastClock(1000);
    const server = await serve((seen, response) => {
      if (seen.path === "/limit") sendJson(response, { reason: "abuse" }, 400);
      else sendJson(response, { reason: "sso", ok: false }, seen.path === "/ok" ? 200 : 500);
    }, clock);
    const service = serviceAt(server.url, {
      explain: ({ body, status, path, method }) => {
        const { reason } = body as { reason: string };
        if (reason === "abuse") return { kind: "rate_limited", message: "Too eager.", retryAfterMs: 60_000 };
        return { kind: "permission", message: `Sign on first: ${method} ${path} ${status}.`, hint: "Open the page." };
      },
    });
    const { http } = asking(service, { clock });
    const sso = { kind: "permission", message: "Sign on first: GET /sso 500.", hint: "Open the page.", status: 500 };
    await expect(http.json({ url: "/sso?q=1" }, Anything)).rejects.toMatchObject(sso);
    expect(server.seen.length).toBe(1);
    await expect(http.json({ url: "/ok" }, z.object({ ok: z.literal(true) }))).rejects.toMatchObject({
      kind: "permission",
      status: 200,
    });
    await expect(http.json({ url: "/limit" }, Anything)).rejects.toMatchObject({ kind: "rate_limited", status: 400 });
    expect(server.seen.length).toBe(7);
    const limited = server.seen.slice(2).map((seen) => seen.at);
    for (const [nth, at] of limited.slice(1).entries()) expect(at - limited[nth]!).toBeGreaterThanOrEqual(60_000 - 50);
  });

  it("of the network is asked again and then said plainly", async () => {
    const gone = asking(serviceAt("http://127.0.0.1:1"));
    await expect(gone.http.json({ url: "/" }, Anything)).rejects.toMatchObject({
      kind: "unavailable",
      message: "127.0.0.1:1 could not be reached for work-github (ECONNREFUSED).",
    });
    expect(gone.open.counts()).toMatchObject({ requests: 5, retried: 4 });
  });

  it("is a mistake of ours where a request names a limit that the service does not have", async () => {
    const { http } = asking(serviceAt("http://127.0.0.1:1"));
    await expect(http.json({ url: "/", bucket: "serach" }, Anything)).rejects.toMatchObject({ kind: "bug" });
  });

  it("lets the connection be used again, and so does a redirect", async () => {
    const ports = new Set<number>();
    const server = await serve((seen, response, request) => {
      ports.add(request.socket.remotePort ?? 0);
      if (seen.path === "/moved") return response.writeHead(302, { location: "/there" }).end("Moved.");
      sendJson(response, {}, seen.path === "/there" ? 200 : 404);
    });
    const { http } = asking(serviceAt(server.url));
    for (let time = 0; time < 5; time++) {
      await http.json({ url: "/moved" }, Anything);
      await http.json({ url: "/gone" }, Anything).catch(() => {});
    }
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  it("at the connector's own service where there is none is a mistake of ours", async () => {
    const { http } = asking(undefined as never);
    await expect(http.json({ url: "/" }, Anything)).rejects.toMatchObject({ kind: "bug" });
  });
});

describe("the ways of signing in", () => {
  const way = { title: "t", howTo: "Create one." };
  const ctx = (config: object) => ({ config, source: "s" }) as never;

  it("apply where their options are set, and say what they send", async () => {
    const token = bearerToken(way, (config: { token?: string }) => config.token);
    expect([token.applies({ token: "a" }), token.applies({})]).toEqual([true, false]);
    expect(await token.credential(ctx({ token: "a" }), undefined)).toEqual({ headers: { authorization: "Bearer a" } });
    const header = headerToken(way, "private-token", (config: { key?: string }) => config.key);
    expect(await header.credential(ctx({ key: "k" }), undefined)).toEqual({ headers: { "private-token": "k" } });
    const basic = basicLogin(way, (config: { user?: string }) =>
      config.user === undefined ? undefined : { user: config.user, password: "pässwort" },
    );
    expect([basic.applies({ user: "u" }), basic.applies({})]).toEqual([true, false]);
    const { headers } = await basic.credential(ctx({ user: "jürgen" }), undefined);
    expect(Buffer.from((headers.authorization ?? "").slice(6), "base64").toString()).toBe("jürgen:pässwort");
    await expect(basic.credential(ctx({ user: "a:b" }), undefined)).rejects.toMatchObject({ kind: "config" });
    expect(await noLogin(way).credential(ctx({}), undefined)).toEqual({ headers: {} });
  });

  it("are taken in their order, and none is an error that says what to do", async () => {
    const server = await serve((_seen, response) => sendJson(response, {}));
    const never = { ...byToken, applies: () => false, howTo: "Create a token." };
    const auth = [never, headerToken(way, "x-second", () => "2"), byToken];
    await asking(serviceAt(server.url, { auth })).http.json({ url: "/" }, Anything);
    expect(server.seen[0]?.headers).toMatchObject({ "x-second": "2" });
    await expect(
      asking(serviceAt(server.url, { auth: [never] })).http.json({ url: "/" }, Anything),
    ).rejects.toMatchObject({ kind: "config", hint: "Create a token." });
  });
});
