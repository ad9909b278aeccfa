import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GithubApi, type GithubContext } from "../../../src/connectors/github/api.ts";
import { locate } from "../../../src/connectors/github/locate.ts";
import { GithubConfig } from "../../../src/connectors/github/options.ts";
import { Repository } from "../../../src/connectors/github/schema.ts";
import { GithubWorld, moment } from "./world.ts";

/** A source that knows acme/docs, number 7, and asks nobody. */
function knowing(baseUrl?: string, branch?: string): GithubContext {
  const api = new GithubApi();
  const html_url = `${baseUrl ?? "https://github.com"}/acme/docs`;
  api.repositories.set(
    "7",
    Repository.parse({
      id: 7,
      name: "docs",
      full_name: "acme/docs",
      owner: { login: "acme" },
      html_url,
      default_branch: "release/2026",
    }),
  );
  const config = GithubConfig.parse({ ...(baseUrl && { baseUrl }), ...(branch && { branch }) });
  return { api, config } as unknown as GithubContext;
}

describe("an address as people copy it", () => {
  it.each([
    ["https://github.com/acme/docs", "7"],
    ["https://github.com/acme/docs/", "7"],
    ["https://www.github.com/Acme/Docs.git", "7"],
    ["https://github.com/acme/docs/issues/12", "7#12"],
    ["https://github.com/acme/docs/issues/12#issuecomment-345", "7#issuecomment-345"],
    ["https://github.com/acme/docs/pull/12?notification_referrer_id=1", "7#12"],
    ["https://github.com/acme/docs/pull/12/files#r678", "7#discussion_r678"],
    ["https://github.com/acme/docs/pull/12#discussion_r678", "7#discussion_r678"],
    ["https://github.com/acme/docs/pull/12#pullrequestreview-9", "7#pullrequestreview-9"],
    ["https://github.com/acme/docs/pull/12#issuecomment-345", "7#issuecomment-345"],
    ["https://github.com/acme/docs/discussions/3", "7#3"],
    ["https://github.com/acme/docs/discussions/3#discussioncomment-4", "7#discussioncomment-4"],
    ["https://github.com/acme/docs/issues/12#top", "7#12"],
    ["https://github.com/acme/docs/blob/release/2026/guide/a%20b.md#L3-L9", "7:guide/a b.md"],
    ["https://github.com/acme/docs/blob/main/guide/a.md", "7:guide/a.md"],
    ["https://github.com/acme/docs/blob/1a2b3c/README.md?plain=1", "7:README.md"],
    ["https://github.com/acme/docs/blob/refs/heads/main/README.md", "7:README.md"],
    ["https://github.com/acme/docs/raw/main/data.csv", "7:data.csv"],
    ["https://raw.githubusercontent.com/acme/docs/release/2026/guide/a.md", "7:guide/a.md"],
    ["https://raw.githubusercontent.com/acme/docs/refs/heads/main/a.md", "7:a.md"],
    ["https://github.com/acme/docs/tree/main", "7"],
    ["https://github.com/acme/docs/releases/tag/v1.2.0", "7@v1.2.0"],
    ["https://github.com/acme/docs/wiki", "7.wiki:Home"],
    ["https://github.com/acme/docs/wiki/Gate-care", "7.wiki:Gate-care"],
    ["https://api.github.com/repos/acme/docs", "7"],
    ["https://api.github.com/repos/acme/docs/issues/12", "7#12"],
    ["https://api.github.com/repos/acme/docs/pulls/12", "7#12"],
    ["https://api.github.com/repos/acme/docs/issues/comments/345", "7#issuecomment-345"],
    ["https://api.github.com/repos/acme/docs/pulls/comments/678", "7#discussion_r678"],
    ["https://api.github.com/repos/acme/docs/pulls/12/reviews/9", "7#pullrequestreview-9"],
    ["https://api.github.com/repos/acme/docs/contents/guide/a.md", "7:guide/a.md"],
    ["acme/docs", "7"],
    ["acme/docs#12", "7#12"],
    ["acme/docs:guide/a.md", "7:guide/a.md"],
    ["acme/docs@v1.2.0", "7@v1.2.0"],
    ["  acme/docs#12  ", "7#12"],
  ])("%s", async (address, id) => {
    expect(await locate(knowing(), address)).toBe(id);
  });

  it.each([
    "https://gitlab.com/acme/docs/issues/12",
    "https://github.com/orgs/acme",
    "https://github.com/settings/tokens",
    "https://github.com/acme",
    "https://github.com.evil.example/acme/docs/issues/12",
    "file:///acme/docs",
    "javascript:alert(1)",
    "notes/today.md is a file",
    "",
  ])("%j is not one of GitHub's", async (address) => {
    expect(await locate(knowing(), address)).toBeUndefined();
  });
});

