import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Conformance } from "./conformance.ts";
import type { GithubTwin as Twin } from "./github/github-twin.ts";
import { GithubTwin } from "./github/github-twin.ts";
import type { Repository } from "./github/repository.ts";
import { clientOf } from "./github-client.ts";

/** Described by the vendor, not served by this twin: nobody here asks for them, and whoever does is refused aloud. */
const LEFT_OUT = [
  "GET /repos/{owner}/{repo}/issues/{issue_number}/timeline",
  "GET /repos/{owner}/{repo}/issues/events",
  "GET /repos/{owner}/{repo}/events",
  "GET /repos/{owner}/{repo}/pulls/{pull_number}/commits",
  "GET /repos/{owner}/{repo}/pulls/{pull_number}/files",
  "GET /repos/{owner}/{repo}/zipball/{ref}",
  "POST /repos/{owner}/{repo}/hooks",
  "GET /search/commits",
  "GET /search/users",
];

let twin: Twin;
let client: ReturnType<typeof clientOf>;
let handbook: Repository;
const at = "/repos/millrace/handbook";

beforeEach(async () => {
  twin = await GithubTwin.open();
  await twin.seed();
  client = clientOf(twin);
  handbook = twin.repository("millrace/handbook");
});

afterEach(async () => {
  expect(twin.violations).toEqual([]);
  await twin.close();
});

describe("the routes of the twin of GitHub", () => {
  it("answer as the vendor describes, each of them", async () => {
    const release = handbook.releases.publish({
      tag: "v1.0.0",
      body: "First.",
      assets: [{ name: "map.txt", type: "text/plain", bytes: Buffer.from("map") }],
    });
    twin.world.team("millrace", "gate-keepers", ["otter-keeper"]);
    handbook.teams.set("gate-keepers", "push");
    handbook.invite("jonas-weir", "triage");
    handbook.invite("marta-quill", "admin");
    twin.hooks.add(handbook, "http://127.0.0.1:9/", { secret: "x" });
    const { app, privateKey } = twin.apps.register("hall", "millrace");
    const installation = twin.apps.install(app, "millrace");
    const token = twin.apps.tokenFor(installation, {});
    const head = handbook.git.refs.get("heads/main") as string;
    const [comment] = handbook.comments.all();
    const [review] = handbook.reviews.all();
    const [remark] = handbook.reviews.comments();
    const blob = handbook.git.files(head).get("README.md")?.sha;
    const paths = `/user /user/repos /user/orgs /user/installations /meta /rate_limit /orgs/millrace /orgs/millrace/repos /orgs/millrace/members
      /orgs/millrace/teams /orgs/millrace/teams/gate-keepers/members /orgs/millrace/teams/gate-keepers/repos /users/otter-keeper
      /users/otter-keeper/repos ${at} ${at}/branches ${at}/branches/main ${at}/collaborators ${at}/teams
      ${at}/collaborators/jonas-weir/permission ${at}/commits ${at}/commits/main ${at}/compare/main...main
      ${at}/contents/README.md ${at}/contents/gates ${at}/contents/ ${at}/readme ${at}/git/trees/main?recursive=1 ${at}/git/blobs/${blob}
      ${at}/git/commits/${head} ${at}/git/ref/heads/main ${at}/git/matching-refs/heads ${at}/issues?state=all ${at}/issues/8
      ${at}/issues/10/comments ${at}/issues/comments ${at}/issues/comments/${comment?.id} ${at}/issues/8/sub_issues
      ${at}/issues/10/parent ${at}/labels ${at}/milestones ${at}/pulls?state=all ${at}/pulls/31 ${at}/pulls/31/comments
      ${at}/pulls/31/reviews ${at}/pulls/31/reviews/${review?.id} ${at}/pulls/31/reviews/${review?.id}/comments
      ${at}/pulls/comments ${at}/pulls/comments/${remark?.id} ${at}/releases ${at}/releases/latest ${at}/releases/tags/v1.0.0
      ${at}/releases/${release.id} ${at}/releases/${release.id}/assets ${at}/releases/assets/${release.assets[0]?.id} ${at}/topics ${at}/hooks
      /search/issues?q=gate+is:issue /search/code?q=gates+repo:millrace/handbook /search/repositories?q=mill`;
    for (const path of paths.split(/\s+/)) expect((await client.ask(path)).status, path).toBe(200);
    expect((await client.ask(`${at}/tarball/main`)).status).toBe(302);
    expect((await client.ask("/installation/repositories", client.as(token.value))).status).toBe(200);
    const { SignJWT, importPKCS8 } = await import("jose");
    const { createPrivateKey } = await import("node:crypto");
    const pem = createPrivateKey(privateKey).export({ type: "pkcs8", format: "pem" }) as string;
    const jwt = await new SignJWT()
      .setProtectedHeader({ alg: "RS256" })
      .setIssuer(app.clientId)
      .setIssuedAt()
      .setExpirationTime("9m")
      .sign(await importPKCS8(pem, "RS256"));
    for (const path of ["/app", "/app/installations"])
      expect((await client.ask(path, client.as(jwt))).status, path).toBe(200);
    const made = await client.ask(`/app/installations/${installation.id}/access_tokens`, client.as(jwt), {
      permissions: { issues: "read" },
    });
    expect(made.text).toContain("token");
    expect([made.status, made.json.permissions]).toEqual([201, { issues: "read" }]);
    expect((await client.ask("/app", client.as(`${jwt.slice(0, -9)}AAAAAAAAA`))).status).toBe(401);
    expect(twin.refusals).toEqual([]);
    const described = Conformance.of("github.json")?.routes() ?? [];
    const asked = new Set(twin.requests.map(({ method, route }) => `${method} ${route}`));
    expect(described.filter((route) => !asked.has(route)).sort()).toEqual(
      described.length === 0 ? [] : [...LEFT_OUT].sort(),
    );
  });

  it("are refused and remembered when they or their parameters do not exist", async () => {
    expect((await client.ask(`${at}/tickets`)).status).toBe(404);
    expect((await client.ask(`${at}/issues?order=asc`)).status).toBe(400);
    expect(twin.refusals).toHaveLength(2);
  });
});

