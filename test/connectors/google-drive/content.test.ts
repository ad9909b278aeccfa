import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { Canary } from "../../twins/canary.ts";
import { DOCUMENT, PRESENTATION, SPREADSHEET } from "../../twins/google-drive/model.ts";
import { QUIET, World } from "./world.ts";

const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
let world: World;
afterEach(() => world.close());

/** Long enough for a small cap. */
const LONG = `# Ledger of the mill\n\n${"Oak, larch and iron. ".repeat(200)}`;

async function oneDocument(exports: Record<string, string>, options: Parameters<typeof World.open>[1] = {}) {
  let id = "";
  world = await World.open((drive, twin) => {
    id = drive.add({ name: "Ledger", mimeType: DOCUMENT, parent: twin.root, exports });
    drive.add({ name: "Small.txt", parent: twin.root, content: "Always there." });
    return undefined;
  }, options);
  return id;
}

describe("exports above 10 MB", () => {
  it("come by the file's own link, with the credential and without a cap", async () => {
    const id = await oneDocument({ "text/markdown": LONG });
    world.twin.exportCap = 1000;
    expect(await world.sync()).toMatchObject({ ...QUIET, added: 2 });
    expect(await world.text(id)).toContain("Oak, larch and iron.");
    expect(world.downloads().map((url) => url.split("?")[0])).toContain("/feeds/download/documents/export/Export");
  });

  it("are asked for in the next format when the link fails as well", async () => {
    const id = await oneDocument({ "text/markdown": LONG, "text/plain": "Ledger of the mill, in short." });
    world.twin.exportCap = 1000;
    world.twin.faults.next({ kind: "status", status: 403 }, /Export\?/, 9);
    await world.sync();
    expect(await world.text(id)).toBe("Ledger of the mill, in short.");
  });

  it("are an item's failure when there is no way, and everything else goes on", async () => {
    const id = await oneDocument({ "text/markdown": LONG, "text/plain": LONG });
    world.twin.exportCap = 1000;
    world.twin.faults.next({ kind: "status", status: 403 }, /Export\?/, 9);
    const report = await world.sync();
    expect(report).toMatchObject({ added: 2, failed: 1, deleted: 0, lost: 0 });
    expect(report.failures).toMatchObject([
      { id, kind: "too_large", message: expect.stringContaining("at most 10 MB") },
    ]);
    expect(await world.titles()).toEqual(["Ledger", "Small.txt"]);
    expect(await world.sync()).toMatchObject(QUIET); // not tried again until it changes
  });

  it("never follow a link that leads away from Google", async () => {
    const id = await oneDocument({ "text/markdown": LONG });
    const canary = await Canary.open();
    world.twin.exportCap = 1000;
    const body = JSON.stringify({ exportLinks: { "text/markdown": `${canary.url}/steal` } });
    world.twin.faults.next({ kind: "status", status: 200, body }, /fields=exportLinks/, 9);
    expect(await world.sync()).toMatchObject({ failed: 1 });
    expect(canary.heard).toEqual([]);
    expect(await world.text(id)).toBeUndefined();
    await canary.close();
  });
});

it("downloads and large exports that are led to another host take no credential along", async () => {
  const id = await oneDocument({ "text/markdown": LONG }, { redirects: true });
  world.twin.exportCap = 1000;
  await world.sync();
  expect(await world.text(id)).toContain("Oak, larch");
  const heard = world.twin.content?.heard ?? [];
  expect(heard.length).toBe(2);
  for (const { headers } of heard)
    expect(Object.keys(headers).filter((name) => /auth|cookie|token|goog/i.test(name))).toEqual([]);
  expect(JSON.stringify(heard)).not.toContain("ya29.");
});

it.each([
  ["its owner forbids downloads", "cannotDownloadFile", "switched off downloading"],
  ["Google takes it for malware", "cannotDownloadAbusiveFile", "malware or spam"],
])("a file that cannot be had because %s is a failure of its own", async (_, reason, words) => {
  world = await World.open((drive, twin) => {
    const id = drive.add({ name: "Locked.txt", parent: twin.root, content: "Secret." });
    drive.file(id).canDownload = reason !== "cannotDownloadFile";
    drive.file(id).abusive = reason === "cannotDownloadAbusiveFile";
    drive.add({ name: "Open.txt", parent: twin.root, content: "Open." });
    return undefined;
  });
  const report = await world.sync();
  expect(report).toMatchObject({ added: 2, failed: 1 });
  expect(report.failures[0]?.message).toContain(words);
  expect(await world.sync()).toMatchObject(QUIET);
});

it("a link that was signed for a while only is asked for anew", async () => {
  world = await World.open(
    (drive, twin) => {
      drive.add({ name: "Weir.txt", parent: twin.root, content: "The weir holds." });
      return undefined;
    },
    { redirects: true },
  );
  world.twin.faults.next({ kind: "redirect", to: `${world.twin.content?.origin}/expired` }, /alt=media/);
  await world.sync();
  world.place.clock.move(60_000);
  await world.sync();
  expect((await world.place.stored("drive")).values().next().value?.text).toBe("The weir holds.");
});

