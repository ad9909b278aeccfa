import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import { files } from "../../../src/connectors/files/index.ts";
import type { Draft } from "../../../src/connectors/kit/index.ts";
import { fetchAll, folderWith, idsOf, itemsOf, open } from "./folder.ts";

const VAULT = {
  ".obsidian/app.json": '{"userIgnoreFilters":["Templates/","/secret.*/"]}',
  ".obsidian/plugins/x/notes.md": "plugin",
  ".trash/old.md": "thrown away",
  ".git/config": "[core]",
  ".hidden/private.md": "hidden",
  ".secret.md": "hidden",
  "node_modules/left-pad/README.md": "code",
  "Projects/node_modules/x.md": "code",
  "Projects/Bridge.md": "---\ntags: [work]\n---\nThe bridge",
  "Projects/plan.pdf": "%PDF-1.4",
  "Projects/Board.canvas": "{}",
  "Projects/All.base": "views: []",
  "Templates/Daily.md": "template",
  "Garden.md": "tulips #home",
  "photo.png": "png",
  "~$open.docx": "lock",
  "Thumbs.db": "litter",
};

describe("what a vault brings", () => {
  test("notes, attachments and canvases, without settings, trash, code and what Obsidian leaves out", async () => {
    const ctx = await open({ paths: folderWith(VAULT) });
    expect(await idsOf(ctx)).toEqual([
      "Garden.md",
      "photo.png",
      "Projects/Board.canvas",
      "Projects/Bridge.md",
      "Projects/plan.pdf",
    ]);
  });

  test("each kind can be left out or added", async () => {
    const root = folderWith(VAULT);
    const notes = ["Garden.md", "Projects/Bridge.md"];
    expect(await idsOf(await open({ paths: root, includeAttachments: false, includeCanvas: false }))).toEqual(notes);
    expect(
      await idsOf(await open({ paths: root, includeAttachments: false, includeCanvas: false, includeBases: true })),
    ).toEqual(["Garden.md", "Projects/All.base", "Projects/Bridge.md"]);
    expect(await idsOf(await open({ paths: root, includeHidden: true, include: ["*.md"] }))).toEqual([
      ".secret.md",
      "Garden.md",
      ".hidden/private.md",
      "Projects/Bridge.md",
    ]);
  });

  test("kinds and addresses are those of Obsidian", async () => {
    const root = folderWith({ ...VAULT, "Ideas/naïve café.md": "x" });
    const items = new Map((await itemsOf(await open({ paths: root }))).map((item) => [item.id, item]));
    const vault = encodeURIComponent(basename(root));
    expect(items.get("Ideas/naïve café.md")).toMatchObject({
      kind: "note",
      title: "naïve café",
      url: `obsidian://open?vault=${vault}&file=Ideas%2Fna%C3%AFve%20caf%C3%A9`,
      aliases: ["naïve café"],
    });
    expect(items.get("photo.png")).toMatchObject({
      kind: "attachment",
      title: "photo.png",
      aliases: ["photo.png"],
      fields: { bytes: 3, mime: "image/png" },
    });
    expect(items.get("photo.png")?.body).toBeUndefined();
    expect(items.get("Projects/plan.pdf")).toMatchObject({
      kind: "attachment",
      body: { mime: "application/pdf", bytes: 8 },
    });
  });
});

describe("what a folder brings", () => {
  const FOLDER = {
    "README.md": "hi",
    "src/main.ts": "x",
    "src/logo.png": "p",
    "docs/a.md": "a",
    "docs/deep/b.md": "b",
    "docs/c.txt": "c",
    LICENSE: "MIT",
    "archive/old.md": "o",
  };

  test("everything, with what holds no text as names", async () => {
    const items = await itemsOf(await open({ paths: folderWith(FOLDER) }));
    expect(items.map((item) => [item.id, item.kind, item.body?.mime])).toEqual([
      ["LICENSE", "file", "text/plain"],
      ["README.md", "note", "text/markdown"],
      ["archive/old.md", "note", "text/markdown"],
      ["docs/a.md", "note", "text/markdown"],
      ["docs/c.txt", "file", "text/plain"],
      ["docs/deep/b.md", "note", "text/markdown"],
      ["src/logo.png", "attachment", undefined],
      ["src/main.ts", "file", "text/plain"],
    ]);
    expect(items[0]?.url).toMatch(/^file:\/\/\/.*headwater%20files.*\/LICENSE$/);
  });

  test.each<[Record<string, unknown>, string[]]>([
    [{ include: ["docs/**/*.md"] }, ["docs/a.md", "docs/deep/b.md"]],
    [{ include: ["docs"] }, ["docs/a.md", "docs/c.txt", "docs/deep/b.md"]],
    [{ include: ["./docs/"] }, ["docs/a.md", "docs/c.txt", "docs/deep/b.md"]],
    [{ include: ["docs/deep/b.md"] }, ["docs/deep/b.md"]],
    [{ include: ["*.txt"] }, ["docs/c.txt"]],
    [{ include: ["**/*.{txt,ts}"] }, ["docs/c.txt", "src/main.ts"]],
    [{ include: ["docs", "*.md"], exclude: ["deep"] }, ["README.md", "archive/old.md", "docs/a.md", "docs/c.txt"]],
    [{ exclude: ["archive/**", "src/", "*.txt", "LICENSE"] }, ["README.md", "docs/a.md", "docs/deep/b.md"]],
    [{ include: ["docs/**"], exclude: ["docs/**"] }, []],
    [{ include: [], exclude: ["*s/**"] }, ["LICENSE", "README.md", "archive/old.md", "src/logo.png", "src/main.ts"]],
  ])("with %j", async (options, expected) => {
    expect(await idsOf(await open({ paths: folderWith(FOLDER), ...options }))).toEqual(expected);
  });
});

