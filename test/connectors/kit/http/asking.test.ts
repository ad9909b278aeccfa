import { text as readText } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { asking, eventually, fastClock, sendJson, serve, serviceAt, TOKEN } from "./loopback.ts";

const Issue = z.object({ number: z.number(), title: z.string() });
const ISSUE = { number: 12, title: "Überarbeiten: קישור שבור 🪲" };

describe("asking a service", () => {
  it("sends the credential, our name and the query, and answers what the schema lets through", async () => {
    const server = await serve((_seen, response) => sendJson(response, { ...ISSUE, extra: 1 }, 200, { etag: '"a1"' }));
    const service = serviceAt(`${server.url}/api/v3/`, { headers: () => ({ "X-Api-Version": "2022-11-28" }) });
    const { http, open } = asking(service, { version: "0.1.0" });
    const query = { state: "all", page: 2, draft: false, none: undefined, labels: ["bug", "à faire"] };
    const answer = await http.json({ url: "/repos/acme/docs/issues", query }, Issue);
    expect(answer.body).toEqual(ISSUE);
    expect(answer).toMatchObject({ status: 200, etag: '"a1"', next: undefined, kept: false, refused: [] });
    const [seen] = server.seen;
    expect(seen?.path).toBe("/api/v3/repos/acme/docs/issues");
    expect([...(seen?.query ?? [])]).toEqual([
      ["state", "all"],
      ["page", "2"],
      ["draft", "false"],
      ["labels", "bug"],
      ["labels", "à faire"],
    ]);
    expect(seen?.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      "user-agent": "headwater/0.1.0",
      accept: "application/json",
      "x-api-version": "2022-11-28",
    });
    expect(open.counts()).toMatchObject({ requests: 1, retried: 0, notModified: 0, waitedMs: 0 });
  });

  it("sends objects as JSON, parameters as a form and bytes as they are", async () => {
    const server = await serve((_seen, response) => sendJson(response, {}));
    const { http } = asking(serviceAt(server.url));
    const post = { url: "/search", method: "POST", reads: true } as const;
    await http.json({ ...post, body: { q: "naïve" } }, z.object({}));
    await http.json({ ...post, body: new URLSearchParams({ q: "a b" }) }, z.object({}));
    const mime = "application/x-git-upload-pack-request";
    await http.json({ ...post, body: Buffer.from("0032want"), headers: { "Content-Type": mime } }, z.object({}));
    expect(server.seen.map((seen) => [seen.headers["content-type"], seen.body])).toEqual([
      ["application/json", '{"q":"naïve"}'],
      ["application/x-www-form-urlencoded", "q=a+b"],
      [mime, "0032want"],
    ]);
  });

  it("answers text by its charset and bytes as a stream", async () => {
    const latin = Buffer.from("caf\xe9 cr\xe8me", "latin1");
    const server = await serve((seen, response) => {
      response.setHeader("content-type", seen.path === "/latin" ? "text/plain; charset=ISO-8859-1" : "text/plain");
      response.end(seen.path === "/latin" ? latin : "שלום עולם");
    });
    const { http } = asking(serviceAt(server.url));
    expect((await http.text({ url: "/latin" })).body).toBe("café crème");
    expect((await http.text({ url: "/" })).body).toBe("שלום עולם");
    expect(await readText((await http.stream({ url: "/" })).body)).toBe("שלום עולם");
  });

  it("asks conditionally and says when nothing changed", async () => {
    const server = await serve((seen, response) => {
      if (seen.headers["if-none-match"] === '"v1"') response.writeHead(304).end();
      else sendJson(response, ISSUE, 200, { etag: '"v1"' });
    });
    const { http, open } = asking(serviceAt(server.url));
    const first = await http.changed({ url: "/issues/12" }, undefined, Issue);
    expect(first?.body).toEqual(ISSUE);
    expect(await http.changed({ url: "/issues/12" }, first?.etag, Issue)).toBeUndefined();
    expect(open.counts()).toMatchObject({ requests: 2, notModified: 1 });
  });

  it("walks a list by its links and asks for the next page while the caller works on this one", async () => {
    const server = await serve((seen, response) => {
      const page = Number(seen.query.get("page") ?? 1);
      const link = page < 3 ? { link: `<${server.url}/issues?page=${page + 1}>; rel="next"` } : undefined;
      sendJson(response, [{ number: page, title: "t" }], 200, link);
    });
    const { http } = asking(serviceAt(server.url));
    const numbers: number[] = [];
    for await (const { body } of http.pages({ url: "/issues" }, z.array(Issue))) {
      numbers.push(...body.map((issue) => issue.number));
      await eventually(() => server.seen.length).toBe(Math.min(numbers.length + 1, 3));
    }
    expect(numbers).toEqual([1, 2, 3]);
  });

  it("asks GraphQL and leaves null where an optional field is refused", async () => {
    const data = { repository: { issues: { nodes: [{ title: "One", author: null }] } } };
    const errors = [{ type: "FORBIDDEN", path: ["repository", "issues", "nodes", 0, "author"], message: "No." }];
    const server = await serve((_seen, response) => sendJson(response, { data, errors }));
    const { http } = asking(serviceAt(server.url));
    const optional = ["repository.issues.nodes.author"];
    const answer = await http.graphql({ query: "{ repository { id } }", variables: { n: 1 }, optional }, z.unknown());
    expect(answer.body).toEqual(data);
    expect(answer.refused).toEqual([{ path: "repository.issues.nodes.0.author", type: "FORBIDDEN" }]);
    expect(JSON.parse(server.seen[0]?.body ?? "")).toEqual({ query: "{ repository { id } }", variables: { n: 1 } });
    await expect(http.graphql({ query: "{ x }" }, z.unknown())).rejects.toMatchObject({ kind: "permission" });
  });

  it("waits as long as it was told and asks again", async () => {
    const clock = fastClock(1000);
    const server = await serve((_seen, response) => {
      if (server.seen.length === 1) sendJson(response, {}, 429, { "retry-after": "30" });
      else sendJson(response, ISSUE);
    }, clock);
    const { http, open } = asking(serviceAt(server.url), { clock });
    expect((await http.json({ url: "/issues/12" }, Issue)).body).toEqual(ISSUE);
    expect((server.seen[1]?.at ?? 0) - (server.seen[0]?.at ?? 0)).toBeGreaterThanOrEqual(30_000);
    expect(open.counts()).toMatchObject({ requests: 2, retried: 1 });
  });
});
