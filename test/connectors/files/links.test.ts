import { describe, expect, test } from "vitest";
import { canvasText } from "../../../src/connectors/files/canvas.ts";
import { decodeText } from "../../../src/connectors/kit/index.ts";
import { fetchAll, fill, folderWith, itemsOf, open } from "./folder.ts";

const VAULT = {
  ".obsidian/app.json": "{}",
  "Home.md":
    "[[Bridge]] [[index]] [[Projects/index]] [[INDEX|caps]] [[Nowhere]] [[Café]] ![[photo.png]] [[Board.canvas]] [[The old crossing]]",
  "index.md": "root index",
  "Projects/Bridge.md":
    "---\naliases: [The old crossing]\n---\n[[index]] [up](../Home.md) [beside](index.md) [anywhere](Garden.md) [out](../../etc/passwd) [enc](../Deep%20Sea/N%C3%B8te.md) ![](../img/photo.png)",
  "Projects/index.md": "projects",
  "Archive/2023/index.md": "archive",
  "Deep Sea/Nøte.md": "x",
  "Cafe\u0301.md": "decomposed",
  "Notes/Garden.md": "x",
  "img/photo.png": "png",
  "Board.canvas":
    '{"nodes":[{"id":"1","type":"file","file":"Projects/Bridge.md","x":0,"y":0,"width":1,"height":1},{"id":"2","type":"text","text":"see [[Garden]]","x":0,"y":9,"width":1,"height":1}],"edges":[]}',
};

async function linksOf(id: string, prefix = "", options: Record<string, unknown> = {}) {
  const ctx = await open({ paths: folderWith(VAULT), ...options });
  return (await fetchAll(ctx, prefix + id)).item.relations?.map((relation) => relation.id ?? relation.url);
}

describe("links lead to items", () => {
  test("by name where it is the only one, by path where several share it, as written where none has it", async () => {
    expect(await linksOf("Home.md")).toEqual([
      "Bridge",
      "index.md",
      "Projects/index.md",
      "Nowhere",
      "Cafe\u0301",
      "photo.png",
      "Board.canvas",
      "The old crossing",
    ]);
  });

  test("a shared name alone means the one at the root, as Obsidian writes it, and Markdown links are relative", async () => {
    expect(await linksOf("Projects/Bridge.md")).toEqual([
      "index.md",
      "Home.md",
      "Projects/index.md",
      "Garden",
      "Deep Sea/Nøte.md",
      "img/photo.png",
    ]);
  });

  test("every name that a link is resolved to is an id or alias of an item", async () => {
    const ctx = await open({ paths: folderWith(VAULT) });
    const known = new Set<string>();
    for (const item of await itemsOf(ctx))
      for (const name of [item.id, ...((await fetchAll(ctx, item.id)).item.aliases ?? [])]) known.add(name);
    const targets = [
      ...((await fetchAll(ctx, "Home.md")).item.relations ?? []),
      ...((await fetchAll(ctx, "Projects/Bridge.md")).item.relations ?? []),
    ];
    expect(targets.map((relation) => relation.id as string).filter((id) => !known.has(id))).toEqual(["Nowhere"]);
  });

  test("a note that comes later is found by the next walk", async () => {
    const root = folderWith({ "a.md": "[[later]] [[LATER]]" });
    const ctx = await open({ paths: root });
    expect((await fetchAll(ctx, "a.md")).item.relations).toMatchObject([{ id: "later" }, { id: "LATER" }]);
    fill(root, { "x/Later.md": "here" });
    await itemsOf(ctx);
    expect((await fetchAll(ctx, "a.md")).item.relations).toMatchObject([{ id: "Later" }]);
  });

  test("are left alone when not asked for", async () => {
    expect(await linksOf("Home.md", "", { resolveLinks: false })).toEqual([]);
  });

  test("with several roots a link stays in its own root", async () => {
    const both = folderWith({
      "one/a.md": "[[b]] [[c]] [[sub/c]] [r](sub/c.md)",
      "one/b.md": "b",
      "one/c.md": "c",
      "one/sub/c.md": "c",
      "two/b.md": "b",
    });
    const ctx = await open({ paths: [`${both}/one`, `${both}/two`] });
    expect((await fetchAll(ctx, "one/a.md")).item.relations?.map((relation) => relation.id)).toEqual([
      "one/b.md",
      "one/c.md",
      "one/sub/c.md",
    ]);
  });
});

describe("canvases", () => {
  test("embed their files and keep the links of their cards", async () => {
    expect(await linksOf("Board.canvas")).toEqual(["Bridge", "Garden"]);
  });

  test("that are broken, empty or strange lose nothing", () => {
    expect(canvasText("")).toEqual({ text: "" });
    expect(canvasText("{nonsense")).toMatchObject({
      text: "{nonsense",
      warning: expect.stringContaining("not a readable canvas"),
    });
    expect(canvasText("[]").warning).toBeDefined();
    expect(canvasText('{"nodes":[{"type":"text","text":"only words"}],"edges":[{"fromNode":"x"}]}').text).toBe(
      "only words",
    );
    expect(canvasText('{"nodes":[{"id":1,"type":7,"text":"odd","x":"a"}]}').text).toBe("odd");
  });

  test("with many cards and groups take time in proportion", () => {
    const nodes = Array.from({ length: 20_000 }, (_, at) => ({
      id: `${at}`,
      type: at % 2 ? "text" : "group",
      label: `g${at}`,
      text: `t${at}`,
      x: at,
      y: at,
      width: 10,
      height: 10,
    }));
    expect(canvasText(JSON.stringify({ nodes, edges: [] })).text).toContain("t19999");
  });
});

describe("bytes become text", () => {
  test.each<[string, Buffer | Uint8Array]>([
    ["UTF-8", Buffer.from("naïve\nשלום 🦊")],
    ["UTF-8 with a mark", Buffer.from("\ufeffnaïve\nשלום 🦊")],
    ["UTF-16, little end first", Buffer.from("\ufeffnaïve\nשלום 🦊", "utf16le")],
    ["UTF-16, big end first", Buffer.from("\ufeffnaïve\nשלום 🦊", "utf16le").swap16()],
    ["Windows line ends", Buffer.from("naïve\r\nשלום 🦊")],
  ])("%s", (_name, bytes) => {
    expect(decodeText(bytes)).toBe("naïve\nשלום 🦊");
  });

  test("anything else is Latin", () => {
    expect(decodeText(Uint8Array.from([0x6e, 0x61, 0xef, 0x76, 0x65, 0x20, 0x80]))).toBe("naïve €");
    expect(decodeText(new Uint8Array())).toBe("");
  });
});
