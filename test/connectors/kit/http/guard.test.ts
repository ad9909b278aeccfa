import { createServer } from "node:http";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Resolve } from "../../../../src/connectors/kit/http/guard.ts";
import { ELSEWHERE_PRIVATE, METADATA, NAMES, THIS_MACHINE } from "./addresses.ts";
import { asking, listen, sendJson, serve, serviceAt } from "./loopback.ts";

const PUBLIC = "https://api.github.example";
const resolve: Resolve = async (host) => {
  const found = NAMES[host] ?? NAMES[host.toLowerCase()] ?? NAMES[`${host}.`];
  if (!found) throw Object.assign(new Error("no such name"), { code: "ENOTFOUND" });
  return found.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
};

/** A server on every address of this machine that must never be met. */
async function canary(): Promise<{ port: number; hits: () => number }> {
  let hits = 0;
  const server = createServer((_request, response) => {
    hits++;
    response.end("{}");
  });
  return { port: await listen(server, "::"), hits: () => hits };
}

function hostile(port: number): string[] {
  const hosts = [...THIS_MACHINE, ...ELSEWHERE_PRIVATE, ...METADATA, ...Object.keys(NAMES)];
  const odd = [
    `http://api.github.com@127.0.0.1:${port}/`,
    `http://api.github.com:443@127.0.0.1:${port}/`,
    `http://token:x@93.184.215.14:${port}/`,
    `http://api.github.com%2f@127.0.0.1:${port}/`,
    `http://127.0.0.1:${port}\\@api.github.com/`,
    `http:\\\\127.0.0.1:${port}\\`,
    `http:127.0.0.1:${port}/`,
    `http:/127.0.0.1:${port}/`,
    `http:////127.0.0.1:${port}/`,
    `  http://127.0.0.1:${port}/`.trim(),
    `http://127.0.0.1:${port}#@api.github.com/`,
    `http://127.0.0.1:${port}?@api.github.com/`,
    `HTTP://127.0.0.1:${port}/`,
    `http://127.0.0.1\t:${port}/`,
    `http://127.0.\n0.1:${port}/`,
    `https://127.0.0.1:${port}/`,
    `ws://127.0.0.1:${port}/`,
    "file:///etc/passwd",
    "ftp://127.0.0.1/",
    `gopher://127.0.0.1:${port}/_GET`,
    "data:application/json,{}",
    "javascript:alert(1)",
    "unix:/var/run/docker.sock",
    `blob:http://127.0.0.1:${port}/1`,
  ];
  return [...hosts.map((host) => `http://${host}:${port}/latest/meta-data`), ...odd];
}

