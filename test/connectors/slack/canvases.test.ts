import { afterEach, describe, expect, it } from "vitest";
import { canvasHtml, mentionedIn } from "../../../src/connectors/slack/markdown/canvas-html.ts";
import { Canary } from "../../twins/canary.ts";
import { SlackWorld } from "./world.ts";

let world: SlackWorld;
afterEach(async () => {
  const { refusals } = world.twin;
  await world.close();
  expect(refusals).toEqual([]);
});

const QUIET = { state: "succeeded", added: 0, updated: 0, deleted: 0, lost: 0, failed: 0, failures: [] };

/** As Slack gives it: every list the same element, mentions without brackets, emoji as pictures, and spaces of no width. */
const rota = (bo: string, nets: string) =>
  `<h1 id="temp:C:1">Rota of the weirs</h1><p id="temp:C:2" class="line">\u200bAsk <control data-remapped="true"><a>@${bo}</a></control> in <a>#${nets}</a> &amp; bring the <b>long bar</b> <control data-remapped="true"><img src="https://a.slack-edge.com/1f511.png" alt="key" data-is-slack style="width: 18px">:key:</img></control></p>
<div data-section-style="6" class=""><ul id="1"><li class="">Open the gate<br/></li><ul><li>Slowly<br/></li></ul><li>Close it<br/></li></ul></div>
<div data-section-style="7"><ul><li class="checked" value="1"><span>Oil the hinge</span></li><li class="">Paint it</li></ul></div>
<table><tr><td><p class="line">Weir</p></td><td><p class="line">Level</p></td></tr><tr><td><p class="line">3</p></td><td><p class="line">84 cm</p></td></tr></table>
<p class="embedded-file">File ID: F08TY7 File URL: https://weirworks.slack.com/files/U1/F08TY7/gate%20plan.pdf</p>
<p class="embedded-link">Link URL: https://weir.example/levels</p>`;

const READ = `# Rota of the weirs

Ask @Bo Lind in #nets & bring the **long bar** :key:

1. Open the gate
   1. Slowly
2. Close it

- [x] Oil the hinge
- [ ] Paint it

| Weir | Level |
| --- | --- |
| 3 | 84 cm |

[gate plan.pdf](https://weirworks.slack.com/files/U1/F08TY7/gate%20plan.pdf)

https://weir.example/levels`;

describe("canvases", () => {
  it("of a channel read like a document, and hang from the channel", async () => {
    world = await SlackWorld.open();
    const nets = world.twin.channel("nets");
    const canvas = world.twin.world.canvas("Untitled", rota(world.bo.id, nets.id), world.ana.id, { ownOf: world.ops });
    expect(await world.sync()).toMatchObject({ ...QUIET, added: 3 });
    const item = await world.place.store.item("work", world.id(canvas.id), "everything");
    expect(item).toMatchObject({
      kind: "canvas",
      title: "Canvas of #field-ops",
      parent: world.ops.id,
      container: world.ops.id,
      authors: ["user:ana.ruiz@weirworks.example"],
    });
    expect(await world.text(canvas.id)).toBe(READ);
    const { entries } = await world.place.engine.list("work", { parent: world.ops.id });
    expect(entries).toMatchObject([{ id: world.id(canvas.id), kind: "canvas", name: "Canvas of #field-ops" }]);
  });

  it("that are edited are seen by the look at everything once a day", async () => {
    world = await SlackWorld.open();
    const canvas = world.twin.world.canvas("Levels", "<p>84 cm</p>", world.ana.id, { ownOf: world.ops });
    await world.sync();
    world.twin.world.editCanvas(canvas, "<p>91 cm</p>");
    expect(await world.sync()).toMatchObject(QUIET);
    expect(await world.syncTomorrow()).toMatchObject({ ...QUIET, updated: 1 });
    expect(await world.text(canvas.id)).toBe("91 cm");
    world.twin.asked();
    expect(await world.syncTomorrow()).toMatchObject(QUIET);
    expect(world.twin.asked()).not.toContain("files.info");
  });

  it("that a message carries hang from its conversation, and stay one item", async () => {
    world = await SlackWorld.open();
    const canvas = world.twin.world.canvas("Fish ladder", "<p>Fourteen pools.</p>", world.ana.id);
    const root = world.post("See the canvas", 3, { files: [canvas.id] });
    expect(await world.sync()).toMatchObject({ ...QUIET, added: 3 });
    const stored = () => world.place.store.item("work", world.id(canvas.id), "everything");
    expect(await stored()).toMatchObject({ kind: "canvas", title: "Fish ladder", parent: world.id(root) });
    world.later(5);
    world.twin.world.editCanvas(canvas, "<p>Fifteen pools.</p>");
    expect(await world.syncTomorrow()).toMatchObject({ ...QUIET, updated: 1 });
    expect(await stored()).toMatchObject({ parent: world.id(root) });
    expect(await world.text(canvas.id)).toBe("Fifteen pools.");
  });

  it("that are deleted go, and stay where Slack does not list them", async () => {
    world = await SlackWorld.open();
    const [kept, gone] = ["Kept", "Gone"].map((title) =>
      world.twin.world.canvas(title, "<p>Words of it</p>", world.ana.id, { ownOf: world.ops }),
    );
    await world.sync();
    world.twin.botToken.scopes.delete("files:read");
    expect(await world.syncTomorrow()).toMatchObject({ deleted: 0, lost: 0 });
    expect(await world.ids()).toHaveLength(3);
    world.twin.botToken.scopes.add("files:read");
    Object.assign(gone as object, { mode: "tombstone" });
    expect(await world.syncTomorrow()).toMatchObject({ ...QUIET, deleted: 1 });
    expect(await world.ids()).toEqual([world.ops.id, world.id(kept?.id ?? "")].sort());
  });

  it("are left out with includeFiles: false, and a page to sign in is not taken for one", async () => {
    world = await SlackWorld.open();
    const canvas = world.twin.world.canvas("Plan", "<p>Oak, not elm.</p>", world.ana.id, { ownOf: world.ops });
    const page = "<!doctype html><title>Sign in | Slack</title><p>Oak</p>";
    const html = { kind: "status", status: 200, body: page, headers: { "content-type": "text/html" } } as const;
    world.twin.faults.next(html, /files-pri/);
    const report = await world.sync();
    expect(report.failures).toMatchObject([
      { id: world.id(canvas.id), message: expect.stringMatching(/page to sign in/) },
    ]);
    world.configure({ includeFiles: false });
    expect(await world.sync({ acceptDeletions: true })).toMatchObject({ deleted: 1 });
    expect(await world.ids()).toEqual([world.ops.id]);
  });

  it("of all pages are read", async () => {
    world = await SlackWorld.open();
    world.twin.service.regime.pageCap = 2;
    for (let at = 0; at < 5; at++)
      world.twin.world.canvas(`Page ${at}`, `<p>Words ${at}</p>`, world.ana.id, { ownOf: world.ops });
    expect(await world.sync()).toMatchObject({ ...QUIET, added: 6 });
  });

  it("an address of one leads to it", async () => {
    world = await SlackWorld.open();
    const canvas = world.twin.world.canvas("Plan", "<p>Oak, not elm.</p>", world.ana.id, { ownOf: world.ops });
    await world.sync();
    const found = await world.place.engine.fetch(
      `https://weirworks.slack.com/docs/${world.twin.world.team.id}/${canvas.id}`,
    );
    expect(found.item.id).toBe(world.id(canvas.id));
  });
});

