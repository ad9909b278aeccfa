import { afterEach, expect, it } from "vitest";
import { GithubWorld } from "./world.ts";

let world: GithubWorld;
afterEach(async () => {
  expect(world.twin.refusals).toEqual([]);
  await world.close();
});

const found = async (text: string, limit = 10) => {
  const ids = await world.place.engine.searchLive("work", text, limit);
  return ids.map((id) => id.replace(String(world.docs.id), "docs"));
};

/** What was searched for, in the order of the questions. */
const questions = () =>
  world.twin.requests
    .filter(({ url }) => url.startsWith("/search/"))
    .map(({ url }) => new URL(url, "http://twin").searchParams.get("q"));

it("issues and pull requests that GitHub finds are brought as a sync brings them, before any sync", async () => {
  world = await GithubWorld.open((docs) => {
    docs.issues.open({ title: "Otters at the weir 🦦", body: "Two of them." });
    docs.pulls.open({ title: "Mend the weir", body: "Closes #1." });
    docs.issues.open({ title: "Nothing to do with it" });
    docs.push({ message: "Begin", files: { "guide/weir.md": "# The weir\n" } });
  });
  expect(await found("weir")).toEqual(["docs#1", "docs#2"]);
  expect(await world.texts()).toEqual(
    new Map([
      ["docs#1", "Two of them."],
      ["docs#2", "Closes #1."],
    ]),
  );
  await world.sync();
  expect(await world.sync()).toMatchObject({ added: 0, updated: 0 });
});

it("files are searched where code is followed, and those that the options leave out are not brought", async () => {
  world = await GithubWorld.open(
    (docs) => {
      docs.issues.open({ title: "The weir" });
      const files = { "guide/weir.md": "# The weir\n", "src/weir.ts": "weir();\n", "README.md": "The weir.\n" };
      docs.push({ message: "Begin", files });
    },
    { config: { includeCode: true, excludePaths: ["*.ts"], fileExtensions: [".md", ".ts"] } },
  );
  expect((await found("weir")).sort()).toEqual(["docs#1", "docs:README.md", "docs:guide/weir.md"]);
  expect((await world.texts()).get("docs:guide/weir.md")).toBe("# The weir\n");
});

it("what a person types never becomes a qualifier, and nothing but words asks nobody", async () => {
  world = await GithubWorld.open((docs) => docs.issues.open({ title: "Gauge drifts" }));
  expect(await found("gauge repo:evil/secrets is:pr OR state:open")).toEqual([]);
  for (const q of questions()) {
    expect(q?.match(/\S+:\S+/g)?.filter((part) => part.startsWith("repo:"))).toEqual(["repo:acme/docs"]);
    expect(q).not.toMatch(/state:|is:pr\b/);
  }
  world.asked();
  expect(await found("::: ???")).toEqual([]);
  expect(questions()).toEqual([]);
});

it("the options choose among what was found", async () => {
  world = await GithubWorld.open(
    (docs) => {
      docs.issues.open({ title: "Gauge one", labels: ["gauge"] });
      docs.issues.open({ title: "Gauge two" });
      docs.pulls.open({ title: "Gauge three", labels: ["gauge"] });
    },
    { config: { labels: ["Gauge"], filterType: "issues" } },
  );
  expect(await found("gauge")).toEqual(["docs#1"]);
});

it("many repositories are searched by several questions, very many by their owners, each of them all the same", async () => {
  for (const [count, owners] of [
    [12, false],
    [80, true],
  ] as const) {
    const names = Array.from(
      { length: count },
      (_, at) => `acme/${"a-repository-with-a-long-name".padEnd(40, "x")}-${at}`,
    );
    world = await GithubWorld.open(
      (_, twin) => {
        for (const name of names) twin.repository(name).issues.open({ title: `Weir in ${name.slice(-4)}` });
        twin.repository("acme/not-followed").issues.open({ title: "Weir elsewhere" });
      },
      { config: { repositories: names } },
    );
    expect(await found("weir", 100)).toHaveLength(count);
    const asked = questions();
    expect(asked.every((q) => (q?.length ?? 0) <= 256)).toBe(true);
    expect(asked.some((q) => q?.includes("user:acme"))).toBe(owners);
    expect(asked.length).toBeLessThanOrEqual(6);
    if (!owners) await world.close();
  }
});

it("a repository that vanished does not keep the others from being searched", async () => {
  world = await GithubWorld.open(
    (docs, twin) => {
      docs.issues.open({ title: "The weir" });
      twin.repository("acme/old").issues.open({ title: "The old weir" });
    },
    { config: { repositories: ["acme/docs", "acme/old"] } },
  );
  await world.sync();
  world.twin.repository("acme/old").delete();
  await world.sync();
  expect(await found("weir")).toEqual(["docs#1"]);
});

it("a GitHub App asks for each account with that account's credential", async () => {
  world = await GithubWorld.open((docs) => docs.issues.open({ title: "The weir of acme" }));
  const other = world.twin.repository("millrace/handbook");
  other.issues.open({ title: "The weir of millrace" });
  const { app, privateKey } = world.twin.apps.register("mill-watch", "acme");
  for (const login of ["acme", "millrace"]) world.twin.apps.install(app, login);
  world.configure({ accessToken: undefined, appId: app.clientId, privateKey, repositories: [] });
  expect(await found("weir")).toEqual(["docs#1", `${other.id}#1`]);
});