describe("lists of the twin of GitHub", () => {
  it("are walked by links under the repository's number, and end", async () => {
    const { pages, items } = await client.walk(`${at}/issues?state=all&per_page=10`);
    expect([pages, new Set(items.map((item) => item.number)).size]).toEqual([5, 42]);
    const first = await client.ask(`${at}/issues?state=all&per_page=10&page=2`);
    expect(first.headers.get("link")?.match(/rel="\w+"/g)).toEqual([
      'rel="prev"',
      'rel="next"',
      'rel="last"',
      'rel="first"',
    ]);
    expect(first.next).toContain(`/repositories/${handbook.id}/issues?state=all&per_page=10&page=3`);
    expect((await client.ask(`${at}/issues?state=all&per_page=100`)).headers.get("link")).toBeNull();
    expect((await client.ask(`${at}/issues?state=all&per_page=101`)).json).toHaveLength(42);
  });

  it("skip an item by number when an earlier one moves, and none by cursor", async () => {
    const list = `${at}/issues?state=all&sort=updated&direction=asc&per_page=10`;
    const first = await client.ask(list);
    handbook.issues.edit(first.json[0].number, { title: "Moved to the end" });
    const second = await client.ask(first.next as string);
    const before = (await client.walk(list)).items.map((item) => item.number);
    expect(second.json[0].number).not.toBe(before[9]);

    const large = await GithubTwin.open({ largeList: 20 });
    await large.seed();
    const { ask, walk } = clientOf(large);
    const whole = (await walk(list)).items.map((item) => item.number);
    const one = await ask(list);
    large.repository("millrace/handbook").issues.edit(one.json[0].number, { title: "Moved to the end" });
    expect(one.next).toMatch(/[?&]after=/);
    expect((await ask(one.next as string)).json[0].number).toBe(whole[10]);
    const built = await ask(`${list}&page=2`);
    expect([built.status, built.json.message]).toEqual([
      422,
      expect.stringContaining("not supported for large datasets"),
    ]);
    await large.close();
  });

  it("take `since` inclusively and by the second, and the epoch for nothing", async () => {
    const newest = (await client.ask(`${at}/issues?state=all&sort=updated&per_page=1`)).json[0].updated_at as string;
    const since = async (moment: string) =>
      (await client.ask(`${at}/issues?state=all&since=${encodeURIComponent(moment)}`)).json.length;
    expect(await since(newest)).toBe(1);
    expect(await since(newest.replace("Z", ".900Z"))).toBe(1);
    expect(await since("1970-01-01T00:00:00Z")).toBe(0);
    expect(await since("1971-01-01T00:00:00Z")).toBe(30);
    expect((await client.ask(`${at}/issues?since=yesterday`)).status).toBe(422);
  });

  it("answer 304 to their own ETag at no cost, and anew after a change", async () => {
    const list = `${at}/issues?state=all&sort=updated`;
    const first = await client.ask(list);
    const tag = { "if-none-match": first.headers.get("etag") as string };
    const again = await client.ask(list, tag);
    expect([again.status, again.headers.get("x-ratelimit-used")]).toEqual([304, first.headers.get("x-ratelimit-used")]);
    const open = await client.ask(list, { ...tag, authorization: undefined });
    expect([open.status, open.headers.get("x-ratelimit-used")]).toEqual([304, "1"]);
    handbook.issues.edit(2, { title: "Another" });
    expect((await client.ask(list, tag)).status).toBe(200);
    expect(twin.requests.filter((one) => one.conditional).map((one) => one.status)).toEqual([304, 304, 200]);
  });
});

