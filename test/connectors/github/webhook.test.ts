import { createHmac } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { GithubContext } from "../../../src/connectors/github/api.ts";
import { githubWebhook } from "../../../src/connectors/github/webhook.ts";
import { GithubWorld, moment } from "./world.ts";

const SECRET = "It's a Secret to Everybody";

function delivery(body: string, headers: Record<string, string>) {
  return {
    method: "POST",
    url: new URL("https://hooks.example/github"),
    headers: new Headers(headers),
    body: Buffer.from(body),
  };
}
const signed = (body: string, secret = SECRET) => `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
const verify = (body: string, signature: string, secret = SECRET) =>
  githubWebhook.verify(delivery(body, { "x-hub-signature-256": signature }), secret, new Date());

describe("a signature", () => {
  it("is the one that GitHub documents", () => {
    expect(verify("Hello, World!", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")).toBe(
      true,
    );
  });

  it("holds for the raw bytes alone", () => {
    const body = '{"action":"opened",  "issue":{"number":1}}';
    expect(verify(body, signed(body))).toBe(true);
    expect(verify(JSON.stringify(JSON.parse(body)), signed(body))).toBe(false);
  });

  it.each([
    ["another secret's", signed("x", "another")],
    ["cut", signed("x").slice(0, -2)],
    ["of the old kind", `sha1=${createHmac("sha1", SECRET).update("x").digest("hex")}`],
    ["without its kind", signed("x").slice(7)],
    ["empty", ""],
    ["longer", `${signed("x")}00`],
  ])("that is %s is refused", (_, signature) => {
    expect(verify("x", signature)).toBe(false);
  });

  it("of an empty secret proves nothing", () => {
    expect(verify("x", signed("x", ""), "")).toBe(false);
  });
});

describe("a delivery", () => {
  let world: GithubWorld;
  afterEach(() => world.close());

  async function receive(event: string, payload: object, config: Record<string, unknown> = {}) {
    world = await GithubWorld.open((docs) => docs.issues.open({ title: "Gauge", at: moment(1) }), { config });
    const open = await world.place.sources.open("work");
    const repository = { id: world.docs.id, full_name: "acme/docs" };
    const request = delivery(JSON.stringify({ repository, ...payload }), {
      "x-github-event": event,
      "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
    });
    const ctx = open.context(new AbortController().signal) as GithubContext;
    const answer = await githubWebhook.receive(ctx, request);
    const text = JSON.stringify(answer.push ?? null).replaceAll(String(world.docs.id), "7");
    return { once: answer.once, push: JSON.parse(text) as unknown };
  }

  it.each<[string, object, unknown]>([
    ["issues", { action: "edited", issue: { number: 12 } }, { refresh: ["7#12"] }],
    ["issues", { action: "deleted", issue: { number: 12 } }, { refresh: ["7#12"] }],
    [
      "issues",
      {
        action: "transferred",
        issue: { number: 12 },
        changes: { new_issue: { number: 1 }, new_repository: { id: 8 } },
      },
      { refresh: ["7#12"], stale: ["8"] },
    ],
    [
      "issue_comment",
      { action: "created", issue: { number: 12 }, comment: { id: 5 } },
      { refresh: ["7#issuecomment-5", "7#12"] },
    ],
    [
      "issue_comment",
      { action: "deleted", issue: { number: 12 }, comment: { id: 5 } },
      { refresh: ["7#issuecomment-5", "7#12"] },
    ],
    ["pull_request", { action: "opened", pull_request: { number: 3 } }, { refresh: ["7#3"] }],
    [
      "pull_request_review",
      { action: "submitted", pull_request: { number: 3 }, review: { id: 8 } },
      { refresh: ["7#pullrequestreview-8", "7#3"] },
    ],
    [
      "pull_request_review_comment",
      { pull_request: { number: 3 }, comment: { id: 9 } },
      { refresh: ["7#discussion_r9", "7#3"] },
    ],
    ["discussion", { discussion: { number: 4 } }, { refresh: ["7#4"] }],
    [
      "discussion_comment",
      { discussion: { number: 4 }, comment: { id: 6 } },
      { refresh: ["7#discussioncomment-6", "7#4"] },
    ],
    [
      "discussion",
      { action: "answered", discussion: { number: 4 }, answer: { id: 6 } },
      { refresh: ["7#discussioncomment-6", "7#4"] },
    ],
    ["push", { ref: "refs/heads/main" }, { stale: ["7"] }],
    ["gollum", { pages: [] }, { stale: ["7"] }],
    ["repository", { action: "renamed" }, { stale: "all" }],
    ["installation_repositories", { action: "added" }, { stale: "all" }],
    ["ping", { zen: "Keep it logically awesome." }, null],
    ["star", { action: "created" }, null],
    ["issues", { issue: { number: "12; drop" } }, null],
    ["workflow_run", {}, null],
  ])("of %s says where to look", async (event, payload, push) => {
    expect(await receive(event, payload)).toEqual({ once: "72d3162e-cc78-11e3-81ab-4c9367dc0958", push });
  });

  it("of a repository that is not followed is ignored", async () => {
    expect(
      (await receive("issues", { repository: { id: 999, full_name: "evil/docs" }, issue: { number: 1 } })).push,
    ).toBeNull();
  });

  it("about what the options leave out is ignored, and what they choose among is left to a sync", async () => {
    expect((await receive("issues", { issue: { number: 1 } }, { filterType: "prs" })).push).toBeNull();
    await world.close();
    const onPull = { issue: { number: 3, pull_request: {} }, comment: { id: 5 } };
    expect((await receive("issue_comment", onPull, { filterType: "issues" })).push).toBeNull();
    await world.close();
    expect((await receive("issues", { issue: { number: 1 } }, { labels: ["gauge"] })).push).toEqual({ stale: ["7"] });
    await world.close();
    const gone = { action: "deleted", issue: { number: 3 }, comment: { id: 5 } };
    expect((await receive("issue_comment", gone, { labels: ["gauge"] })).push).toEqual({
      refresh: ["7#issuecomment-5"],
    });
  });

  it("of a push tells something only about the branch that is followed", async () => {
    const repository = () => ({ id: world.docs.id, full_name: "acme/docs", default_branch: "main" });
    world = await GithubWorld.open();
    const push = async (ref: string, config: Record<string, unknown> = {}) => {
      world.configure({ branch: undefined, includeReadme: true, includeCode: false, ...config });
      const open = await world.place.sources.open("work");
      const request = delivery(JSON.stringify({ ref, repository: repository() }), { "x-github-event": "push" });
      return (await githubWebhook.receive(open.context(new AbortController().signal) as GithubContext, request)).push;
    };
    const stale = () => ({ stale: [String(world.docs.id)] });
    expect(await push("refs/heads/main")).toEqual(stale());
    expect(await push("refs/heads/try-something")).toBeUndefined();
    expect(await push("refs/tags/v1")).toBeUndefined();
    expect(await push("refs/heads/main", { branch: "release/2026" })).toBeUndefined();
    expect(await push("refs/heads/release/2026", { branch: "release/2026" })).toEqual(stale());
    expect(await push("refs/heads/main", { includeReadme: false })).toBeUndefined();
    expect(await push("refs/heads/main", { includeReadme: false, includeCode: true })).toEqual(stale());
  });

  it("that is no JSON is ignored without an error", async () => {
    world = await GithubWorld.open();
    const open = await world.place.sources.open("work");
    const request = delivery("not json", { "x-github-event": "issues" });
    expect(await githubWebhook.receive(open.context(new AbortController().signal) as GithubContext, request)).toEqual(
      {},
    );
  });
});

describe("what GitHub told", () => {
  let world: GithubWorld;
  afterEach(() => world.close());

  const soon = { timeout: 20_000 };

  /** Everything that GitHub told, delivered here. */
  async function deliverAll(): Promise<void> {
    const hook = await world.place.engine.hook("work");
    for (const { headers, body } of world.twin.hooks.deliveries)
      expect(await hook?.take({ ...delivery("", headers), body })).toEqual({});
  }

  async function follow(fill: Parameters<typeof GithubWorld.open>[0]): Promise<void> {
    world = await GithubWorld.open(fill, { config: { webhookSecret: SECRET } });
    await world.sync();
    world.twin.hooks.add(world.docs, "http://127.0.0.1:9/", { secret: SECRET });
  }

  it("of a thread that is gone takes along what hung from it, each asked for by itself", async () => {
    await follow((docs) => {
      docs.issues.open({ title: "Gauge", at: moment(1) });
      docs.issues.open({ title: "Gate", at: moment(1) });
      for (const issue of [1, 1, 2]) docs.comments.add(issue, { body: "Oiled.", at: moment(2) });
      docs.discussions.open({ title: "Names?", body: "For gates.", at: moment(3) });
      docs.discussions.comment(3, { body: "Meg.", at: moment(4) });
    });
    expect(await world.ids()).toHaveLength(8);
    world.docs.issues.delete(1);
    world.docs.discussions.delete(3);
    await deliverAll();
    const left = ["docs", "docs#2", "docs#issuecomment-…"];
    await vi.waitFor(
      async () => expect((await world.ids()).map((id) => id.replace(/\d{5,}/, "…"))).toEqual(left),
      soon,
    );
  });

  it("brings a transferred issue to where it went, with its comments", async () => {
    await follow((docs, twin) => {
      docs.issues.open({ title: "Gauge", body: "It drifts.", at: moment(1) });
      docs.comments.add(1, { body: "Oiled.", at: moment(2) });
      twin.repository("acme/attic", { hasWiki: false });
    });
    const attic = world.twin.repository("acme/attic");
    world.configure({ repositories: ["acme/docs", "acme/attic"] });
    await world.sync();
    world.docs.issues.transfer(1, attic);
    await deliverAll();
    await vi.waitFor(async () => {
      const stored = await world.texts();
      expect([...stored.values()].filter((text) => text === "It drifts." || text === "Oiled.")).toHaveLength(2);
      expect(stored.get(`${attic.id}#1`)).toBe("It drifts.");
    }, soon);
  });

  it("is told again after its id was forgotten: then GitHub is asked once more, and nothing old comes back", async () => {
    await follow((docs) => docs.issues.open({ title: "Gauge", body: "It drifts.", at: moment(1) }));
    const questions = () => world.twin.counts().get("/repos/{owner}/{repo}/issues/{issue_number}") ?? 0;
    world.docs.issues.edit(1, { body: "It leaps." });
    await deliverAll();
    await vi.waitFor(async () => expect((await world.texts()).get("docs#1")).toBe("It leaps."), soon);
    world.docs.issues.delete(1);
    await world.syncTomorrow();
    expect(await world.ids()).not.toContain("docs#1");
    world.twin.recount();
    world.twin.hooks.deliveries.length -= 1; // what told of the end
    world.later(73 * 60);
    await world.place.reopen();
    for (let at = 0; at < 10; at++) await deliverAll();
    await vi.waitFor(() => expect(questions()).toBe(1), soon);
    expect(await world.ids()).not.toContain("docs#1");
  });
});
