import { afterEach, describe, expect, it } from "vitest";
import { MARTA } from "../../twins/google-drive/drive-twin.ts";
import { DOCUMENT } from "../../twins/google-drive/model.ts";
import { INES, QUIET, World } from "./world.ts";

let world: World;
afterEach(() => world.close());

/** Some of everything. */
async function household(config: Record<string, unknown> = {}) {
  world = await World.open(
    (drive, twin) => {
      const projects = drive.folder("Projects", twin.root);
      const old = drive.folder("Old", projects);
      drive.add({ name: "Plan", mimeType: DOCUMENT, parent: projects, exports: { "text/markdown": "# Plan" } });
      drive.add({ name: "Plan.pdf.txt", parent: old, content: "An old plan." });
      drive.add({ name: "otter.jpg", mimeType: "image/jpeg", parent: projects });
      drive.add({ name: "Notes.md", mimeType: "text/markdown", parent: twin.root, content: "Notes." });
      const lent = drive.add({ name: "Lent.txt", parent: drive.root(INES), content: "Lent." });
      drive.share(lent, MARTA);
      return undefined;
    },
    { config },
  );
  await world.sync();
  return world.titles();
}

const FOLDERS = ["Old", "Projects"];

describe("what is taken", () => {
  it.each<[string, Record<string, unknown>, string[]]>([
    ["everything", {}, ["Lent.txt", "Notes.md", "Plan", "Plan.pdf.txt", "otter.jpg"]],
    ["only documents", { fileTypes: ["document"] }, ["Plan"]],
    ["only text and pictures", { fileTypes: ["text", "image"] }, ["Lent.txt", "Notes.md", "Plan.pdf.txt", "otter.jpg"]],
    ["only one mime type", { includeMimes: ["text/markdown"] }, ["Notes.md"]],
    [
      "no pictures, though they were asked for",
      { includeMimes: ["image/*", "text/*"], excludeMimes: ["image/*"] },
      ["Lent.txt", "Notes.md", "Plan.pdf.txt"],
    ],
    ["a path", { includePaths: ["Projects/**"] }, ["Plan", "Plan.pdf.txt", "otter.jpg"]],
    [
      "a path but for a part of it",
      { includePaths: ["Projects/**"], excludePaths: ["**/Old/**"] },
      ["Plan", "otter.jpg"],
    ],
    ["nothing of others", { includeShared: false }, ["Notes.md", "Plan", "Plan.pdf.txt", "otter.jpg"]],
  ])("%s", async (_, config, expected) => {
    expect(await household(config)).toEqual([...expected, ...FOLDERS].sort());
  });

  it("narrower options remove what they leave out, wider ones bring it back, and the log obeys both", async () => {
    const all = await household();
    world.configure({ excludeMimes: ["image/*"] });
    expect(await world.sync()).toMatchObject({ added: 0, deleted: 1, lost: 0 });
    world.drive.add({ name: "weir.png", mimeType: "image/png", parent: world.twin.root });
    expect(await world.sync()).toMatchObject(QUIET);
    world.configure({ excludeMimes: [] });
    expect(await world.sync()).toMatchObject({ added: 2, deleted: 0 });
    expect(await world.titles()).toEqual([...all, "weir.png"].sort());
  });

  it("includeDomain takes what the organization can find, opened or not, and sees it go", async () => {
    await household();
    const firm = world.drive.add({ name: "Handbook.txt", parent: world.drive.root(INES), content: "For all of us." });
    world.drive.change(firm, (file) =>
      file.grants.push({ id: "d", type: "domain", role: "reader", domain: "mill.example", discoverable: true }),
    );
    world.configure({ includeDomain: true });
    world.twin.pageCap = 2;
    expect(await world.sync()).toMatchObject({ added: 1, deleted: 0 });
    expect((await world.item(firm)).title).toBe("Handbook.txt");
    const { connector, context } = await world.place.sources.open("drive");
    const from = { container: world.twin.root };
    const pages: { ids: string[]; cursor: unknown }[] = [];
    for await (const page of connector.sync(context(AbortSignal.timeout(9_000)), from))
      pages.push({ ids: (page.upserts ?? []).map(({ id }) => id), cursor: page.cursor });
    const met = pages.findIndex(({ ids }) => ids.includes(firm));
    for (const { cursor } of pages.slice(0, met)) {
      const ids: string[] = []; // from any page before it, it is still to come
      for await (const page of connector.sync(context(AbortSignal.timeout(9_000)), { ...from, cursor }))
        ids.push(...(page.upserts ?? []).map(({ id }) => id));
      expect(ids).toContain(firm);
    }
    expect(met).toBeGreaterThan(0);
    world.drive.trash(firm);
    expect(await world.sync()).toMatchObject({ ...QUIET, deleted: 1 });
  });

  it("`since` leaves out what was not touched for longer, on every way", async () => {
    await household();
    const now = new Date();
    world.drive.add({ name: "Ancient.txt", parent: world.twin.root, at: "1999-01-01T00:00:00.000Z" });
    const settings = (await world.place.sources.open("drive")).settings;
    world.place.sources.configure("drive", world.twin.config(), {
      ...settings,
      since: new Date(now.getTime() - 3_600_000).toISOString(),
    });
    await world.sync({ full: true });
    expect(await world.titles()).not.toContain("Ancient.txt");
    expect(await world.titles()).toContain("Notes.md");
  });
});