describe("what moves `updated_at`", () => {
  const updated = async (path: string) => (await client.ask(`${at}/${path}`)).json.updated_at as string;

  it("is a comment for its issue, but no edit of a comment", async () => {
    const before = await updated("issues/10");
    const comment = handbook.comments.add(10, { body: "New." });
    const after = await updated("issues/10");
    expect(after > before).toBe(true);
    handbook.issues.touch(handbook.issues.get(10), "2025-08-01T00:00:00Z");
    handbook.comments.edit(comment.id, "Newer.");
    expect(await updated("issues/10")).toBe("2025-08-01T00:00:00Z");
    expect((await updated(`issues/comments/${comment.id}`)) > before).toBe(true);
    handbook.comments.delete(comment.id);
    expect(await updated("issues/10")).toBe("2025-08-01T00:00:00Z");
    expect((await client.ask(`${at}/issues/comments/${comment.id}`)).status).toBe(404);
  });
});

describe("what is gone or elsewhere", () => {
  it("is 410 for a deleted issue and 301 for a transferred one", async () => {
    const other = twin.repository("millrace/archive");
    handbook.issues.delete(3);
    const moved = handbook.issues.transfer(10, other);
    expect((await client.ask(`${at}/issues/3`)).status).toBe(410);
    const answer = await client.ask(`${at}/issues/10`);
    expect([answer.status, answer.headers.get("location")]).toEqual([
      301,
      `${twin.origin}/repositories/${other.id}/issues/${moved.number}`,
    ]);
    expect((await client.ask(answer.headers.get("location") as string)).json.title).toBe("Gauge reading of day 9");
    expect(other.comments.of(moved.number)).toHaveLength(7);
  });

  it("is 301 for a new name, until somebody takes the old one", async () => {
    handbook.rename("manual");
    const answer = await client.ask(`${at}/issues?state=all`);
    expect([answer.status, answer.headers.get("location")]).toEqual([
      301,
      `${twin.origin}/repositories/${handbook.id}/issues?state=all`,
    ]);
    expect((await client.ask(answer.headers.get("location") as string)).json).toHaveLength(30);
    const taken = twin.repository("millrace/handbook");
    expect((await client.ask(at)).json.id).toBe(taken.id);
    taken.delete();
    expect((await client.ask(at)).status).toBe(404);
  });

  it("is 410 for a list of issues that were switched off", async () => {
    handbook.set({ hasIssues: false });
    expect((await client.ask(`${at}/issues`)).status).toBe(410);
    expect((await client.ask(`${at}/pulls`)).status).toBe(200);
  });
});
