import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Canary } from "./canary.ts";
import { Conformance } from "./conformance.ts";
import { GithubTwin } from "./github/github-twin.ts";
import type { Repository } from "./github/repository.ts";
import { clientOf } from "./github-client.ts";

const at = "/repos/millrace/handbook";

describe("what people do on the twin of GitHub", () => {
  let twin: GithubTwin;
  let handbook: Repository;
  let client: ReturnType<typeof clientOf>;

  beforeEach(async () => {
    twin = await GithubTwin.open();
    await twin.seed();
    handbook = twin.repository("millrace/handbook");
    client = clientOf(twin);
  });

  afterEach(async () => {
    expect([...twin.violations, ...twin.refusals]).toEqual([]);
    await twin.close();
  });

  const get = async (path: string) => (await client.ask(at + path)).json;

  it("leaves what a deleted account wrote to the ghost, and its reviews to nobody", async () => {
    twin.world.deleteAccount("otter-keeper");
    expect((await get("/issues/2")).user.login).toBe("ghost");
    expect((await get("/pulls/31/reviews"))[0].user).toBeNull();
    expect((await client.ask("/users/otter-keeper")).status).toBe(404);
    const query = '{ repository(owner: "millrace", name: "handbook") { issue(number: 2) { author { login } } } }';
    expect((await client.ask("/graphql", {}, { query })).json.data.repository.issue.author).toBeNull();
  });

  it("shows a renamed label and new reactions without a newer date", async () => {
    const before = await get("/issues/1");
    handbook.renameLabel("gauge", "gauges");
    handbook.issues.react(1, { rocket: 3, "+1": 1 });
    const after = await get("/issues/1");
    expect(after.labels.map((label: { name: string }) => label.name)).toEqual(["gauges", "needs: a look 👀"]);
    expect([after.reactions.total_count, after.updated_at]).toEqual([4, before.updated_at]);
  });

  it("reopens, adopts, dismisses and drafts, each with a newer date", async () => {
    const [review] = handbook.reviews.all();
    handbook.issues.reopen(1);
    handbook.issues.adopt(1, 4);
    handbook.reviews.dismiss(review?.id as number);
    handbook.pulls.setDraft(32, true);
    expect(await get("/issues/1")).toMatchObject({
      state: "open",
      state_reason: "reopened",
      sub_issues_summary: { total: 1 },
    });
    expect((await get("/issues/4")).parent_issue_url).toBe(`${twin.origin}${at}/issues/1`);
    expect((await get("/pulls/31/reviews"))[0].state).toBe("DISMISSED");
    expect((await get("/pulls/32")).draft).toBe(true);
    for (const number of [1, 4, 31, 32]) expect((await get(`/issues/${number}`)).updated_at > "2026").toBe(true);
  });

  it("edits and deletes remarks on lines, discussions and releases", async () => {
    const [remark, other] = handbook.reviews.comments();
    handbook.reviews.editComment(remark?.id as number, "Read again: a gate.");
    handbook.reviews.deleteComment(other?.id as number);
    const listed = await get("/pulls/comments?sort=updated&direction=desc");
    expect([listed.length, listed[0].body]).toEqual([7, "Read again: a gate."]);
    const [first, second] = handbook.discussions.all();
    handbook.discussions.edit(first?.number as number, { title: "Settled" });
    handbook.discussions.editComment(first?.number as number, first?.comments[0]?.id as number, "Call it Young Meg.");
    handbook.discussions.deleteComment(first?.number as number, first?.comments[0]?.replies[0]?.id as number);
    handbook.discussions.delete(second?.number as number);
    const query = `{ repository(owner: "millrace", name: "handbook") { discussions(first: 5, orderBy: { field: CREATED_AT, direction: ASC }) {
      nodes { title comments(first: 5) { nodes { body replies(first: 5) { totalCount } } } } } } }`;
    const { nodes } = (await client.ask("/graphql", {}, { query })).json.data.repository.discussions;
    expect(nodes).toHaveLength(2);
    expect(nodes[0]).toEqual({
      title: "Settled",
      comments: { nodes: [{ body: "Call it Young Meg.", replies: { totalCount: 0 } }] },
    });
    const release = handbook.releases.publish({ tag: "v1", body: "One." });
    handbook.releases.edit(release.id, { body: "One, mended." });
    expect((await get("/releases/latest")).body).toBe("One, mended.");
    handbook.releases.delete(release.id);
    expect(await get("/releases")).toEqual([]);
  });

  it("hands a repository to another owner and takes it down", async () => {
    handbook.transfer("jonas-weir");
    expect((await client.ask(at)).headers.get("location")).toBe(`${twin.origin}/repositories/${handbook.id}`);
    expect((await client.ask("/repos/jonas-weir/handbook")).json.owner.login).toBe("jonas-weir");
    handbook.set({ blocked: true });
    expect((await client.ask("/repos/jonas-weir/handbook")).status).toBe(451);
  });

  it("sends a delivery once more, byte for byte", async () => {
    const canary = await Canary.open();
    twin.hooks.add(handbook, canary.url, { secret: "hall" });
    await twin.hooks.settled();
    const [ping] = twin.hooks.deliveries;
    if (ping === undefined) throw new Error("There was no ping.");
    await twin.hooks.redeliver(ping, canary.url);
    const [one, two] = canary.heard.map(({ headers }) => [
      headers["x-github-delivery"],
      headers["x-hub-signature-256"],
    ]);
    expect(two).toEqual(one);
    await canary.close();
  });
});

const enterprise = Conformance.of("github-ghes-3.19.json");

describe.skipIf(enterprise === undefined)("the twin as an Enterprise Server", () => {
  it("answers as the vendor describes that one", async () => {
    const twin = await GithubTwin.open({ flavour: "enterprise" });
    await twin.seed();
    const { ask } = clientOf(twin);
    const [comment] = twin.repository("millrace/handbook").comments.all();
    const paths = `/user /user/installations /meta /orgs/millrace/repos ${at} ${at}/commits ${at}/contents/README.md ${at}/contents/gates
      ${at}/git/trees/main?recursive=1 ${at}/issues?state=all ${at}/issues/8 ${at}/issues/10/comments ${at}/issues/comments
      ${at}/issues/comments/${comment?.id} ${at}/pulls?state=all /search/issues?q=gate+is:issue`;
    for (const path of paths.split(/\s+/)) expect((await ask(`/api/v3${path}`)).status, path).toBe(200);
    expect([...twin.violations, ...twin.refusals]).toEqual([]);
    await twin.close();
  });
});
