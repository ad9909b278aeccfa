import { describe, expect, it } from "vitest";
import { z } from "zod";
import { nextLink } from "../../../../src/connectors/kit/http/link.ts";
import { asking, byToken, eventually, type Handle, mapMemory, sendJson, serve, serviceAt } from "./loopback.ts";

const Numbers = z.array(z.number());

async function listing(handle: Handle) {
  const server = await serve(handle);
  return { server, ...asking(serviceAt(server.url)) };
}

async function walk<T>(pages: AsyncIterable<{ body: T }>): Promise<{ bodies: T[]; error: unknown }> {
  const bodies: T[] = [];
  try {
    for await (const { body } of pages) bodies.push(body);
    return { bodies, error: undefined };
  } catch (error) {
    return { bodies, error };
  }
}

describe("a list", () => {
  it("whose next page is one that was read already ends in an error within three pages", async () => {
    const targets: Record<string, (page: number) => number> = {
      itself: (page) => page,
      "the one before": (page) => (page === 1 ? 2 : 1),
    };
    for (const [name, next] of Object.entries(targets)) {
      const { http, server } = await listing((seen, response) => {
        const page = Number(seen.query.get("page") ?? 1);
        sendJson(response, [page], 200, { link: `</list?page=${next(page)}>; rel="next"` });
      });
      const { error } = await walk(http.pages({ url: "/list?page=1" }, Numbers));
      expect([name, error]).toMatchObject([
        name,
        { kind: "bad_response", message: expect.stringContaining("runs in a circle") },
      ]);
      expect(server.seen.length).toBeLessThanOrEqual(3);
    }
  });

  it("that leads to another origin ends in an error, and nothing is asked there", async () => {
    const elsewhere = await serve((_seen, response) => sendJson(response, []));
    const { http } = await listing((_seen, response) =>
      sendJson(response, [1], 200, { link: `<${elsewhere.url}/list?page=2>; rel="next"` }),
    );
    const { bodies, error } = await walk(http.pages({ url: "/list" }, Numbers));
    expect(bodies).toEqual([[1]]);
    expect(error).toMatchObject({ kind: "bad_response", message: expect.stringContaining("another address") });
    expect(elsewhere.seen).toEqual([]);
  });

  it("goes on as the connector says, also by the content of a POST", async () => {
    const { http, server } = await listing((seen, response) => {
      const { cursor = 0 } = JSON.parse(seen.body) as { cursor?: number };
      sendJson(response, { items: [cursor], next: cursor < 3 ? cursor + 1 : null });
    });
    const Page = z.object({ items: z.array(z.number()), next: z.number().nullable() });
    const ask = (cursor: number) => ({ url: "/query", method: "POST", reads: true, body: { cursor } }) as const;
    const pages = http.pages(ask(0), Page, ({ body }) => (body.next === null ? undefined : ask(body.next)));
    const { bodies, error } = await walk(pages);
    expect([bodies.map((body) => body.items[0]), error]).toEqual([[0, 1, 2, 3], undefined]);
    expect(server.seen.length).toBe(4);
  });

  it("tells of a failing page when its turn comes, not before", async () => {
    const { http } = await listing((seen, response) => {
      const page = Number(seen.query.get("page") ?? 1);
      sendJson(response, [page], page === 3 ? 404 : 200, { link: `</list?page=${page + 1}>; rel="next"` });
    });
    const { bodies, error } = await walk(http.pages({ url: "/list" }, Numbers));
    expect(bodies).toEqual([[1], [2]]);
    expect(error).toMatchObject({ kind: "not_found" });
  });

  it("that the caller leaves stops the page that was on its way", async () => {
    let cut = false;
    const { http, server } = await listing((seen, response) => {
      const page = Number(seen.query.get("page") ?? 1);
      if (page === 1) return sendJson(response, [1], 200, { link: `</list?page=2>; rel="next"` });
      response.on("close", () => {
        cut = !response.writableEnded;
      });
    });
    for await (const { body } of http.pages({ url: "/list" }, Numbers)) {
      expect(body).toEqual([1]);
      await eventually(() => server.seen.length).toBe(2);
      break;
    }
    await eventually(() => cut).toBe(true);
  });

  it("keeps asking in the same way: headers, realm and bucket go along", async () => {
    const { http, server } = await listing((seen, response) => {
      const link = seen.query.get("page") ? undefined : { link: `</list?state=all&page=2>; rel="next"` };
      sendJson(response, [1], 200, link);
    });
    const first = { url: "/list", query: { state: "all" }, headers: { Accept: "application/vnd.github.star+json" } };
    await walk(http.pages(first, Numbers));
    expect(server.seen.map((seen) => seen.headers.accept)).toEqual(Array(2).fill("application/vnd.github.star+json"));
    expect(server.seen[1]?.query.toString()).toBe("state=all&page=2");
  });
});

