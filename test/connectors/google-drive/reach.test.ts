import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MARTA } from "../../twins/google-drive/drive-twin.ts";
import { DOCUMENT } from "../../twins/google-drive/model.ts";
import { Steady } from "../../twins/steady.ts";
import { INES, World } from "./world.ts";

let world: World;
const ids: Record<string, string> = {};

beforeAll(async () => {
  world = await World.open((drive, twin) => {
    ids.folder = drive.folder("Projects", twin.root);
    ids.doc = drive.add({
      name: "Plan O'Malley",
      mimeType: DOCUMENT,
      parent: ids.folder,
      exports: { "text/markdown": "# Plan\n\nSeason the oak." },
    });
    ids.text = drive.add({ name: "Weir.txt", parent: twin.root, content: "It's a \\ weir of oak." });
    ids.link = drive.add({ name: "Keyed.txt", parent: drive.root(INES), content: "By its whole address." });
    drive.change(ids.link, (file) => {
      file.resourceKey = "0-keyOfIt";
    });
    drive.share(ids.link, "anyone");
    ids.lent = drive.add({ name: "Lent.txt", parent: drive.root(INES), content: "Oak was lent." });
    drive.share(ids.lent, MARTA);
    ids.board = drive.addDrive("Mill board", { [MARTA]: "reader" }).id;
    ids.minutes = drive.add({ name: "Minutes.txt", parent: ids.board, content: "Oak was voted for." });
    drive.comment(ids.doc, INES, "Dry?");
    return { includeComments: true };
  });
  await world.sync();
});
afterAll(() => world.close());

describe("addresses", () => {
  const forms: [string, (id: string) => string, string][] = [
    ["a document", (id) => `https://docs.google.com/document/d/${id}/edit?usp=sharing#heading=h.1`, "doc"],
    ["a document of another login", (id) => `https://docs.google.com/document/u/1/d/${id}/preview`, "doc"],
    ["a file", (id) => `https://drive.google.com/file/d/${id}/view?usp=drivesdk`, "text"],
    ["a folder", (id) => `https://drive.google.com/drive/folders/${id}`, "folder"],
    ["a folder of another login", (id) => `https://drive.google.com/drive/u/2/folders/${id}?usp=sharing`, "folder"],
    ["open", (id) => `https://drive.google.com/open?id=${id}`, "text"],
    ["uc", (id) => `https://drive.google.com/uc?export=download&id=${id}`, "text"],
    ["a download", (id) => `https://drive.usercontent.google.com/download?id=${id}&export=download`, "text"],
    ["the interface", (id) => `https://www.googleapis.com/drive/v3/files/${id}?alt=media`, "text"],
    ["a table", (id) => `https://docs.google.com/spreadsheets/d/${id}/edit#gid=0`, "minutes"],
    ["slides", (id) => `https://docs.google.com/presentation/d/${id}/edit#slide=id.p`, "minutes"],
    ["a file with its key", (id) => `https://drive.google.com/file/d/${id}/view?resourcekey=0-keyOfIt`, "link"],
  ];

  it.each(forms)("%s is found", async (_, form, name) => {
    const id = ids[name] as string;
    const { item } = await world.place.engine.fetch(form(id), { live: true });
    expect(item.id).toBe(id);
  });

  it.each([
    "https://docs.google.com.evil.example/document/d/1abcdefghijklmnop/edit",
    "https://evil.example/file/d/1abcdefghijklmnop",
    "https://drive.google.com/drive/my-drive",
    "https://docs.google.com/document/d/short/edit",
    "https://drive.google.com/file/d/1doesNotExistAnywhere00000/view",
  ])("%s is not", async (url) => {
    await expect(world.place.engine.fetch(url, { live: true })).rejects.toMatchObject({ kind: "not_found" });
  });
});

describe("Drive's own search", () => {
  it("finds words in all drives, best first as Drive has them, and stores what it finds", async () => {
    const found = await world.place.engine.searchLive("drive", "oak", 10);
    expect(found.sort()).toEqual([ids.doc, ids.lent, ids.minutes, ids.text].sort());
  });

  it.each([`"season the oak"`, "O'Malley", "\\ weir", `it's a`])("takes %s as it is typed", async (query) => {
    expect(await world.place.engine.searchLive("drive", query, 10)).not.toEqual([]);
  });

  it("asks each drive by itself when Drive searched only a part of all", async () => {
    world.twin.incomplete = true;
    world.twin.asked();
    expect(await world.place.engine.searchLive("drive", "oak", 10)).toHaveLength(4);
    const corpora = world.twin.requests.map(({ url }) => new URL(url, "http://x").searchParams.get("corpora"));
    expect(corpora.filter(Boolean)).toEqual(["allDrives", "user", "drive"]);
    world.twin.incomplete = false;
  });
});

describe("list", () => {
  const names = async (parent?: string) =>
    (await world.place.engine.list("drive", { ...(parent !== undefined && { parent }), limit: 100 })).entries
      .map(({ name }) => name)
      .sort();

  it("names the drives, what lies at their top, what others share, and what lies in a folder", async () => {
    expect(await names()).toEqual(["Mill board", "My Drive"]);
    expect(await names(world.twin.root)).toEqual(["Lent.txt", "Projects", "Weir.txt"]);
    expect(await names(ids.board)).toEqual(["Minutes.txt"]);
    expect(await names(ids.folder)).toEqual(["Plan O'Malley"]);
    expect(await names(`https://drive.google.com/drive/folders/${ids.folder}`)).toEqual(["Plan O'Malley"]);
  });
});

it("an item says what it is, where it lies, who made it and where to open it", async () => {
  const item = await world.item(ids.doc as string);
  expect(item).toMatchObject({
    kind: "file",
    title: "Plan O'Malley",
    url: `https://docs.google.com/document/d/${ids.doc}/edit`,
    parent: ids.folder,
    authors: [`user:${MARTA}`],
    fields: { type: "Google Doc", folder: "Projects", lastEditedBy: "Marta Quill" },
  });
});

it("everything that is asked of Drive is what its description knows", { timeout: 120_000 }, async (test) => {
  const steady = await Steady.open("google-drive.json");
  if (steady === undefined) return test.skip("the description or the judge is not here");
  try {
    await world.place.engine.test("drive");
    await world.sync({ full: true });
    await world.place.engine.searchLive("drive", "oak", 10);
    await world.place.engine.list("drive", { parent: world.twin.root });
    await world.place.engine.fetch(`drive/${ids.doc}`, { live: true });
    world.drive.delete(ids.text as string);
    world.drive.share(ids.minutes as string, "auditor@else.example");
    await world.sync();
    const source = await world.place.sources.open("drive");
    world.place.sources.configure("drive", {
      ...source.config,
      webhookUrl: "https://mcp.mill.example/hooks/drive",
      webhookSecret: "s",
    });
    const told = await world.place.sources.open("drive");
    const stop = new AbortController();
    await told.connector.live?.(told.context(stop.signal), {}).next();
    const verdict = await steady.judge(world.twin.requests as never);
    expect(verdict).toMatchObject({ mistakes: [], undescribed: [] });
    expect(verdict.judged).toBeGreaterThan(15);
  } finally {
    steady.close();
  }
});