describe("folders of the options", () => {
  it("are taken by id or by address, and rootFolderId is one more", async () => {
    await household();
    const id = (name: string) => [...world.drive.files.values()].find((file) => file.name === name)?.id as string;
    world.configure({ folderIds: [`https://drive.google.com/drive/u/1/folders/${id("Old")}?usp=sharing`] });
    await world.sync({ acceptDeletions: true });
    expect(await world.titles()).toEqual(["Old", "Plan.pdf.txt"]);
    world.configure({ folderIds: [], rootFolderId: id("Projects") });
    await world.sync();
    expect(await world.titles()).toEqual(["Old", "Plan", "Plan.pdf.txt", "Projects", "otter.jpg"]);
  });

  it("that are not shown say so, and nothing is deleted for it", async () => {
    await household();
    const known = world.drive.folder("Known", world.twin.root);
    world.configure({ folderIds: [known, "1doesNotExistAnywhere00000"] });
    const report = await world.sync();
    expect(report).toMatchObject({ state: "partial", deleted: 0 });
    expect(report.notes.join()).toContain("not shown to this account");
    world.configure({ folderIds: ["1doesNotExistAnywhere00000"] });
    const failed = await world.sync();
    expect(failed).toMatchObject({ state: "failed", deleted: 0, lost: 0 });
    expect(failed.failures[0]?.message).toContain("no folder 1doesNotExistAnywhere00000");
  });

  it("that are no folders at all are told before anything is asked", async () => {
    await household();
    world.configure({ folderIds: ["My folder"] });
    const report = await world.sync();
    expect(report.failures).toMatchObject([{ kind: "config", message: expect.stringContaining('"My folder"') }]);
  });
});

describe("shortcuts", () => {
  async function withShortcut(config: Record<string, unknown> = {}) {
    let [elsewhere, shortcut, followed] = ["", "", ""];
    world = await World.open((drive, twin) => {
      followed = drive.folder("Followed", twin.root);
      elsewhere = drive.folder("Elsewhere", drive.root(INES));
      drive.change(elsewhere, (folder) => {
        folder.resourceKey = "0-abcDEF123";
      });
      drive.share(elsewhere, "anyone");
      drive.add({ name: "Target.txt", parent: elsewhere, content: "What it leads to." });
      shortcut = drive.shortcut("To elsewhere", followed, elsewhere);
      return { folderIds: [followed], ...config };
    });
    return { elsewhere, shortcut, followed };
  }

  it("bring what they lead to, also what only its whole address opens, and take it along when they go", async () => {
    const { shortcut, elsewhere } = await withShortcut();
    expect(await world.sync()).toMatchObject({ ...QUIET, added: 4 });
    expect(await world.titles()).toEqual(["Elsewhere", "Followed", "Target.txt", "To elsewhere"]);
    expect((await world.item(shortcut)).relations).toMatchObject([{ rel: "links", id: elsewhere }]);
    expect(await world.sync()).toMatchObject(QUIET);
    world.drive.trash(shortcut);
    expect(await world.sync()).toMatchObject({ ...QUIET, deleted: 3 });
    expect(await world.titles()).toEqual(["Followed"]);
  });

  it("are only shown with followShortcuts: false", async () => {
    await withShortcut({ followShortcuts: false });
    await world.sync();
    expect(await world.titles()).toEqual(["Followed", "To elsewhere"]);
  });

  it("that lead nowhere are shown all the same", async () => {
    const { elsewhere } = await withShortcut();
    world.drive.delete(elsewhere);
    expect(await world.sync()).toMatchObject({ ...QUIET, added: 2 });
  });
});

describe("comments", () => {
  it("are items below their file, with what they are about and the answers", async () => {
    await household({ includeComments: true });
    const plan = [...world.drive.files.values()].find((file) => file.name === "Plan")?.id as string;
    const comment = world.drive.comment(plan, INES, "Is **oak** dry enough? 🪵", "the oak &amp; the larch");
    world.drive.reply(plan, comment, MARTA, "בעוד שבוע.");
    expect(await world.sync()).toMatchObject({ ...QUIET, added: 1 });
    const id = `${plan}#comment-${comment.id}`;
    expect(await world.item(id)).toMatchObject({
      kind: "comment",
      parent: plan,
      title: "Comment on Plan",
      authors: ["user:Inés Vega"],
    });
    expect(await world.text(id)).toBe(
      "> the oak & the larch\n\nIs **oak** dry enough? 🪵\n\n**Marta Quill**: בעוד שבוע.",
    );
    world.drive.reply(plan, comment, INES, "Good.");
    expect(await world.sync()).toMatchObject({ ...QUIET, updated: 1 });
    const url = `https://docs.google.com/document/d/${plan}/edit?disco=${comment.id}`;
    const { item, text } = await world.place.engine.fetch(url, { live: true });
    expect(item.id).toBe(id);
    expect(text).toContain("**Inés Vega**: Good.");
    world.drive.change(plan, () => {
      comment.deleted = true;
    });
    expect(await world.sync()).toMatchObject({ ...QUIET, deleted: 1 });
  });

  it("go with their file, and with the option", async () => {
    await household({ includeComments: true });
    const plan = [...world.drive.files.values()].find((file) => file.name === "Plan")?.id as string;
    world.drive.comment(plan, INES, "One.");
    world.drive.comment(plan, INES, "Two.");
    expect(await world.sync()).toMatchObject({ added: 2 });
    world.drive.trash(plan);
    expect(await world.sync()).toMatchObject({ deleted: 3 });
    world.drive.trash(plan, false);
    expect(await world.sync()).toMatchObject({ added: 3 });
    world.configure({ includeComments: false });
    expect(await world.sync()).toMatchObject({ deleted: 2, added: 0 });
  });
});
