import { createServer as createSecureServer } from "node:https";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type AuthMethod, type HttpRequest, noLogin } from "../../../../src/connectors/kit/index.ts";
import { ownCertificate } from "./certificate.ts";
import { asking, byToken, type Loopback, listen, sendJson, serve, serviceAt } from "./loopback.ts";

const SECRET = "canary-7f3a91";

/** Every header that has been seen to carry a credential, and some of a service's own making. */
const HEADERS = [
  "Authorization",
  "Cookie",
  "Proxy-Authorization",
  "X-Api-Key",
  "x-api-key",
  "PRIVATE-TOKEN",
  "X-Amz-Security-Token",
  "X-Amz-Credential",
  "X-Auth-Token",
  "X-GitHub-Token",
  "X-Goog-Api-Key",
  "Notion-Token",
  "X-Acme-Whatever",
];

const names = async () => [{ address: "127.0.0.1", family: 4 }];
const withHeader = (header: string): AuthMethod => ({
  ...byToken,
  credential: async () => ({ headers: { [header]: SECRET } }),
});

const open = noLogin({ title: "Public", howTo: "Nothing to do." });

function redirecting(to: () => string, status = 302) {
  return serve((seen, response) => {
    if (seen.path === "/there") sendJson(response, { came: "there" });
    else response.writeHead(status, { location: to() }).end();
  });
}

function leaked(server: Loopback): boolean {
  return server.seen.some((seen) => JSON.stringify(seen.headers).includes(SECRET));
}

// The certificates of these tests are their own; what Node trusts by default is tested elsewhere.
beforeAll(() => {
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
});
afterAll(() => {
  delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
});