it("an Enterprise Server and a data residency host have their own addresses", async () => {
  const server = knowing("https://code.example.com");
  expect(await locate(server, "https://code.example.com/acme/docs/pull/12#issuecomment-3")).toBe("7#issuecomment-3");
  expect(await locate(server, "https://code.example.com/api/v3/repos/acme/docs/issues/12")).toBe("7#12");
  expect(await locate(server, "https://github.com/acme/docs/issues/12")).toBeUndefined();
  const residency = knowing("https://api.acme.ghe.com");
  expect(await locate(residency, "https://acme.ghe.com/acme/docs/issues/12")).toBe("7#12");
  expect(await locate(residency, "https://api.acme.ghe.com/repos/acme/docs/issues/12")).toBe("7#12");
});

it("the branch of the options is known by its slashes", async () => {
  expect(
    await locate(knowing(undefined, "team/next/x"), "https://github.com/acme/docs/blob/team/next/x/guide/a.md"),
  ).toBe("7:guide/a.md");
});

describe("fetch", () => {
  let world: GithubWorld;
  let ids: string[] = [];
  beforeAll(async () => {
    world = await GithubWorld.open((docs) => {
      docs.issues.open({ title: "Gauge drifts", body: "Too much.", at: moment(1) });
      docs.comments.add(1, { body: "Still.", at: moment(2) });
      const pull = docs.pulls.open({ title: "Mend it", body: "Closes #1.", at: moment(3) });
      const review = docs.reviews.submit(pull.number, { body: "Fine.", state: "APPROVED", at: moment(4) });
      docs.reviews.comment(pull.number, { body: "A nit.", path: "a.md", line: 1, review: review.id, at: moment(5) });
      const talk = docs.discussions.open({ title: "Names?", body: "For gates.", at: moment(6) });
      docs.discussions.comment(talk.number, { body: "Meg.", at: moment(7) });
      docs.push({ message: "Begin", files: { "README.md": "# Handbook\n" }, at: moment(8) });
    });
    await world.sync();
    ids = [...(await world.place.stored("work")).keys()];
  });
  afterAll(() => world.close());

  it("brings every item by its address, the same as the sync did", async () => {
    expect(ids).toHaveLength(9);
    for (const id of ids) {
      const { item, fresh } = await world.place.engine.fetch(`work/${id}`, { live: true });
      expect(fresh).toBe(true);
      const byAddress = await world.place.engine.fetch(item.url as string);
      expect(byAddress.item.id).toBe(id);
    }
    expect(await world.sync()).toMatchObject({ added: 0, updated: 0 });
  });

  it("finds by alias, by address of the API, and what is not stored yet", async () => {
    const { engine } = world.place;
    expect((await engine.fetch("work/acme/docs#1")).item.id).toBe(world.id("#1"));
    world.docs.issues.open({ title: "Brand new", body: "Just now." });
    const fresh = await engine.fetch(`${world.twin.origin}/repos/acme/docs/issues/4`);
    expect(fresh).toMatchObject({ text: "Just now.", fresh: true });
  });

  it("finds reviews and comments on discussions, which GitHub knows by their thread only, without a sync", async () => {
    const alone = await GithubWorld.open();
    const { docs } = alone;
    const pull = docs.pulls.open({ title: "Mend it" });
    const approval = docs.reviews.submit(pull.number, { body: "Fine.", state: "APPROVED" });
    const silent = docs.reviews.submit(pull.number, { body: "", state: "COMMENTED" });
    const talk = docs.discussions.open({ title: "Names?", body: "For gates." });
    const answer = docs.discussions.comment(talk.number, { body: "Meg." });
    const fetch = (id: string) => alone.place.engine.fetch(id, { live: true });
    const page = `${alone.twin.origin}/acme/docs`;
    const review = `${page}/pull/${pull.number}#pullrequestreview-`;
    const comment = `${page}/discussions/${talk.number}#discussioncomment-`;
    try {
      for (const [ref, text] of [
        [`work/${alone.id(`#pullrequestreview-${approval.id}`)}`, "Fine."],
        [`${review}${approval.id}`, "Fine."],
        [`work/${alone.id(`#discussioncomment-${answer.id}`)}`, "Meg."],
        [`${comment}${answer.id}`, "Meg."],
      ] as const)
        expect(await fetch(ref)).toMatchObject({ text, fresh: true });
      // Beside its comments on the code it says nothing: a sync leaves it out as well.
      await expect(fetch(`${review}${silent.id}`)).rejects.toMatchObject({ kind: "not_found" });
      for (const ref of [`${review}999`, `${comment}999`])
        await expect(fetch(ref)).rejects.toMatchObject({ kind: "not_found" });
    } finally {
      await alone.close();
    }
  });

  it("says what there is not", async () => {
    const { engine } = world.place;
    await expect(engine.fetch(`work/${world.id("#99")}`, { live: true })).rejects.toMatchObject({ kind: "not_found" });
    await expect(engine.fetch("work/acme/unknown#1", { live: true })).rejects.toMatchObject({ kind: "not_found" });
    await expect(engine.fetch(`work/${world.id("#issuecomment-1")}`, { live: true })).rejects.toMatchObject({
      kind: "not_found",
    });
  });
});
