import { afterEach, expect, it } from "vitest";
import { GithubWorld, moment } from "./world.ts";

let world: GithubWorld;
afterEach(() => world.close());

async function open(config: Record<string, unknown>): Promise<GithubWorld> {
  world = await GithubWorld.open(
    (docs) => {
      docs.issues.open({ title: "Gauge drifts", labels: ["Gauge"], at: moment(1) });
      docs.issues.open({ title: "Gate sticks", labels: ["gate"], at: moment(2) });
      docs.issues.open({ title: "Bump float", user: "dependabot[bot]", labels: ["Gauge"], at: moment(3) });
      docs.issues.open({ title: "Old and done", labels: ["Gauge"], at: moment(4) });
      docs.issues.close(4, { at: moment(5) });
      for (let on = 1; on <= 4; on++) docs.comments.add(on, { body: `On ${on}.`, at: moment(10 + on) });
      docs.comments.add(1, { body: "Beep.", user: "helper[bot]", at: moment(20) });
      docs.pulls.open({ title: "Mend gauge", at: moment(30) });
      docs.comments.add(5, { body: "On the pull request.", at: moment(40) });
      docs.reviews.submit(5, { body: "Fine.", state: "APPROVED", at: moment(41) });
      docs.discussions.open({ title: "Names?", body: "For gates.", at: moment(50) });
    },
    { config: { includeReadme: false, ...config } },
  );
  await world.sync();
  return world;
}

/** Numbers of threads, and the bodies of what hangs from them. */
async function held(): Promise<string[]> {
  const texts = await world.texts();
  return [...texts].flatMap(([id, text]) => (/^docs#\d+$/.test(id) ? [id] : id === "docs" ? [] : [text ?? ""])).sort();
}

it("everything is taken when nothing is chosen", async () => {
  await open({});
  expect(await held()).toHaveLength(6 + 7);
});

it("issues alone, or pull requests alone, come with what hangs from them and nothing else", async () => {
  await open({ filterType: "issues", includeDiscussions: false });
  expect(await held()).toEqual(["Beep.", "On 1.", "On 2.", "On 3.", "On 4.", "docs#1", "docs#2", "docs#3", "docs#4"]);
  world.configure({ filterType: "prs" });
  await world.sync();
  expect(await held()).toEqual(["Fine.", "On the pull request.", "docs#5"]);
});

it("without comments, reviews and discussions there are threads only", async () => {
  await open({ includeComments: false, includeReviewComments: false, includeDiscussions: false });
  expect(await held()).toEqual(["docs#1", "docs#2", "docs#3", "docs#4", "docs#5"]);
  world.asked();
  await world.sync();
  expect(world.asked().filter((line) => /comments|graphql/.test(line))).toEqual([]);
});

it("bots are left out with what they wrote and what was said to it", async () => {
  await open({ includeBots: false, includeDiscussions: false });
  expect(await held()).toEqual([
    "Fine.",
    "On 1.",
    "On 2.",
    "On 4.",
    "On the pull request.",
    "docs#1",
    "docs#2",
    "docs#4",
    "docs#5",
  ]);
});

it("a thread that loses its label leaves with its comments, one that gets it comes with them", async () => {
  await open({ labels: ["gauge"], includeDiscussions: false });
  expect(await held()).toEqual(["Beep.", "On 1.", "On 3.", "On 4.", "docs#1", "docs#3", "docs#4"]);
  world.later(30);
  world.docs.issues.edit(1, { labels: [] });
  world.docs.issues.edit(2, { labels: ["gauge", "gate"] });
  expect(await world.sync()).toMatchObject({ state: "succeeded", mode: "incremental" });
  expect(await held()).toEqual(["On 2.", "On 3.", "On 4.", "docs#2", "docs#3", "docs#4"]);
});

it("an issue that is closed leaves a source of open ones, and comes back when it is opened again", async () => {
  await open({ state: "open", includeDiscussions: false });
  expect(await held()).not.toContain("docs#4");
  world.later(30);
  world.docs.issues.close(2);
  world.docs.issues.reopen(4);
  await world.sync();
  expect((await held()).filter((id) => id.startsWith("docs#"))).toEqual(["docs#1", "docs#3", "docs#4", "docs#5"]);
  expect(await held()).toContain("On 4.");
  expect(await held()).not.toContain("On 2.");
});

it("a chosen source keeps its choice through a full pass, also without GraphQL", async () => {
  await open({ labels: ["gauge"], state: "open", includeBots: false, includeDiscussions: false });
  expect(await held()).toEqual(["On 1.", "docs#1"]);
  expect(await world.syncTomorrow()).toMatchObject({ state: "succeeded", deleted: 0 });
  world.twin.faults.add(({ path }) => (path.includes("graphql") ? { kind: "status", status: 404 } : undefined));
  world.docs.comments.delete(world.docs.comments.of(1)[0]?.id as number);
  expect(await world.syncTomorrow()).toMatchObject({ state: "succeeded", deleted: 1 });
  expect(await held()).toEqual(["docs#1"]);
});

it("an option that is switched off takes its items away, one that is switched on brings them", async () => {
  await open({});
  world.configure({ includeDiscussions: false, includeReviewComments: false });
  await world.sync();
  expect(await held()).not.toContain("docs#6");
  expect(await held()).not.toContain("Fine.");
  world.configure({ includeDiscussions: true, includeReviewComments: true });
  await world.sync();
  expect(await held()).toHaveLength(6 + 7);
});

it("an organization brings its repositories but for archived ones and forks; a user's are found too", async () => {
  world = await GithubWorld.open(
    (_, twin) => {
      twin.world.organization("acme", ["marta-quill"]);
      twin.repository("acme/attic", { archived: true });
      twin.repository("acme/copy", { fork: true });
      twin.repository("marta-quill/notes");
    },
    { config: { repositories: [], organization: "acme" } },
  );
  const names = async () => (await world.place.engine.list("work")).entries.map((entry) => entry.name).sort();
  expect(await names()).toEqual(["acme/docs"]);
  world.configure({ includeArchived: true, includeForks: true });
  expect(await names()).toEqual(["acme/attic", "acme/copy", "acme/docs"]);
  world.configure({ organization: undefined, owner: "marta-quill" });
  expect(await names()).toEqual(["marta-quill/notes"]);
  world.configure({ owner: "acme", repo: "attic" });
  expect(await names()).toEqual(["acme/attic"]);
});

it("a repository that comes later is read from its beginning, and the others go on", async () => {
  await open({ repositories: [], organization: "acme", includeDiscussions: false });
  world.asked();
  world.later(60);
  const late = world.twin.repository("acme/late", { at: moment(1) });
  late.issues.open({ title: "Older than anything", at: moment(1) });
  expect(await world.sync()).toMatchObject({ added: 2, state: "succeeded" });
  expect(await world.ids()).toContain(`${late.id}#1`);
});
