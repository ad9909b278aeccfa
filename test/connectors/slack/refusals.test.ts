import { afterEach, describe, expect, it } from "vitest";
import { SlackWorld } from "./world.ts";

let world: SlackWorld;
let wanted: RegExp[] = [];
afterEach(async () => {
  const refusals = world.twin.refusals.filter((one) => !wanted.some((pattern) => pattern.test(one)));
  const said = JSON.stringify([world.place.sources.log.lines, await world.place.store.failures({ limit: 100 })]);
  await world.close();
  wanted = [];
  expect(refusals).toEqual([]);
  expect(said).not.toMatch(/canary|xox[bp]-|Bearer/);
});

describe("limits", () => {
  it("no call ever passes the documented tier, in a first sync of many threads, many people and many channels", async () => {
    world = await SlackWorld.open({ twin: { historyCap: 50 } });
    const { world: workspace } = world.twin;
    const people = Array.from({ length: 130 }, (_, at) => workspace.user(`p${at}`, `Person ${at}`));
    for (let at = 0; at < 130; at++) {
      const root = workspace.post(world.ops, people[at]?.id, `Question ${at}`, { at: world.daysAgo(10 + at / 10) });
      if (at % 2 === 0)
        workspace.reply(world.ops, root, people[(at + 1) % 130]?.id as string, "Answer", { at: world.daysAgo(9) });
    }
    for (let at = 0; at < 12; at++) world.twin.channel(`room-${at}`);
    const report = await world.sync();
    expect(report).toMatchObject({ state: "succeeded", added: 130 + 13, failed: 0 });
    const names = world.twin.asked();
    expect(names.filter((name) => name === "conversations.replies")).toHaveLength(65);
    expect(names.filter((name) => name === "users.info")).toHaveLength(130);
    expect(world.twin.service.overruns).toEqual([]);
  });

  it("429 is waited for as told, and where nothing is told too", async () => {
    world = await SlackWorld.open();
    const message = world.post("Patience");
    const body = JSON.stringify({ ok: false, error: "ratelimited" });
    world.twin.faults.next({ kind: "status", status: 429, retryAfter: "17", body }, /history/);
    const began = world.place.clock.now().getTime();
    expect(await world.sync()).toMatchObject({ state: "succeeded", failed: 0 });
    expect(world.place.clock.now().getTime() - began).toBeGreaterThanOrEqual(17_000);
    expect(await world.text(message)).toBe("Patience");
    for (const path of [/history/, /users.conversations/, /auth.test/]) {
      world.twin.faults.next({ kind: "status", status: 429, body }, path);
      world.twin.faults.next({ kind: "status", status: 200, body }, path);
    }
    world.post("More patience");
    await world.place.reopen();
    world.configure({});
    expect(await world.sync()).toMatchObject({ state: "succeeded", added: 1, failed: 0 });
  });

  it("a list of channels that breaks off is not taken for all of them", async () => {
    world = await SlackWorld.open({ config: { channelPatterns: [".*"] } });
    world.twin.service.regime.pageCap = 2;
    for (const name of ["a", "b", "c", "d"]) world.twin.channel(name);
    await world.sync();
    const before = await world.ids();
    world.twin.faults.next({ kind: "status", status: 500 }, /conversations.list.*cursor/, 5);
    const report = await world.sync();
    expect(report).toMatchObject({ lost: 0, deleted: 0 });
    expect(await world.ids()).toEqual(before);
  });

  it("the regime of one question a minute is noticed, told, and kept to", async () => {
    world = await SlackWorld.open({ config: { maxMessagesPerChannel: 100 } });
    const all = Array.from({ length: 40 }, (_, at) => world.post(`Reading ${at}`, 12 - at / 10));
    const root = all.at(-1) as { ts: string };
    world.reply(root as never, "And an answer", 1);
    Object.assign(world.twin.service.regime, { historyCap: 15, paced: true });
    const report = await world.sync();
    expect(report.failures).toEqual([]);
    expect((await world.ids()).length).toBe(41);
    expect(world.twin.service.overruns.length).toBeLessThanOrEqual(1); // what taught us
    wanted = [/conversations\.(history|replies): 2 in a minute/];
    const test = await world.place.engine.test("work");
    expect(test.limits).toEqual(["one question a minute, 15 messages each"]);
    expect(test.warnings.join()).toMatch(
      /sold outside its Marketplace: the first sync can take up to 1 hours\. An app of your own/,
    );
    world.post("News");
    world.twin.asked();
    expect(await world.sync()).toMatchObject({ added: 1, deleted: 0 });
    expect(world.twin.asked().filter((name) => name === "conversations.history")).toHaveLength(1);
    expect(await world.syncTomorrow()).toMatchObject({ deleted: 0, failed: 0 });
  });

  it("an app that is said to be sold elsewhere begins at that pace", async () => {
    world = await SlackWorld.open({ config: { appDistribution: "external" } });
    for (let at = 0; at < 33; at++) world.post(`Reading ${at}`, 2 + at / 10);
    Object.assign(world.twin.service.regime, { historyCap: 15, paced: true });
    expect(await world.sync()).toMatchObject({ state: "succeeded", added: 34 });
    expect(world.twin.service.overruns).toEqual([]);
  });
});