it("pictures in a document's Markdown are left out, and its words kept", async () => {
  const picture = `[image1]: <data:image/png;base64,${"iVBORw0KGgo".repeat(500)}>`;
  const id = await oneDocument({ "text/markdown": `# Gate\n\nSee ![the old gate][image1] here.\n\n${picture}\n` });
  await world.sync();
  expect(await world.text(id)).toBe("# Gate\n\nSee the old gate here.");
});

it("a document's Markdown reads as a person would write it, and code in it stays as it is", async () => {
  const id = await oneDocument({
    "text/markdown": "# Gate {#gate}\n\n1\\. is no list, 14\\. May and \\+49 are.\n\n```\na\\.b\n```\n\nUse `x\\-y`.\n",
  });
  await world.sync();
  expect(await world.text(id)).toBe(
    "# Gate\n\n1\\. is no list, 14. May and +49 are.\n\n```\na\\.b\n```\n\nUse `x\\-y`.",
  );
});

it("what has no text is found by its name, folder and description, and is no failure", async () => {
  world = await World.open((drive, twin) => {
    const folder = drive.folder("Pictures", twin.root);
    drive.add({
      name: "otter.jpg",
      mimeType: "image/jpeg",
      parent: folder,
      content: "JFIF",
      description: "Kingfisher pool",
    });
    drive.add({ name: "Poll", mimeType: "application/vnd.google-apps.form", parent: folder });
    drive.add({ name: "Sketch", mimeType: "application/vnd.google-apps.drawing", parent: folder });
    return undefined;
  });
  expect(await world.sync()).toMatchObject({ ...QUIET, added: 4 });
  const find = async (query: string) =>
    (await world.place.store.search({ query, limit: 5, viewer: "everything" })).hits.map((hit) => hit.title);
  expect(await find("kingfisher")).toEqual(["otter.jpg"]);
  expect(await find("otter")).toEqual(["otter.jpg"]);
  expect(world.downloads()).toEqual([]);
});

it("larger files than maxFileSizeMb are found by their name only, until it allows more", async () => {
  world = await World.open(
    (drive, twin) => {
      drive.add({ name: "Long.txt", parent: twin.root, content: "Gauge reading. ".repeat(100) });
      return undefined;
    },
    { config: { maxFileSizeMb: 0.001 } },
  );
  expect(await world.sync()).toMatchObject({ ...QUIET, added: 1 });
  expect(world.downloads()).toEqual([]);
  world.configure({ maxFileSizeMb: 1 });
  await world.sync();
  expect([...(await world.place.stored("drive")).values()][0]?.text).toContain("Gauge reading.");
});

it("exportFormats chooses how Google's files are read", async () => {
  const id = await oneDocument(
    { "text/markdown": "# Markdown", "text/html": "<h1>Page</h1><p>As a page.</p>" },
    { config: { exportFormats: { document: "text/html" } } },
  );
  await world.sync();
  expect(await world.text(id)).toContain("As a page.");
  world.configure({ exportFormats: {} });
  await world.sync();
  expect(await world.text(id)).toBe("# Markdown");
});

it("with metadataOnly nothing is downloaded", async () => {
  await oneDocument({ "text/markdown": "# Secret" }, { config: { metadataOnly: true } });
  expect(await world.sync()).toMatchObject({ ...QUIET, added: 2 });
  expect(world.downloads()).toEqual([]);
});

const FIXTURES = "test/fixtures";

describe("golden files", () => {
  it.each(["plan", "levels", "talk", "notes"])("%s reads as it did", async (name) => {
    let id = "";
    world = await World.open((drive, twin) => {
      const read = (file: string) => readFileSync(`${FIXTURES}/${file}`);
      const made = {
        plan: () =>
          drive.add({
            name: "Umbau der Schleuse – תוכנית",
            mimeType: DOCUMENT,
            parent: twin.root,
            exports: { "text/markdown": read("google-drive/plan.export.md") },
          }),
        levels: () =>
          drive.add({
            name: "Pegelstände 2026",
            mimeType: SPREADSHEET,
            parent: twin.root,
            exports: { [XLSX]: read("extract/levels.xlsx") },
          }),
        talk: () =>
          drive.add({
            name: "Talk",
            mimeType: PRESENTATION,
            parent: twin.root,
            exports: { "text/plain": read("google-drive/talk.export.txt") },
          }),
        notes: () => drive.add({ name: "يوميات.txt", parent: twin.root, content: read("google-drive/notes.txt") }),
      };
      id = made[name as keyof typeof made]();
      return undefined;
    });
    expect(await world.sync()).toMatchObject({ ...QUIET, added: 1 });
    await expect(await world.text(id)).toMatchFileSnapshot(`../../golden/google-drive/${name}.md`);
  });
});
