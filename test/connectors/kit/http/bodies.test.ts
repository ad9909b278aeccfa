import { text as readText } from "node:stream/consumers";
import { brotliCompressSync, createGzip, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { HttpSettings } from "../../../../src/connectors/kit/index.ts";
import { asking, eventually, type Handle, sendJson, serve, serviceAt } from "./loopback.ts";

const Page = z.object({ items: z.array(z.object({ id: z.number() })) });
const PAGE = JSON.stringify({ items: [{ id: 1 }, { id: 2 }] });
const JSON_TYPE = { "content-type": "application/json; charset=utf-8" };

async function answering(handle: Handle, more: Partial<HttpSettings> = {}) {
  const server = await serve(handle);
  return { server, ...asking(serviceAt(server.url), more) };
}

/** R3: what arrives when something between us and the service goes wrong, and how often it is asked for. */
const MALFORMED: Record<string, { send: Handle; asked: number; says: RegExp }> = {
  "JSON cut in the middle": {
    send: (_s, r) => r.writeHead(200, JSON_TYPE).end(PAGE.slice(0, 15)),
    asked: 3,
    says: /cut off or garbled/,
  },
  "a web page with status 200": {
    send: (_s, r) => r.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><h1>Sign in"),
    asked: 3,
    says: /a web page/,
  },
  "a web page that calls itself JSON": {
    send: (_s, r) => r.writeHead(200, JSON_TYPE).end("<html>Bad gateway</html>"),
    asked: 3,
    says: /a web page/,
  },
  "nothing with status 200": { send: (_s, r) => r.writeHead(200, JSON_TYPE).end(), asked: 3, says: /nothing/ },
  "bytes of another charset": {
    send: (_s, r) => r.writeHead(200, JSON_TYPE).end(Buffer.from('{"items":"caf\xe9"}', "latin1")),
    asked: 3,
    says: /another encoding/,
  },
  "a charset that nobody knows": {
    send: (_s, r) => r.writeHead(200, { "content-type": "application/json; charset=klingon" }).end(PAGE),
    asked: 3,
    says: /another encoding/,
  },
  "fewer bytes than announced": {
    send: (_s, r) => {
      r.writeHead(200, { ...JSON_TYPE, "content-length": "500" });
      r.write(PAGE);
      setTimeout(() => r.destroy(), 5);
    },
    asked: 3,
    says: /broke off/,
  },
  "a chunked body that breaks off": {
    send: (_s, r) => {
      r.writeHead(200, JSON_TYPE);
      r.write(PAGE.slice(0, 20));
      setTimeout(() => r.destroy(), 5);
    },
    asked: 3,
    says: /broke off/,
  },
  "compressed data cut in the middle": {
    send: (_s, r) => r.writeHead(200, { ...JSON_TYPE, "content-encoding": "gzip" }).end(gzipSync(PAGE).subarray(0, 25)),
    asked: 3,
    says: /cannot be unpacked/,
  },
  "plain text that calls itself compressed": {
    send: (_s, r) => r.writeHead(200, { ...JSON_TYPE, "content-encoding": "br" }).end(PAGE),
    asked: 3,
    says: /cannot be unpacked/,
  },
  "JSON of another shape": {
    send: (_s, r) => sendJson(r, { items: [{ id: 1 }, { id: "geheim: שלום" }] }),
    asked: 1,
    says: /unexpected form, at items\[1\]\.id/,
  },
  null: { send: (_s, r) => sendJson(r, null), asked: 1, says: /unexpected form, at its beginning/ },
  "a compression that nobody knows": {
    send: (_s, r) => r.writeHead(200, { ...JSON_TYPE, "content-encoding": "rot13" }).end(PAGE),
    asked: 3,
    says: /compression/,
  },
};

describe("an answer that cannot be the answer", () => {
  for (const [name, { send, asked, says }] of Object.entries(MALFORMED)) {
    it(`(${name}) is asked for ${asked === 1 ? "once" : "three times"} and named in a clear sentence`, async () => {
      const { http, server } = await answering(send);
      const error = await http.json({ url: "/items?key=s3cr3t" }, Page).catch((thrown) => thrown);
      expect(error).toMatchObject({ kind: "bad_response", status: 200 });
      expect(error.message).toMatch(says);
      expect(`${error.message} ${error.hint}`).not.toMatch(/geheim|s3cr3t|Sign in|Bad gateway|café/);
      expect(error.message).toContain("work-github");
      expect(server.seen.length).toBe(asked);
    });
  }

  it("is forgiven when the next one is whole", async () => {
    const kinds = Object.values(MALFORMED).filter((one) => one.asked === 3);
    for (const { send } of kinds) {
      const { http, server } = await answering((seen, response, request) => {
        if (server.seen.length === 1) send(seen, response, request);
        else response.writeHead(200, JSON_TYPE).end(PAGE);
      });
      expect((await http.json({ url: "/items" }, Page)).body).toEqual(JSON.parse(PAGE));
    }
  });

  it("is not counted against those that only came at a bad time", async () => {
    const { http, server } = await answering((seen, response) => {
      const asked = server.seen.indexOf(seen) + 1;
      if (asked < 3) return sendJson(response, {}, 503);
      if (asked < 5) return response.writeHead(200, JSON_TYPE).end("<h1>One moment");
      return response.writeHead(200, JSON_TYPE).end(PAGE);
    });
    expect((await http.json({ url: "/items" }, Page)).body).toEqual(JSON.parse(PAGE));
    expect(server.seen.length).toBe(5);
  });

  it("names the place of a wrong field without names that are somebody's data", async () => {
    const { http } = await answering((_seen, response) =>
      sendJson(response, { users: { "anna@acme.test": { age: "x" } } }),
    );
    const Users = z.object({ users: z.record(z.string(), z.object({ age: z.number() })) });
    await expect(http.json({ url: "/" }, Users)).rejects.toMatchObject({
      message: expect.stringMatching(/at users\.\*\.age\.$/),
    });
  });
});

describe("a body", () => {
  it("is unpacked whatever it was packed with, twice too", async () => {
    const packed: Record<string, Buffer> = {
      gzip: gzipSync(PAGE),
      "x-gzip": gzipSync(PAGE),
      br: brotliCompressSync(PAGE),
      deflate: deflateSync(PAGE),
      "deflate ": deflateRawSync(PAGE),
      "GZIP, br": brotliCompressSync(gzipSync(PAGE)),
      identity: Buffer.from(PAGE),
    };
    for (const [encoding, bytes] of Object.entries(packed)) {
      const { http, open } = await answering((_seen, response) =>
        response.writeHead(200, { ...JSON_TYPE, "content-encoding": encoding }).end(bytes),
      );
      expect([encoding, (await http.json({ url: "/" }, Page)).body]).toEqual([encoding, JSON.parse(PAGE)]);
      expect(open.counts().bytes).toBe(bytes.length);
    }
  });

  it("that does not come is not unpacked: after HEAD, and with status 204", async () => {
    const { http } = await answering((seen, response) => {
      response
        .writeHead(seen.path === "/204" ? 204 : 200, { ...JSON_TYPE, "content-encoding": "gzip", etag: '"a"' })
        .end();
    });
    expect(await http.json({ url: "/", method: "HEAD" }, z.undefined())).toMatchObject({
      etag: '"a"',
      body: undefined,
    });
    expect((await http.text({ url: "/", method: "HEAD" })).body).toBe("");
    expect((await http.json({ url: "/204" }, z.undefined())).status).toBe(204);
  });

  it("of 200 KB that unpacks to 200 MB is stopped at its cap, with level memory", async () => {
    const bomb = createGzip({ level: 9 });
    const zeros = Buffer.alloc(1024 * 1024);
    const chunks: Buffer[] = [];
    bomb.on("data", (chunk: Buffer) => chunks.push(chunk));
    for (let written = 0; written < 200; written++) await new Promise((done) => bomb.write(zeros, done));
    await new Promise<void>((done) => bomb.end(done));
    const bytes = Buffer.concat(chunks);
    expect(bytes.length).toBeLessThan(250_000);
    const { http, server } = await answering((_seen, response) =>
      response.writeHead(200, { ...JSON_TYPE, "content-encoding": "gzip" }).end(bytes),
    );
    const before = process.memoryUsage().rss;
    const error = await http.json({ url: "/", maxBytes: 4_000_000 }, Page).catch((thrown) => thrown);
    expect(error).toMatchObject({
      kind: "too_large",
      message: `127.0.0.1:${server.port} sends work-github more than 4 MB in one answer.`,
    });
    expect(server.seen.length).toBe(1);
    const { body } = await http.stream({ url: "/", maxBytes: 8_000_000 });
    let came = 0;
    const read = async () => {
      for await (const chunk of body) came += (chunk as Buffer).length;
    };
    await expect(read()).rejects.toMatchObject({ kind: "too_large" });
    expect(came).toBeLessThanOrEqual(8_000_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
  });

  it("of any size is refused by its cap also when nobody announced it", async () => {
    const { http } = await answering((_seen, response) => {
      response.writeHead(200);
      for (let line = 0; line < 100; line++) response.write("a line of some text that goes on\n");
      response.end();
    });
    await expect(http.text({ url: "/", maxBytes: 1000 })).rejects.toMatchObject({ kind: "too_large" });
    expect((await http.text({ url: "/", maxBytes: 3300 })).body.length).toBe(3300);
  });

  it("that only drips is cut before its deadline, and others are answered meanwhile", async () => {
    const { http, server } = await answering(
      (seen, response) => {
        if (seen.path === "/quick") return sendJson(response, {});
        response.writeHead(200, JSON_TYPE);
        const drip = setInterval(() => response.write(" "), 10);
        response.on("close", () => clearInterval(drip));
      },
      { limits: { slowWindowMs: 400, slowBytes: 400 } },
    );
    const slow = http.json({ url: "/drip" }, Page).catch((thrown) => thrown);
    await Promise.all(Array.from({ length: 20 }, () => http.json({ url: "/quick" }, z.object({}))));
    expect(await slow).toMatchObject({
      kind: "unavailable",
      message: expect.stringContaining("less than 1000 bytes a second"),
    });
    expect(server.seen.filter((seen) => seen.path === "/drip").length).toBe(3);
  });

  it("that never ends is cut by the deadline for the whole answer", async () => {
    const { http, server } = await answering((_seen, response) => {
      response.writeHead(200, JSON_TYPE);
      const flow = setInterval(() => response.write(" ".repeat(1000)), 5);
      response.on("close", () => clearInterval(flow));
    });
    await expect(http.json({ url: "/", timeoutMs: 600 }, Page)).rejects.toMatchObject({
      kind: "unavailable",
      message: expect.stringContaining("did not finish its answer"),
    });
    expect(server.seen.length).toBe(3);
    const { body } = await http.stream({ url: "/", timeoutMs: 600 });
    await expect(readText(body)).rejects.toMatchObject({ kind: "unavailable" });
  });

  it("that never begins is given up, whether headers stay away or the whole answer", async () => {
    const hanging = await answering(() => {}, { limits: { headersMs: 100 } });
    await expect(hanging.http.json({ url: "/" }, Page)).rejects.toMatchObject({
      kind: "unavailable",
      message: expect.stringContaining("did not answer work-github in time"),
    });
    expect(hanging.server.seen.length).toBe(3);
    await expect(hanging.http.json({ url: "/", timeoutMs: 50 }, Page)).rejects.toMatchObject({ kind: "unavailable" });
  });

  it("of a stream waits for a slow reader without calling the service slow", async () => {
    const { http } = await answering((_seen, response) => response.end(Buffer.alloc(3_000_000, "x")), {
      limits: { slowWindowMs: 300, slowBytes: 1000 },
    });
    const { body } = await http.stream({ url: "/" });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect((await readText(body)).length).toBe(3_000_000);
  });

  it("of a stream that is cut fails for its reader", async () => {
    const { http } = await answering((_seen, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write("half");
      setTimeout(() => response.destroy(), 20);
    });
    const { body } = await http.stream({ url: "/" });
    await expect(readText(body)).rejects.toMatchObject({ kind: "bad_response" });
  });

  it("of a stream that is stopped before anybody reads it fails for the reader that comes later", async () => {
    const server = await serve((_seen, response) => response.write("the beginning"));
    const stop = new AbortController();
    const { http } = asking(serviceAt(server.url), {}, stop.signal);
    const { body } = await http.stream({ url: "/" });
    stop.abort();
    await eventually(() => body.destroyed).toBe(true);
    await expect(readText(body)).rejects.toMatchObject({ kind: "cancelled" });
  });

  it("of a stream is let go when its reader is, and its place in the bucket with it", async () => {
    const closed: boolean[] = [];
    const server = await serve((_seen, response) => {
      response.on("close", () => closed.push(true));
      response.write(Buffer.alloc(100_000));
    });
    const { http } = asking(serviceAt(server.url, { buckets: { default: { concurrency: 1 } } }));
    for (let time = 0; time < 3; time++) (await http.stream({ url: "/" })).body.destroy();
    await eventually(() => closed.length).toBe(3);
  });

  it("is text by its byte order mark, its charset, or what it looks like", async () => {
    const texts: [Record<string, string>, Buffer][] = [
      [{}, Buffer.from("\ufeffçéà", "utf16le")],
      [{}, Buffer.from("\ufeffçéà")],
      [{ "content-type": 'text/plain; charset="windows-1252"' }, Buffer.from([0xe7, 0xe9, 0xe0])],
      [{ "content-type": "text/plain" }, Buffer.from([0xe7, 0xe9, 0xe0])],
      [{ "content-type": "text/plain; charset=klingon" }, Buffer.from("çéà")],
    ];
    for (const [headers, bytes] of texts) {
      const { http } = await answering((_seen, response) => response.writeHead(200, headers).end(bytes));
      expect((await http.text({ url: "/" })).body).toBe("çéà");
    }
  });
});