describe("what the token may not do", () => {
  const without = (...scopes: string[]) => {
    for (const scope of scopes) world.twin.botToken.scopes.delete(scope);
  };

  it("is named with its purpose and the way to get it, each scope by itself", async () => {
    world = await SlackWorld.open({ config: { includePrivate: true } });
    expect(await world.place.engine.test("work")).toMatchObject({
      ok: true,
      account: "headwater (app) in Weir & Sluice (weirworks.slack.com)",
      missing: [],
    });
    for (const scope of [
      "groups:read",
      "groups:history",
      "users:read",
      "users:read.email",
      "usergroups:read",
      "files:read",
    ]) {
      world.twin.botToken.scopes.delete(scope);
      const { missing, ok } = await world.place.engine.test("work");
      world.twin.botToken.scopes.add(scope);
      expect(ok).toBe(true);
      expect(missing).toMatchObject([
        { why: `The token lacks ${scope}.`, how: expect.stringMatching(/OAuth & Permissions, reinstall/) },
      ]);
    }
    without("channels:read");
    expect(await world.place.engine.test("work")).toMatchObject({
      ok: false,
      problem: { message: "The token lacks channels:read." },
    });
  });

  it("private channels without their scope are reported, and public ones go on", async () => {
    world = await SlackWorld.open({ config: { includePrivate: true } });
    const message = world.post("Public");
    without("groups:read");
    const report = await world.sync();
    expect(report).toMatchObject({
      state: "partial",
      failures: [{ container: "Private channels", message: "The token lacks groups:read." }],
    });
    expect(await world.text(message)).toBe("Public");
  });

  it("without names of people their ids stand there, and everything else goes on", async () => {
    world = await SlackWorld.open();
    without("users:read", "usergroups:read");
    const message = world.post(`Ask <@${world.bo.id}> or <!subteam^S01>`);
    expect(await world.sync()).toMatchObject({ state: "succeeded", failed: 0 });
    expect(await world.text(message)).toBe(`Ask @${world.bo.id} or @S01`);
    expect(world.twin.asked().filter((name) => name === "users.info").length).toBeLessThanOrEqual(4);
  });

  it("a page to sign in instead of a file is a failure of that file", async () => {
    world = await SlackWorld.open();
    const file = world.twin.world.file("plan.md", "# Plan", world.ana.id);
    const message = world.post("See", 1, { files: [file.id] });
    without("files:read");
    const report = await world.sync();
    expect(report).toMatchObject({
      failed: 1,
      failures: [{ id: world.id(file.id), message: expect.stringContaining("files:read") }],
    });
    expect(await world.text(message)).toContain("plan.md");
    world.twin.botToken.scopes.add("files:read");
    await world.sync();
    expect(await world.text(file.id)).toContain("# Plan");
    const page = "<!doctype html><title>Sign in</title>";
    const html = { kind: "status", status: 200, body: page, headers: { "content-type": "text/html" } } as const;
    world.twin.faults.next(html, /files-pri/);
    const fetching = world.place.engine.fetch(`work/${world.id(file.id)}`, { live: true });
    await expect(fetching).rejects.toMatchObject({
      kind: "permission",
      message: expect.stringMatching(/page to sign in/),
    });
  });

  it.each([
    ["invalid_auth", "Slack does not know this token."],
    ["account_inactive", "deactivated"],
    ["token_revoked", "withdrawn"],
    ["token_expired", "expired"],
    ["org_login_required", "new login"],
  ])("%s stops the source and says how to mend it", async (error, words) => {
    world = await SlackWorld.open();
    world.twin.faults.next({ kind: "status", status: 200, body: JSON.stringify({ ok: false, error }) }, /api/, 9);
    const report = await world.sync();
    expect(report).toMatchObject({
      state: "failed",
      failures: [{ kind: "auth", message: expect.stringContaining(words), hint: expect.any(String) }],
    });
  });

  it("a token of a browser session is not even sent", async () => {
    for (const prefix of ["xoxc", "xoxd", "xoxs"]) {
      world = await SlackWorld.open({ config: { botToken: `${prefix}-1-2-3` } });
      const test = await world.place.engine.test("work");
      expect(test).toMatchObject({
        ok: false,
        problem: { kind: "config", message: expect.stringContaining("browser") },
      });
      expect(world.twin.requests).toEqual([]);
      if (prefix !== "xoxs") await world.close();
    }
  });

  it("one broken message and one broken thread hold up nothing", async () => {
    world = await SlackWorld.open();
    const broken = world.post("Broken", 3);
    Object.assign(broken, { text: 7 });
    const root = world.post("A thread", 2);
    world.reply(root, "Yes", 1);
    const fine = world.post("Fine", 1);
    world.twin.faults.next({ kind: "status", status: 200, body: '{"ok":true,"messages":"?"}' }, /replies/, 3);
    const report = await world.sync();
    expect(report.failures.map(({ id }) => id).sort()).toEqual([world.id(broken), world.id(root)].sort());
    expect(await world.text(fine)).toBe("Fine");
    await world.sync();
    expect(await world.text(root)).toContain("Yes");
  });
});
