import { execFile } from "node:child_process";
import { createServer, request as forward } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect, createServer as createSocketServer, type Socket } from "node:net";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { bundle } from "../../../setup/bundle.mjs";
import { ownCertificate } from "./certificate.ts";
import { afterwards, asking, listen, sendJson, serve, serviceAt, TOKEN } from "./loopback.ts";

const Anything = z.unknown();

let child: string;
beforeAll(async () => {
  child = await bundle("test/connectors/kit/http/ask-child.ts");
});

/** Asks for an address in a process of its own, as Node reads its certificates and proxies at the start. */
async function inOwnProcess(url: string, environment: Record<string, string> = {}): Promise<string> {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, ...environment };
  const { stdout } = await promisify(execFile)(process.execPath, [child, url], { env: env as NodeJS.ProcessEnv });
  return stdout.trim();
}

/** A proxy that remembers what it was asked to reach. */
async function openProxy(): Promise<{ url: string; tunnels: string[]; plain: string[]; proofs: unknown[] }> {
  const seen = { tunnels: [] as string[], plain: [] as string[], proofs: [] as unknown[] };
  const proxy = createServer((request, response) => {
    const url = new URL(request.url ?? "");
    seen.plain.push(url.host);
    seen.proofs.push(request.headers["proxy-authorization"]);
    const onward = forward({ host: "127.0.0.1", port: url.port, path: url.pathname, headers: request.headers });
    onward.on("response", (answer) => answer.pipe(response.writeHead(answer.statusCode ?? 500, answer.headers)));
    onward.end();
  });
  const sockets = new Set<Socket>();
  proxy.on("connect", (request, socket: Socket) => {
    seen.tunnels.push(request.url ?? "");
    const onward = connect(Number(request.url?.split(":").at(-1)), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    for (const one of [socket, onward]) sockets.add(one.on("error", () => {}));
  });
  const port = await listen(proxy);
  afterwards(() => {
    for (const socket of sockets) socket.destroy();
  });
  return { url: `http://user:p%40ss@127.0.0.1:${port}`, ...seen };
}

async function serveSecurely(...names: string[]) {
  const { key, cert, path } = ownCertificate(...names);
  const seen: string[] = [];
  const server = createSecureServer({ key, cert }, (request, response) => {
    seen.push(request.url ?? "");
    sendJson(response, { secure: true });
  });
  return { port: await listen(server as never), certificate: path, seen };
}

describe("a certificate", () => {
  it("of a company's own authority is trusted when Node is told of it, and else refused with what to do", async () => {
    const { port, certificate, seen } = await serveSecurely("127.0.0.1");
    const url = `https://127.0.0.1:${port}`;
    expect(await inOwnProcess(url, { NODE_EXTRA_CA_CERTS: certificate })).toBe('{"secure":true}');
    const refused = await inOwnProcess(url);
    expect(refused).toMatch(
      /^config: 127\.0\.0\.1:\d+ shows work-github a certificate that this machine does not trust/,
    );
    expect(refused).toContain("NODE_EXTRA_CA_CERTS=");
    expect(seen).toEqual(["/"]);
  });

  it("for another name is refused, also where connections go to addresses that were looked up before", async () => {
    const { port, certificate, seen } = await serveSecurely("git.acme.test");
    const trusted = { NODE_EXTRA_CA_CERTS: certificate };
    expect(await inOwnProcess(`https://git.acme.test:${port}`, trusted)).toBe('{"secure":true}');
    expect(await inOwnProcess(`https://wiki.acme.test:${port}`, trusted)).toMatch(/^config: .*ALTNAME/);
    expect(seen.length).toBe(1);
  });
});

describe("a proxy", () => {
  it("named by the environment is used, for https through a tunnel that it cannot look into", async () => {
    const proxy = await openProxy();
    const secure = await serveSecurely("git.acme.test");
    const url = `https://git.acme.test:${secure.port}`;
    const environment = { HTTPS_PROXY: proxy.url, NODE_EXTRA_CA_CERTS: secure.certificate };
    expect(await inOwnProcess(url, environment)).toBe('{"secure":true}');
    expect(proxy.tunnels).toEqual([`git.acme.test:${secure.port}`]);
    const plain = await serve((_seen, response) => sendJson(response, { plain: true }));
    const { http } = asking(serviceAt(`http://intern.acme.test:${plain.port}`), {
      environment: { http_proxy: proxy.url },
    });
    expect((await http.json({ url: "/" }, Anything)).body).toEqual({ plain: true });
    expect(proxy.plain).toEqual([`intern.acme.test:${plain.port}`]);
    expect(proxy.proofs).toEqual([`Basic ${Buffer.from("user:p@ss").toString("base64")}`]);
  });

  it("is passed by for what NO_PROXY names", async () => {
    const proxy = await openProxy();
    const server = await serve((_seen, response) => sendJson(response, {}));
    for (const NO_PROXY of ["127.0.0.1", "example.com,127.0.0.1", "*"]) {
      await asking(serviceAt(server.url), { environment: { HTTP_PROXY: proxy.url, NO_PROXY } }).http.json(
        { url: "/" },
        Anything,
      );
    }
    expect(proxy.plain).toEqual([]);
    await asking(serviceAt(server.url), { environment: { HTTP_PROXY: proxy.url, NO_PROXY: "example.com" } }).http.json(
      { url: "/" },
      Anything,
    );
    expect(proxy.plain.length).toBe(1);
  });

  it("may be written without its scheme, and one that cannot be read says so", async () => {
    const proxy = await openProxy();
    const server = await serve((_seen, response) => sendJson(response, {}));
    const short = asking(serviceAt(server.url), { environment: { http_proxy: proxy.url.slice("http://".length) } });
    await short.http.json({ url: "/" }, Anything);
    expect(proxy.plain.length).toBe(1);
    for (const HTTP_PROXY of ["http://[", "ftp://proxy.example"]) {
      const wrong = asking(serviceAt(server.url), { environment: { HTTP_PROXY } });
      await expect(wrong.http.json({ url: "/" }, Anything)).rejects.toMatchObject({ kind: "config" });
    }
  });

  it("that is away or wants a login says so", async () => {
    const server = await serve((_seen, response) => sendJson(response, {}));
    const away = asking(serviceAt(server.url), { environment: { HTTP_PROXY: "http://127.0.0.1:1" } });
    await expect(away.http.json({ url: "/" }, Anything)).rejects.toMatchObject({ kind: "unavailable" });
    const strict = await serve((_seen, response) => response.writeHead(407).end());
    const wantsLogin = { kind: "config", status: 407, hint: expect.stringContaining("HTTPS_PROXY") };
    const plain = asking(serviceAt(server.url), { environment: { HTTP_PROXY: strict.url } });
    await expect(plain.http.json({ url: "/" }, Anything)).rejects.toMatchObject(wantsLogin);
    const refusing = createServer().on("connect", (_request, socket) => socket.end("HTTP/1.1 407 No\r\n\r\n"));
    const environment = { HTTPS_PROXY: `http://127.0.0.1:${await listen(refusing)}` };
    const secure = asking(serviceAt("https://git.acme.test"), { environment });
    await expect(secure.http.json({ url: "/" }, Anything)).rejects.toMatchObject(wantsLogin);
  });
});

describe("a connection", () => {
  it("that does not come about is given up and tried again", async () => {
    // Takes connections and never speaks: the encryption does not come about.
    const sockets: Socket[] = [];
    const silent = createSocketServer((socket) => void sockets.push(socket));
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    afterwards(() => {
      for (const socket of sockets) socket.destroy();
      silent.close();
    });
    const url = `https://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const { http, open } = asking(serviceAt(url), { limits: { connectMs: 100 } });
    await expect(http.json({ url: "/" }, Anything)).rejects.toMatchObject({ kind: "unavailable" });
    expect(open.counts().requests).toBe(5);
  });

  it("cut at any point of the answer loses nothing: the next try brings it", async () => {
    const body = JSON.stringify({ text: "x".repeat(2000) });
    const whole = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    let tries = 0;
    const cuts = [0, 1, 12, 40, 80, whole.length - 2000, whole.length - 1];
    const server = createSocketServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => {
        const cut = tries % 2 === 0 ? cuts[(tries / 2) % cuts.length] : undefined;
        tries++;
        socket.end(whole.slice(0, cut));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    afterwards(() => server.close());
    const { http } = asking(serviceAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
    for (let time = 0; time < cuts.length; time++) {
      expect(JSON.stringify((await http.json({ url: "/" }, Anything)).body)).toBe(body);
    }
    expect(tries).toBe(2 * cuts.length);
  });
});

describe("what is logged and said", () => {
  it("names method, path, status, time, tries and bytes, and no query, token or header", async () => {
    const server = await serve((seen, response) => {
      if (seen.path.endsWith("/gone")) return sendJson(response, { secret: "s3cr3t" }, 404);
      if (server.seen.length === 1) return sendJson(response, {}, 503, { "x-secret": "s3cr3t" });
      sendJson(response, { fine: "s3cr3t" });
    });
    const { http, lines } = asking(serviceAt(server.url));
    const query = { access_token: "s3cr3t" };
    await http.json({ url: "/repos/acme/docs/issues/12", query }, Anything);
    const hook = "/hooks/T0123/B0456/xoxb0123456789abcdefghijkl";
    const error = await http.json({ url: `${hook}/gone`, query }, Anything).catch((thrown) => thrown);
    const path = "/repos/acme/docs/issues/:number";
    expect(lines.filter((line) => line.event !== "bucket.rested")).toMatchObject([
      { event: "request.failed", data: { method: "GET", path, status: 503, kind: "unavailable", tries: 1 } },
      { event: "request.answered", data: { method: "GET", path, status: 200, bytes: 17, tries: 2 } },
      { event: "request.failed", data: { path: "/hooks/T0123/B0456/:id/gone", status: 404, kind: "not_found" } },
    ]);
    const said = JSON.stringify([lines, { ...error }, error.message, String(error.stack).split("\n")[0]]);
    expect(said).not.toMatch(new RegExp(`s3cr3t|xoxb|${TOKEN}|access_token|Bearer`));
  });
});
