import { afterEach, describe, expect, it } from "vitest";
import { GithubWorld, moment } from "./world.ts";

let world: GithubWorld;
afterEach(() => world.close());

/** A private repository, and a fine-grained token with these permissions. */
async function privately(permissions: Record<string, string>, config: Record<string, unknown> = {}) {
  let accessToken = "";
  world = await GithubWorld.open(
    (docs, twin) => {
      docs.settings.visibility = "private";
      docs.collaborators.set(twin.world.account("marta-quill"), "pull");
      docs.issues.open({ title: "Gauge drifts", body: "Too much.", at: moment(1) });
      docs.comments.add(1, { body: "Still.", at: moment(2) });
      docs.pulls.open({ title: "Mend it", body: "Closes #1.", at: moment(3) });
      docs.discussions.open({ title: "Names?", body: "For gates.", at: moment(4) });
      accessToken = twin.tokens.issue("marta-quill", { kind: "fine-grained", permissions }).value;
    },
    { config },
  );
  world.configure({ accessToken });
  return world;
}

const ALL = { metadata: "read", contents: "read", issues: "read", pull_requests: "read", discussions: "read" };

describe("a permission that is missing", () => {
  it("keeps one kind of thing out and everything else in, and is named", async () => {
    const { discussions: _, ...others } = ALL;
    await privately(others);
    const report = await world.sync();
    expect(await world.ids()).toEqual(expect.arrayContaining(["docs", "docs#1", "docs#2"]));
    expect(await world.ids()).not.toContain("docs#3");
    expect(report.failures).toMatchObject([
      { kind: "permission", message: expect.stringMatching(/^Discussions of acme\/docs could not be read\./) },
    ]);
    expect(report.failures[0]?.message).toContain("Discussions: read");
  });

  it("does not keep deletions of everything else from being found", async () => {
    const { discussions: _, ...others } = ALL;
    await privately(others);
    await world.sync();
    world.docs.comments.delete(world.docs.comments.of(1)[0]?.id as number);
    expect(await world.syncTomorrow()).toMatchObject({ deleted: 1, lost: 0 });
    const known = await world.place.store.failures({ sources: ["work"], limit: 10 });
    expect(known).toMatchObject([{ id: `${world.docs.id}/discussions`, kind: "permission" }]);
  });

  it("is forgotten once it was given", async () => {
    const { discussions: _, ...others } = ALL;
    await privately(others);
    await world.sync();
    world.configure({
      accessToken: world.twin.tokens.issue("marta-quill", { kind: "fine-grained", permissions: ALL }).value,
    });
    expect(await world.sync()).toMatchObject({ added: 1, failed: 0 });
    expect(await world.place.store.failures({ sources: ["work"], limit: 10 })).toEqual([]);
  });

  it("that was there before deletes nothing", async () => {
    await privately(ALL);
    await world.sync();
    const before = await world.ids();
    const { discussions: _, ...others } = ALL;
    world.configure({
      accessToken: world.twin.tokens.issue("marta-quill", { kind: "fine-grained", permissions: others }).value,
    });
    const report = await world.syncTomorrow();
    expect(report).toMatchObject({ deleted: 0, lost: 0, state: "partial" });
    expect(report.notes.join(" ")).toContain("nothing was deleted");
    expect(await world.ids()).toEqual(before);
  });
});

it("a repository with issues switched off has none, which is no failure", async () => {
  world = await GithubWorld.open((docs) => {
    docs.settings.hasIssues = false;
    docs.pulls.open({ title: "Mend it", at: moment(3) });
  });
  expect(await world.sync()).toMatchObject({ state: "succeeded", failed: 0, added: 2 });
});

it("issues that are switched off later leave with the next full pass", async () => {
  world = await GithubWorld.open((docs) => {
    for (let at = 1; at < 5; at++) docs.issues.open({ title: `Gauge ${at}`, at: moment(at) });
  });
  await world.sync();
  world.docs.set({ hasIssues: false });
  expect(await world.sync()).toMatchObject({ state: "succeeded", deleted: 0 });
  expect(await world.syncTomorrow()).toMatchObject({ state: "succeeded", deleted: 4 });
});

it("single sign-on that a token lacks is named with the organization and the way out", async () => {
  world = await GithubWorld.open((docs, twin) => {
    twin.world.organization("acme", ["marta-quill"]).sso = true;
    docs.settings.visibility = "private";
  });
  const report = await world.sync();
  expect(report.state).not.toBe("succeeded");
  expect(JSON.stringify(report)).toMatch(/acme wants single sign-on.*Configure SSO/);
});

it("one broken entry never holds up the other entries of its page", async () => {
  world = await GithubWorld.open((docs) => {
    for (let at = 1; at <= 5; at++) docs.issues.open({ title: `Gauge ${at}`, body: "Fine.", at: moment(at) });
  });
  const broken = world.docs.issues.get(3);
  (broken as { createdAt: unknown }).createdAt = { odd: true };
  const report = await world.sync();
  expect(report).toMatchObject({ added: 5, failed: 1 });
  expect(report.failures).toMatchObject([{ id: world.id("#3"), kind: "bad_response" }]);
  broken.createdAt = moment(3);
  world.docs.issues.touch(broken);
  await world.place.engine.retryFailures("work");
  expect(await world.ids()).toContain("docs#3");
  expect(await world.place.store.failures({ sources: ["work"], limit: 10 })).toEqual([]);
});

it("an answer that is broken once is asked for again, and nobody notices", async () => {
  world = await GithubWorld.open((docs) => {
    for (let at = 1; at <= 5; at++) docs.issues.open({ title: `Gauge ${at}`, at: moment(at) });
  });
  world.twin.faults.next({ kind: "truncated" }, /\/issues/);
  world.twin.faults.next({ kind: "status", status: 502 }, /\/pulls/);
  expect(await world.sync()).toMatchObject({ state: "succeeded", added: 6, failed: 0 });
});

it("a stream that stays broken is reported, and the others are read", async () => {
  world = await GithubWorld.open((docs) => {
    docs.issues.open({ title: "Gauge", at: moment(1) });
    docs.discussions.open({ title: "Names?", body: "For gates.", at: moment(4) });
  });
  world.twin.faults.add(({ path }) => (/\/pulls\?/.test(path) ? { kind: "status", status: 500 } : undefined));
  const report = await world.sync();
  expect(await world.ids()).toEqual(["docs", "docs#1", "docs#2"]);
  expect(report.state).toBe("partial");
  expect(report.failures).toMatchObject([{ kind: "unavailable" }]);
});