describe("a Link header", () => {
  const from = new URL("https://api.example/repos?page=1");
  const next = (link: string) => nextLink(new Headers({ link }), from);

  it("is read as RFC 8288 writes it", () => {
    expect(next('<https://api.example/a?b=1,2;3>; rel="next", </z>; rel="last"')).toBe("https://api.example/a?b=1,2;3");
    expect(next('</last>; rel="last", </next?after=Y3Vyc29yOnYyOpK5>; rel="next"')).toBe(
      "https://api.example/next?after=Y3Vyc29yOnYyOpK5",
    );
    expect(next("<?page=2>; rel=next")).toBe("https://api.example/repos?page=2");
    expect(next('</p>; title="a, <b>; rel=\\"no"; rel="prefetch next"')).toBe("https://api.example/p");
    expect(next('</p>; REL="NEXT"; foo=bar')).toBe("https://api.example/p");
    for (const nothing of [
      "",
      '</p>; rel="nextish"',
      '</p>; rel="prev"',
      "</p>",
      'rel="next"',
      "<https://[>; rel=next",
    ])
      expect([nothing, next(nothing)]).toEqual([nothing, undefined]);
  });
});

describe("an answer that is kept", () => {
  it("is confirmed by its ETag on the next asking, in this process and in the next", async () => {
    let body = { name: "docs", topics: ["wiki"] };
    let version = 1;
    const server = await serve((seen, response) => {
      if (seen.headers["if-none-match"] === `"v${version}"`) return response.writeHead(304, { "x-left": "59" }).end();
      sendJson(response, body, 200, { etag: `"v${version}"`, link: '</more>; rel="next"' });
    });
    const memory = mapMemory();
    const Repository = z.object({ name: z.string(), topics: z.array(z.string()) });
    const request = { url: "/repos/acme/docs", query: { secret: "s3cr3t" }, keep: true };
    const ask = async (fresh = asking(serviceAt(server.url), { memory })) => fresh.http.json(request, Repository);
    const one = asking(serviceAt(server.url), { memory });
    expect(await ask(one)).toMatchObject({ body, kept: false });
    expect(await ask(one)).toMatchObject({ body, kept: true, status: 200, etag: '"v1"', next: `${server.url}/more` });
    expect((await ask()).headers.get("x-left")).toBe("59");
    version = 2;
    body = { name: "docs", topics: [] };
    expect(await ask()).toMatchObject({ body, kept: false });
    expect(await ask()).toMatchObject({ body, kept: true });
    expect(one.open.counts()).toMatchObject({ requests: 2, notModified: 1 });
    const stored = JSON.stringify([...memory.kept]);
    expect(stored).not.toMatch(/s3cr3t|authorization|ghp_/);
  });

  it("that was lost or damaged is asked for as if it had never been", async () => {
    const server = await serve((seen, response) =>
      seen.headers["if-none-match"] ? response.writeHead(304).end() : sendJson(response, [1], 200, { etag: '"a"' }),
    );
    const memory = mapMemory();
    const ask = () => asking(serviceAt(server.url), { memory }).http.json({ url: "/", keep: true }, Numbers);
    await ask();
    for (const key of memory.kept.keys()) memory.kept.set(key, { etag: '"a"', body: 7 });
    expect(await ask()).toMatchObject({ body: [1], kept: false });
  });

  it("is not taken for another realm's, nor kept when it is large", async () => {
    const server = await serve((seen, response) => {
      const large = seen.path === "/large" ? Array(400_000).fill(1) : [1];
      sendJson(response, large, 200, { etag: '"a"' });
    });
    const memory = mapMemory();
    const auth = [{ ...byToken, credential: async () => ({ headers: {} }) }];
    const { http } = asking(serviceAt(server.url, { auth }), { memory });
    await http.json({ url: "/", keep: true, realm: "acme" }, Numbers);
    await http.json({ url: "/", keep: true, realm: "globex" }, Numbers);
    await http.json({ url: "/large", keep: true }, Numbers);
    expect(server.seen.map((seen) => seen.headers["if-none-match"])).toEqual([undefined, undefined, undefined]);
    expect(memory.kept.size).toBe(2);
  });

  it("says 304 only to those who asked for it", async () => {
    const server = await serve((_seen, response) => response.writeHead(304).end());
    const { http } = asking(serviceAt(server.url));
    await expect(http.json({ url: "/" }, Numbers)).rejects.toMatchObject({ kind: "bad_response", status: 304 });
  });
});

