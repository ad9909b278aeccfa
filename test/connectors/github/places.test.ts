import { afterEach, describe, expect, it } from "vitest";
import { GithubWorld, moment } from "./world.ts";

let world: GithubWorld;
afterEach(async () => {
  expect(world.twin.refusals).toEqual([]);
  await world.close();
});

describe("who may read a repository", () => {
  /** Whether somebody with these names finds its one issue. */
  const sees = async (...principals: string[]) =>
    (await world.place.store.item("work", world.id("#1"), { principals })) !== undefined;

  async function follow(visibility: "public" | "private" | "internal"): Promise<void> {
    world = await GithubWorld.open((docs, twin) => {
      twin.world.organization("acme", ["marta-quill"]).type = "Organization"; // who may read what is private, not push
      docs.set({ visibility });
      docs.invite("otter-keeper", "pull");
      docs.issues.open({ title: "Gauge", body: "It drifts.", at: moment(1) });
    });
    await world.sync();
    expect(await world.ids()).toContain("docs#1");
  }

  it("is everyone while it is public, and nobody new once it is private", async () => {
    await follow("public");
    expect(await sees("user:stranger")).toBe(true);
    world.docs.invite("marta-quill", "admin");
    world.docs.set({ visibility: "private" });
    await world.sync();
    expect(await sees("user:stranger")).toBe(false);
    expect(await sees("user:otter-keeper")).toBe(true);
    world.docs.set({ visibility: "public" });
    await world.sync();
    expect(await sees("user:stranger")).toBe(true);
  });

  it("are the members where it is internal", async () => {
    await follow("internal");
    expect(await sees("user:stranger", "group:others")).toBe(false);
    expect(await sees("user:stranger", "group:acme")).toBe(true);
  });

  it("is the owner of the store alone where the token may not know, and who left is out within a day", async () => {
    await follow("private");
    expect(await sees("user:otter-keeper", "user:marta-quill", "group:acme")).toBe(false);
    world.docs.invite("marta-quill", "admin");
    await world.syncTomorrow();
    expect(await sees("user:otter-keeper")).toBe(true);
    world.docs.collaborators.delete(world.twin.world.account("otter-keeper"));
    await world.syncTomorrow();
    expect(await sees("user:otter-keeper")).toBe(false);
    expect(await sees("user:marta-quill")).toBe(true);
  });
});

describe("a GitHub of one's own", () => {
  it.each(["enterprise", "old-enterprise"] as const)(
    "of the kind %s is read like github.com, by any spelling of its address",
    async (flavour) => {
      world = await GithubWorld.open(
        (docs) => {
          for (let at = 1; at <= 3; at++)
            docs.issues.open({ title: `Gauge ${at}`, body: "It drifts.", at: moment(at) });
          docs.comments.add(1, { body: "Oiled.", at: moment(5) });
          docs.pulls.open({ title: "Mend it", at: moment(6) });
          docs.push({ message: "Begin", files: { "README.md": "# Handbook\n" } });
        },
        { twin: { flavour } },
      );
      const first = await world.sync();
      expect(first).toMatchObject({ state: "succeeded", failed: 0 });
      expect((await world.ids()).length).toBe(7);
      expect(await world.sync()).toMatchObject({ added: 0, updated: 0 });
      expect((await world.place.engine.test("work")).limits).toEqual([
        "none for requests: this server has them switched off",
      ]);
      const good = world.twin.config();
      world.configure({ accessToken: "ghp_nobody_gave_this_one" });
      const { problem } = await world.place.engine.test("work");
      expect(problem?.hint).toContain(`${world.twin.origin}/settings/personal-access-tokens/new`);
      expect(problem?.hint).not.toContain("github.com");
      world.configure({ ...good, baseUrl: `${world.twin.origin}/api/graphql` });
      expect(await world.sync()).toMatchObject({ state: "succeeded", added: 0, deleted: 0 });
    },
  );
});

it("a list that is too long for page numbers is read to its end by the links that GitHub gives", async () => {
  world = await GithubWorld.open(
    (docs) => {
      for (let at = 1; at <= 450; at++) docs.issues.open({ title: `Gauge ${at}`, at: moment(at) });
      for (let at = 0; at < 450; at++) docs.comments.add(1, { body: `Seen ${at}.`, at: moment(500) });
    },
    { twin: { largeList: 150 } },
  );
  expect(await world.sync()).toMatchObject({ state: "succeeded", added: 901, failed: 0 });
  expect(await world.syncTomorrow()).toMatchObject({ state: "succeeded", deleted: 0 });
});

it("organizations that single sign-on keeps out of lists are a warning of the test", async () => {
  world = await GithubWorld.open(
    (_, twin) => {
      twin.world.organization("guarded", ["marta-quill"]).sso = true;
      twin.repository("guarded/vault", { visibility: "private" });
    },
    { config: { repositories: [] } },
  );
  const told = await world.place.engine.test("work");
  expect(told.warnings).toEqual([
    "Some organizations want single sign-on for this token and are left out: choose Configure SSO beside it in its settings.",
  ]);
});