describe("a file", () => {
  it("or a canvas that is led to another host, or lies there by what Slack says, takes no token along", async () => {
    const canary = await Canary.open();
    world = await SlackWorld.open();
    const { world: workspace, faults, botToken } = world.twin;
    const plan = workspace.file("plan.md", "# Plan", world.ana.id);
    world.post("See", 1, { files: [plan.id] });
    workspace.canvas("Rota", "<p>Ana, then Bo</p>", world.ana.id, { ownOf: world.ops });
    faults.next({ kind: "redirect", to: `${canary.url}/elsewhere` }, /files-pri/, 2);
    await world.sync();
    expect(canary.heard.map(({ url }) => url)).toEqual(["/elsewhere", "/elsewhere"]);
    const far = { id: "F0FAR", name: "far.txt", mimetype: "text/plain", channels: [world.ops.id] };
    const body = JSON.stringify({ ok: true, file: { ...far, url_private_download: `${canary.url}/far.txt` } });
    faults.next({ kind: "status", status: 200, body }, /files.info/, 3);
    await world.place.engine.fetch(`work/${world.id("F0FAR")}`, { live: true }).catch(() => {});
    expect(canary.knows(botToken.value, "Bearer")).toBe(false);
    await canary.close();
  });

  it("is not shown in a channel that it is not shared in", async () => {
    world = await SlackWorld.open({ config: { includePrivate: true } });
    const secret = world.twin.world.channel("secret", { kind: "private", members: new Set([world.twin.bot.id]) });
    const plan = world.twin.world.file("plan.md", "# Plan", world.ana.id);
    world.twin.world.post(secret, world.ana.id, "Only for us", { files: [plan.id] });
    await world.sync();
    await expect(world.place.engine.fetch(`work/${world.id(plan.id)}`, { live: true })).rejects.toMatchObject({
      kind: "not_found",
      message: '"plan.md" is not shared in #field-ops.',
    });
  });
});

it("marks of a canvas that are broken off or hostile stay text", () => {
  const names = { person: () => "<b>Eve</b>", channel: () => "x", group: () => "" };
  expect(canvasHtml("<p><a>@U0EVE</a></p>", names)).toBe("<p>@&lt;b&gt;Eve&lt;/b&gt;</p>");
  expect(canvasHtml("<ul><li>One</li><ul><li>Two", names)).toBe("<ul><li>One<ul><li>Two");
  expect(canvasHtml('<p class="embedded-link">Link URL: javascript:alert(1)</p>', names)).not.toContain("href");
  expect(mentionedIn("<a>@U01</a> <@U02> <#C03> @U04 <a>@U01</a>")).toEqual({
    people: ["U01", "U02"],
    channels: ["C03"],
  });
  const long = `${"<ul><li>".repeat(20_000)}${"<control><img alt='".repeat(2_000)}`;
  expect(canvasHtml(long, names).length).toBeGreaterThan(100_000);
});