describe("a redirect", () => {
  it("to another port, host or site gets no credential header, whichever way it was given", async () => {
    const canary = await serve((_seen, response) => sendJson(response, {}));
    const places = [
      `http://127.0.0.1:${canary.port}/`,
      `http://api.acme.test:${canary.port}/`,
      `http://files.acme.test:${canary.port}/`,
      `http://evil.test:${canary.port}/`,
    ];
    for (const place of places) {
      for (const header of HEADERS) {
        const home = await redirecting(() => place);
        const base = `http://api.acme.test:${home.port}`;
        const methods = [
          serviceAt(base, { auth: [withHeader(header)] }),
          serviceAt(base, { auth: [open], headers: () => ({ [header]: SECRET }) }),
        ];
        for (const service of methods) {
          await asking(service, { resolve: names }).http.json({ url: "/" }, z.unknown());
        }
        const own: HttpRequest = { url: "/", headers: { [header]: SECRET } };
        await asking(serviceAt(base, { auth: [open] }), { resolve: names }).http.json(own, z.unknown());
        expect([header, home.seen.filter((seen) => JSON.stringify(seen.headers).includes(SECRET)).length]).toEqual([
          header,
          3,
        ]);
      }
    }
    expect(canary.seen.length).toBe(places.length * HEADERS.length * 3);
    expect(leaked(canary)).toBe(false);
    expect(Object.keys(canary.seen[0]?.headers ?? {}).sort()).toEqual([
      "accept",
      "accept-encoding",
      "connection",
      "host",
      "user-agent",
    ]);
  });

  it("that leads back gets no credential any more", async () => {
    const home = await redirecting(() => `${away.url}/away`);
    const away = await redirecting(() => `${home.url}/there`);
    const service = serviceAt(home.url, { auth: [withHeader("X-Api-Key")] });
    await asking(service).http.json({ url: "/" }, z.unknown());
    expect(home.seen.map((seen) => seen.headers["x-api-key"])).toEqual([SECRET, undefined]);
    expect(leaked(away)).toBe(false);
  });

  it("inside the same origin keeps the credential and says where the answer came from", async () => {
    const home = await redirecting(() => "/there?moved=1#part", 301);
    const answer = await asking(serviceAt(home.url, { auth: [withHeader("X-Api-Key")] })).http.json(
      { url: "/" },
      z.unknown(),
    );
    expect(answer.url).toBe(`${home.url}/there?moved=1`);
    expect(home.seen.map((seen) => seen.headers["x-api-key"])).toEqual([SECRET, SECRET]);
  });

  it("from https to http is refused, and nothing is sent there", async () => {
    const { key, cert } = ownCertificate("127.0.0.1");
    const plain = await serve((_seen, response) => sendJson(response, {}));
    let location = `${plain.url}/there`;
    const server = createSecureServer({ key, cert }, (_request, response) => {
      response.writeHead(302, { location }).end();
    });
    const port = await listen(server as never);
    const { http } = asking(serviceAt(`https://127.0.0.1:${port}`));
    const refused = { kind: "bad_response", message: expect.stringContaining("from https to http") };
    await expect(http.json({ url: "/" }, z.unknown())).rejects.toMatchObject(refused);
    location = `http://127.0.0.1:${port}/same-port`;
    await expect(http.json({ url: "/" }, z.unknown())).rejects.toMatchObject(refused);
    expect(plain.seen).toEqual([]);
  });

  it("in a circle is refused at the second meeting", async () => {
    const home = await redirecting(() => "/");
    await expect(asking(serviceAt(home.url)).http.json({ url: "/" }, z.unknown())).rejects.toMatchObject({
      kind: "bad_response",
      message: `127.0.0.1:${home.port} leads a request of work-github in a circle.`,
    });
    expect(home.seen.length).toBe(1);
  });

  it("is followed ten times and no more", async () => {
    let step = 0;
    const home = await serve((seen, response) => {
      step++;
      if (seen.path === "/10") sendJson(response, {});
      else response.writeHead(302, { location: `/${step}` }).end();
    });
    const { http } = asking(serviceAt(home.url));
    await http.json({ url: "/" }, z.unknown());
    expect(home.seen.length).toBe(11);
    step = 20;
    await expect(http.json({ url: "/" }, z.unknown())).rejects.toMatchObject({ kind: "bad_response" });
    expect(home.seen.length).toBe(22);
  });

  it("keeps the method and the content at 307 and 308, and asks with GET after 301, 302 and 303", async () => {
    for (const [status, expected] of [
      [301, "GET "],
      [302, "GET "],
      [303, "GET "],
      [307, "POST a=1"],
      [308, "POST a=1"],
    ] as const) {
      const home = await redirecting(() => "/there", status);
      const body = new URLSearchParams({ a: "1" });
      await asking(serviceAt(home.url)).http.json({ url: "/", method: "POST", reads: true, body }, z.unknown());
      expect([status, `${home.seen[1]?.method} ${home.seen[1]?.body}`]).toEqual([status, expected]);
      expect(home.seen[1]?.headers["content-type"]).toBe(
        status < 307 ? undefined : "application/x-www-form-urlencoded",
      );
    }
    const head = await redirecting(() => "/there", 303);
    await asking(serviceAt(head.url)).http.text({ url: "/", method: "HEAD" });
    expect(head.seen.map((seen) => seen.method)).toEqual(["HEAD", "HEAD"]);
  });

  it("never carries the content of a request to another origin", async () => {
    const canary = await serve((_seen, response) => sendJson(response, {}));
    const home = await redirecting(() => `${canary.url}/`, 307);
    const body = { client_secret: SECRET };
    const asked = asking(serviceAt(home.url)).http.json({ url: "/", method: "POST", reads: true, body }, z.unknown());
    await expect(asked).rejects.toMatchObject({ kind: "bad_response" });
    expect(canary.seen).toEqual([]);
  });

  it("to anything but http and https is refused", async () => {
    for (const target of ["file:///etc/passwd", "ftp://127.0.0.1/", "data:,x", "http://"]) {
      const home = await redirecting(() => target);
      const error = await asking(serviceAt(home.url))
        .http.json({ url: "/" }, z.unknown())
        .catch((thrown) => thrown);
      expect(["config", "bad_response"]).toContain(error.kind);
    }
  });
});

describe("a request", () => {
  it("to a whole address elsewhere carries neither credential nor the service's headers", async () => {
    const elsewhere = await serve((_seen, response) => sendJson(response, {}));
    const home = await serve((_seen, response) => sendJson(response, {}));
    const service = serviceAt(home.url, { headers: () => ({ "X-Tenant": SECRET }), auth: [withHeader("X-Api-Key")] });
    const { http } = asking(service);
    await http.json({ url: `${elsewhere.url}/signed?X-Amz-Signature=1` }, z.unknown());
    await http.json({ url: `${home.url}/whole` }, z.unknown());
    await http.json({ url: `${home.url}/signed`, anonymous: true }, z.unknown());
    expect(leaked(elsewhere)).toBe(false);
    expect(home.seen.map((seen) => seen.headers["x-api-key"])).toEqual([SECRET, undefined]);
  });
});