describe("a GraphQL query", () => {
  const ask = (handle: Handle, explain?: Parameters<typeof serviceAt>[1]) =>
    serve(handle).then((server) => ({ server, ...asking(serviceAt(server.url, explain)) }));
  const data = { repository: { name: "docs", discussions: null } };
  const Data = z.object({ repository: z.object({ name: z.string(), discussions: z.null() }) });

  it("is repeated after a failure though it is a POST, and counts against its own bucket", async () => {
    const buckets = { default: { concurrency: 1 }, graphql: { concurrency: 1 } };
    const { http, server, lines } = await ask(
      (_seen, response) => sendJson(response, { data }, server.seen.length === 1 ? 502 : 200),
      { buckets },
    );
    expect((await http.graphql({ query: "{ repository { name } }" }, Data)).body).toEqual(data);
    expect(server.seen.map((seen) => `${seen.method} ${seen.path}`)).toEqual(Array(2).fill("POST /graphql"));
    expect(lines.map((line) => line.event)).toEqual(["request.failed", "request.answered"]);
  });

  it("fails by the kind of its error: a word that services share, or the service's own explanation", async () => {
    const cases: [object, string][] = [
      [{ type: "NOT_FOUND", path: ["repository"] }, "not_found"],
      [{ type: "FORBIDDEN" }, "permission"],
      [{ extensions: { code: "UNAUTHENTICATED" } }, "auth"],
      [{ message: "Syntax Error: geheim" }, "bad_response"],
      [{ type: "SOMETHING NEW AND LONG <script>" }, "bad_response"],
    ];
    for (const [error, kind] of cases) {
      const { http, server } = await ask((_seen, response) => sendJson(response, { data: null, errors: [error] }));
      const thrown = await http.graphql({ query: "{ x }" }, z.unknown()).catch((reason) => reason);
      expect([error, thrown.kind, server.seen.length]).toEqual([error, kind, 1]);
      expect(thrown.message).not.toMatch(/geheim|script/);
    }
    const { http } = await ask((_seen, response) => sendJson(response, { errors: [{ type: "X" }] }), {
      explain: ({ body, status }) => {
        const { errors } = body as { errors: { type: string }[] };
        return { kind: "permission", message: `${errors[0]?.type} ${status}`, hint: "Ask an owner." };
      },
    });
    await expect(http.graphql({ query: "{ x }" }, z.unknown())).rejects.toMatchObject({
      kind: "permission",
      message: "X 200",
      status: 200,
    });
  });

  it("that is limited with status 200 waits and asks again", async () => {
    const { http, server, open } = await ask((_seen, response) =>
      sendJson(response, server.seen.length === 1 ? { data: null, errors: [{ type: "RATE_LIMITED" }] } : { data }),
    );
    await http.graphql({ query: "{ x }" }, Data);
    expect(server.seen.length).toBe(2);
    expect(open.counts().retried).toBe(1);
  });

  it("fails when a field is refused that was not called optional, or nothing is left", async () => {
    const refused = { type: "FORBIDDEN", path: ["repository", "discussions"] };
    const partly: Handle = (_seen, response) => sendJson(response, { data, errors: [refused] });
    const { http } = await ask(partly);
    await expect(http.graphql({ query: "{ x }" }, Data)).rejects.toMatchObject({ kind: "permission" });
    await expect(http.graphql({ query: "{ x }", optional: ["repository.name"] }, Data)).rejects.toBeDefined();
    const answer = await http.graphql({ query: "{ x }", optional: ["repository.discussions"] }, Data);
    expect(answer.refused).toEqual([{ path: "repository.discussions", type: "FORBIDDEN" }]);
    const nothing = await ask((_seen, response) => sendJson(response, { data: null, errors: [refused] }));
    await expect(nothing.http.graphql({ query: "{ x }", optional: ["repository"] }, z.unknown())).rejects.toMatchObject(
      { kind: "permission" },
    );
  });
});