describe("addresses inside a network", () => {
  it("are reached by none of 200 disguises", async () => {
    const { port, hits } = await canary();
    const { http } = asking(serviceAt(PUBLIC), { allowPrivateNetwork: false, resolve });
    const addresses = hostile(port);
    const kinds: Record<string, number> = {};
    for (const url of addresses) {
      const error = await http.json({ url }, z.unknown()).then(
        () => ({ kind: "answered" }),
        (thrown: { kind: string }) => thrown,
      );
      kinds[error.kind] = (kinds[error.kind] ?? 0) + 1;
      if (error.kind !== "config" && error.kind !== "bad_response") expect([url, error]).toEqual([url, "refused"]);
    }
    expect(addresses.length).toBeGreaterThanOrEqual(200);
    expect(kinds.config).toBeGreaterThan(195);
    expect(hits()).toBe(0);
  });

  it("are reached when the source says so, by the same disguises", async () => {
    const { port, hits } = await canary();
    const { http } = asking(serviceAt(PUBLIC), { allowPrivateNetwork: true, resolve });
    const before = THIS_MACHINE.length;
    for (const host of THIS_MACHINE) await http.json({ url: `http://${host}:${port}/` }, z.unknown());
    expect(hits()).toBe(before);
  });

  it("of a cloud's metadata stay closed even then", async () => {
    const { http } = asking(serviceAt(PUBLIC), { allowPrivateNetwork: true, resolve });
    for (const host of [...METADATA, "metadata.google.internal", "nat64-metadata.example"])
      await expect(http.json({ url: `http://${host}/latest/meta-data` }, z.unknown())).rejects.toMatchObject({
        kind: "config",
        message: expect.stringContaining("metadata"),
      });
  });

  it("say how to allow them", async () => {
    const { http } = asking(serviceAt("http://10.1.2.3:8080"), { allowPrivateNetwork: false });
    await expect(http.json({ url: "/repos" }, z.unknown())).rejects.toMatchObject({
      kind: "config",
      message: "work-github may not reach 10.1.2.3, an address of a private network or of this machine.",
      hint: "If that is right, set `allowPrivateNetwork: true` in the source work-github.",
    });
  });

  it("are not reached by a name that changes its mind between two tries", async () => {
    const { port, hits } = await canary();
    let asked = 0;
    const rebinding: Resolve = async () => {
      asked++;
      if (asked === 1) throw Object.assign(new Error("try again"), { code: "EAI_AGAIN" });
      return [{ address: "127.0.0.1", family: 4 }];
    };
    const { http } = asking(serviceAt(PUBLIC), { allowPrivateNetwork: false, resolve: rebinding });
    await expect(http.json({ url: `http://rebind.example:${port}/` }, z.unknown())).rejects.toMatchObject({
      kind: "config",
    });
    expect([asked, hits()]).toEqual([2, 0]);
  });

  it("are judged by the answer that the connection is then made to, not by another look-up", async () => {
    const server = await serve((_seen, response) => sendJson(response, {}));
    let asked = 0;
    const once: Resolve = async () => {
      asked++;
      return [{ address: asked === 1 ? "127.0.0.1" : "127.0.0.9", family: 4 }];
    };
    const { http } = asking(serviceAt(`http://nowhere.invalid:${server.port}`), { resolve: once });
    await http.json({ url: "/" }, z.unknown());
    expect([asked, server.seen.length]).toEqual([1, 1]);
  });

  it("are found out when a redirect leads there, also over several steps and behind a proxy", async () => {
    const { port, hits } = await canary();
    const steps = [
      `http://127.0.0.1:${port}/`,
      `http://0x7f.1:${port}/`,
      `http://[::1]:${port}/`,
      `//127.0.0.1:${port}/`,
      `http://localhost:${port}/`,
      `http://mixed.example:${port}/`,
      `http://user:pass@127.0.0.1:${port}/`,
      "http://169.254.169.254/latest/meta-data/iam",
      "file:///etc/passwd",
    ];
    for (const target of steps) {
      const proxy = await serve((_seen, response, request) => {
        const asked = new URL(request.url ?? "");
        if (asked.hostname !== "public.example") return sendJson(response, { reached: asked.hostname });
        const step = Number(asked.searchParams.get("step") ?? 0);
        response.writeHead(302, { location: step < 2 ? `/hop?step=${step + 1}` : target }).end();
      });
      const open: Resolve = async (host) =>
        host === "public.example" ? [{ address: "93.184.215.14", family: 4 }] : resolve(host);
      const settings = { allowPrivateNetwork: false, resolve: open, environment: { HTTP_PROXY: proxy.url } };
      const { http } = asking(serviceAt("http://public.example"), settings);
      await expect(http.json({ url: "/hop" }, z.unknown())).rejects.toMatchObject({ kind: "config" });
      expect(proxy.seen.map((seen) => seen.headers.host)).toEqual(Array(3).fill("public.example"));
    }
    expect(hits()).toBe(0);
  });

  it("are checked by name before a proxy gets to resolve it", async () => {
    const proxy = await serve((_seen, response) => sendJson(response, {}));
    const settings = { allowPrivateNetwork: false, resolve, environment: { HTTP_PROXY: proxy.url } };
    const { http } = asking(serviceAt("http://metadata.google.internal"), settings);
    await expect(http.json({ url: "/" }, z.unknown())).rejects.toMatchObject({ kind: "config" });
    expect(proxy.seen).toEqual([]);
  });

  it("of a network without IPv4 are judged by the address that they wrap", async () => {
    const { checkedAddresses } = await import("../../../../src/connectors/kit/http/guard.ts");
    const wrapped = [{ address: "64:ff9b::5db8:d70e", family: 6 }];
    const guard = { source: "s", allowPrivateNetwork: false, resolve: async () => wrapped };
    expect(await checkedAddresses(guard, "api.github.example")).toEqual(wrapped);
  });
});