describe("ignore files", () => {
  const TREE = {
    ".gitignore": "build/\n*.log\n!keep.log\n",
    ".headwaterignore": "# mine\n/diary\n",
    "build/out.txt": "x",
    "diary/today.md": "x",
    "work/diary/ok.md": "x",
    "a.log": "x",
    "keep.log": "x",
    "sub/.gitignore": "!a.log\nlocal.txt\n",
    "sub/a.log": "x",
    "sub/local.txt": "x",
    "sub/deep/.headwaterignore": "*\n!stay.md\n",
    "sub/deep/go.md": "x",
    "sub/deep/stay.md": "x",
  };

  test("a .headwaterignore always counts, at any depth", async () => {
    expect(await idsOf(await open({ paths: folderWith(TREE) }))).toEqual([
      "a.log",
      "keep.log",
      "build/out.txt",
      "sub/a.log",
      "sub/local.txt",
      "sub/deep/stay.md",
      "work/diary/ok.md",
    ]);
  });

  test("a .gitignore counts when asked to, the nearest one first", async () => {
    expect(await idsOf(await open({ paths: folderWith(TREE), useGitignore: true }))).toEqual([
      "keep.log",
      "sub/a.log",
      "sub/deep/stay.md",
      "work/diary/ok.md",
    ]);
  });
});

test("what the options leave out cannot be fetched either", async () => {
  const root = folderWith({
    ...VAULT,
    ".headwaterignore": "Projects/secret.md\n",
    "Projects/secret.md": "x",
    "Garden/private.md": "#private x",
  });
  const ctx = await open({ paths: root, exclude: ["Bridge.md"], excludeTags: ["private"], includeCanvas: false });
  for (const id of [
    ".obsidian/app.json",
    ".git/config",
    ".trash/old.md",
    ".secret.md",
    ".hidden/private.md",
    "node_modules/left-pad/README.md",
    "Templates/Daily.md",
    "Projects/Bridge.md",
    "Projects/secret.md",
    "Projects/Board.canvas",
    "Garden/private.md",
  ])
    await expect(fetchAll(ctx, id), id).rejects.toMatchObject({
      kind: "not_found",
      message: expect.stringContaining("is not among the files"),
    });
  expect((await fetchAll(ctx, "Garden.md")).text).toBe("tulips #home");
});

describe("choosing by tags", () => {
  const NOTES = {
    "a.md": "---\ntags: Work/Bridge\n---\na",
    "b.md": "b #work",
    "c.md": "c #homework",
    "d.md": "d `#work`",
    "e.md": "e #work #Private/x",
    "p.png": "p",
  };

  test("a note is taken for a tag or one below it, whatever its capitals", async () => {
    expect(await idsOf(await open({ paths: folderWith(NOTES), tagsFilter: ["#work"] }))).toEqual([
      "a.md",
      "b.md",
      "e.md",
    ]);
    expect(await idsOf(await open({ paths: folderWith(NOTES), excludeTags: ["private"] }))).toEqual([
      "a.md",
      "b.md",
      "c.md",
      "d.md",
      "p.png",
    ]);
    expect(
      await idsOf(await open({ paths: folderWith(NOTES), tagsFilter: ["work"], excludeTags: ["private"] })),
    ).toEqual(["a.md", "b.md"]);
  });
});

test("narrowed options say which stored items they no longer cover, without a look at the disk", async () => {
  const root = "/nowhere/Notes";
  const item = (id: string, kind = "note", tags: string[] = []) =>
    ({ id, kind, tags, container: "Notes" }) as Draft & { tags: string[] };
  const covers = (options: Record<string, unknown>, one: ReturnType<typeof item>) =>
    files.covers?.(files.config.parse({ paths: root, ...options }), one);
  expect(covers({}, item("a/b.md"))).toBe(true);
  expect(covers({ exclude: ["a"] }, item("a/b.md"))).toBe(false);
  expect(covers({ include: ["c/**"] }, item("a/b.md"))).toBe(false);
  expect(covers({ includeAttachments: false }, item("a/x.pdf", "attachment"))).toBe(false);
  expect(covers({ includeAttachments: false }, item("a/x.pdf", "file"))).toBe(true);
  expect(covers({}, item(".hidden/a.md"))).toBe(false);
  expect(covers({ excludeTags: ["x"] }, item("a.md", "note", ["x/y"]))).toBe(false);
  expect(covers({ tagsFilter: ["x"] }, item("a.md", "note", ["y"]))).toBe(false);
  expect(covers({ paths: ["/nowhere/Notes", "/nowhere/More"] }, item("a.md"))).toBe(false);
  expect(covers({ paths: ["/nowhere/Notes", "/nowhere/More"] }, item("Notes/a.md"))).toBe(true);
});
