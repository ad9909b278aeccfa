import { afterEach, expect, it } from "vitest";
import { GithubWorld, moment } from "./world.ts";

let world: GithubWorld;
afterEach(() => world.close());

it("a first sync of 2,000 issues and 6,000 comments asks at most a tenth more than it must", async () => {
  world = await GithubWorld.open(
    (docs, twin) => {
      twin.limits.secondary.pointsPerMinute = Number.POSITIVE_INFINITY;
      for (let at = 0; at < 2_000; at++) docs.issues.open({ title: `Reading ${at}`, body: "Clear.", at: moment(at) });
      for (let at = 0; at < 6_000; at++)
        docs.comments.add((at % 2_000) + 1, { body: `Remark ${at}`, at: moment(3_000 + at) });
    },
    { config: { includeReadme: false } },
  );
  world.twin.recount();
  const report = await world.sync();
  const asked = world.asked();
  expect(report).toMatchObject({ state: "succeeded", added: 8_001 });
  const least = 2_000 / 100 + 6_000 / 100 + 1 + 3; // the repository, no pull request, no review comment, no discussion
  expect(asked.length / least).toBeLessThanOrEqual(1.1);
});

it("a sync without news asks one conditional question for each stream, also right after the first", async () => {
  world = await GithubWorld.open((docs) => {
    for (let at = 0; at < 250; at++) docs.issues.open({ title: `Reading ${at}`, at: moment(at) });
    for (let at = 0; at < 130; at++) docs.comments.add(7, { body: `Remark ${at}`, at: moment(300 + at) });
    for (let at = 0; at < 5; at++) docs.pulls.open({ title: `Mend gauge ${at}`, at: moment(500 + at) });
    docs.push({ message: "Begin", files: { "README.md": "# Handbook\n" }, at: moment(600) });
    docs.discussions.open({ title: "Names?", body: "For gates.", at: moment(700) });
  });
  await world.sync();
  world.asked();
  expect(await world.sync()).toMatchObject({ state: "succeeded", added: 0, updated: 0, unchanged: 0 });
  expect(world.asked().sort()).toEqual([
    "GET /repos/{owner}/{repo} 304",
    "GET /repos/{owner}/{repo}/issues 304",
    "GET /repos/{owner}/{repo}/issues/comments 304",
    "GET /repos/{owner}/{repo}/pulls 304",
    "GET /repos/{owner}/{repo}/pulls/comments 304",
    "GET /repos/{owner}/{repo}/readme 304",
    "POST /graphql 200", // discussions: GraphQL knows no conditions
  ]);
});

it("an empty repository costs no more the second time", async () => {
  world = await GithubWorld.open();
  await world.sync();
  world.asked();
  await world.sync();
  expect(world.asked().filter((line) => !line.endsWith("304"))).toEqual([
    "GET /repos/{owner}/{repo}/readme 404",
    "POST /graphql 200",
  ]);
});

it("the reviews of many changed pull requests are asked for together", async () => {
  world = await GithubWorld.open((docs) => {
    for (let at = 0; at < 60; at++) {
      const pull = docs.pulls.open({ title: `Mend gauge ${at}`, at: moment(at) });
      docs.reviews.submit(pull.number, { body: `Fine by me, ${at}.`, state: "APPROVED", at: moment(at + 1) });
    }
  });
  const report = await world.sync();
  expect(report).toMatchObject({ state: "succeeded", added: 121 });
  const asked = world.asked();
  expect(asked.filter((line) => line.includes("/reviews"))).toEqual([]);
  expect(asked.filter((line) => line.includes("/graphql"))).toHaveLength(3); // 50 + 10, and discussions
});

it("a pull request that was met in the overlap is not asked for its reviews again", async () => {
  world = await GithubWorld.open((docs) => {
    for (let at = 0; at < 6; at++) docs.pulls.open({ title: `Mend gauge ${at}`, at: moment(at) });
  });
  await world.sync();
  world.docs.issues.edit(2, { body: "Only this one changed.", at: moment(8) });
  world.asked();
  expect(await world.sync()).toMatchObject({ updated: 1 });
  expect(world.asked().filter((line) => line.includes("/reviews"))).toHaveLength(2); // it, and the newest of the last time
});

it("a full pass without deletions names everything in few questions", async () => {
  world = await GithubWorld.open((docs) => {
    for (let at = 0; at < 150; at++) docs.issues.open({ title: `Reading ${at}`, at: moment(at) });
    for (let at = 0; at < 450; at++) docs.comments.add((at % 150) + 1, { body: `Remark ${at}`, at: moment(300 + at) });
  });
  await world.sync();
  world.asked();
  expect(await world.syncTomorrow()).toMatchObject({ state: "succeeded", deleted: 0, mode: "full" });
  expect(world.asked().filter((line) => line.includes("/graphql")).length).toBeLessThanOrEqual(5);
});

it("a first sync that a failure interrupted goes on from there, and asks for nothing twice", async () => {
  world = await GithubWorld.open((docs) => {
    for (let at = 0; at < 250; at++) docs.issues.open({ title: `Reading ${at}`, at: moment(at) });
    for (let at = 0; at < 130; at++) docs.comments.add(7, { body: `Remark ${at}`, at: moment(300 + at) });
    docs.push({ message: "Begin", files: { "README.md": "# Handbook\n" }, at: moment(600) });
  });
  world.twin.faults.next({ kind: "html" }, /\/issues\/comments\?.*since=/, 4);
  expect(await world.sync()).toMatchObject({ state: "succeeded", added: 382, failures: [] });
  expect(world.asked().sort()).toEqual([
    "GET /repos/{owner}/{repo} 200",
    "GET /repos/{owner}/{repo}/issues 200",
    "GET /repos/{owner}/{repo}/issues 200",
    "GET /repos/{owner}/{repo}/issues 200",
    "GET /repos/{owner}/{repo}/issues/comments 200",
    "GET /repos/{owner}/{repo}/issues/comments 200",
    "GET /repos/{owner}/{repo}/labels 200",
    "GET /repos/{owner}/{repo}/milestones 200",
    "GET /repos/{owner}/{repo}/pulls 200",
    "GET /repos/{owner}/{repo}/pulls/comments 200",
    "GET /repos/{owner}/{repo}/readme 200",
    "POST /graphql 200", // discussions; no walk over ids, because everything was met
  ]);
});

it("repositories that were described are not described again when one of the others could not be", async () => {
  world = await GithubWorld.open((_, twin) => void twin.repository("acme/other", { hasWiki: false }));
  world.configure({ repositories: ["acme/docs", "acme/other"] });
  world.twin.faults.next({ kind: "truncated" }, /\/repos\/acme\/other$/, 3);
  expect(await world.sync()).toMatchObject({ state: "succeeded", added: 2 });
  expect(world.asked().filter((line) => line.endsWith("{repo} 200"))).toHaveLength(5); // 1, and 3 broken ones before 1
});

it("a broken answer of GraphQL does not mean that there is no GraphQL", async () => {
  world = await GithubWorld.open((docs) => {
    for (let at = 0; at < 150; at++) docs.issues.open({ title: `Reading ${at}`, at: moment(at) });
  });
  await world.sync();
  world.twin.faults.next({ kind: "html" }, /graphql/, 4);
  world.asked();
  expect(await world.syncTomorrow()).toMatchObject({ state: "succeeded", deleted: 0, mode: "full", failures: [] });
  expect(world.twin.requests.filter(({ url }) => url.includes("sort=created"))).toEqual([]);
  expect(world.asked().filter((line) => line.includes("/graphql")).length).toBeLessThanOrEqual(6);
});
