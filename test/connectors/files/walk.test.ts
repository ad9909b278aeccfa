import { utimesSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fetchAll, fill, folderWith, idsOf, itemsOf, open, walkAll } from "./folder.ts";

describe("walking a folder", () => {
  test("lists files before subfolders, both by name, as the disk spells them", async () => {
    const root = folderWith({
      "b.md": "b",
      "a.md": "a",
      "Zeta/x.md": "x",
      "alpha/é 🦊.md": "y",
      "alpha/deep/z.txt": "z",
    });
    expect(await idsOf(await open({ paths: root }))).toEqual([
      "a.md",
      "b.md",
      "Zeta/x.md",
      "alpha/é 🦊.md",
      "alpha/deep/z.txt",
    ]);
  });

  test("goes on behind any page and any file, and ends at any, without losing or repeating one", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 2300 }, (_, at) => [`${at % 7}/${at % 3}/note ${at}.md`, "x"]),
    );
    const root = folderWith({ ...many, "top.md": "t", "0/beside.md": "b" });
    const ctx = await open({ paths: root });
    const all = await idsOf(ctx);
    expect(all).toHaveLength(2302);
    for (const at of [0, 1, 2, 500, 999, 1000, 2300, 2301]) {
      const rest = await walkAll(ctx, undefined, { v: 1, after: all[at] as string, ended: false });
      expect(rest.flatMap((page) => page.upserts ?? []).map((item) => item.id)).toEqual(all.slice(at + 1));
      const before = await walkAll(ctx, undefined, undefined, { v: 1, after: all[at] as string, ended: false });
      expect(before.flatMap((page) => page.upserts ?? []).map((item) => item.id)).toEqual(all.slice(0, at + 1));
    }
    const vanished = await walkAll(ctx, undefined, undefined, { v: 1, after: "3/1/note 0.5", ended: false });
    expect(vanished.flatMap((page) => page.upserts ?? [])).toHaveLength(all.indexOf("3/1/note 10.md"));
    const pages = await walkAll(ctx);
    expect(pages.length).toBeGreaterThan(2);
    expect(pages.at(-1)?.cursor.ended).toBe(true);
  });

  test("a slow drive is read without holding up everything else, with the same outcome", async () => {
    const many = Object.fromEntries(Array.from({ length: 700 }, (_, at) => [`${at % 3}/n${at}.md`, "x"]));
    const root = folderWith(many);
    const quick = await itemsOf(await open({ paths: root }));
    let [looks, turns] = [0, 0];
    const slowClock = { now: () => new Date(Date.now() + 60 * looks++), sleep: async () => {} }; // every slice seems to take 60 ms
    const ticking = setInterval(() => turns++, 0);
    const slow = await itemsOf(await open({ paths: root }, slowClock));
    clearInterval(ticking);
    expect(slow).toEqual(quick);
    expect(turns).toBeGreaterThan(0);
    let atFirst = 0;
    const busyClock = { ...slowClock, now: () => new Date(1_900_000_000_000 + Math.min(60, 60 * atFirst++)) }; // the first slice alone
    expect(await itemsOf(await open({ paths: root }, busyClock))).toEqual(quick);
  });

  test("an edit changes the version, and only of the edited file", async () => {
    const root = folderWith({ "a.md": "one", "b.md": "two" });
    const ctx = await open({ paths: root });
    const before = await itemsOf(ctx);
    fill(root, { "a.md": "uno" });
    utimesSync(join(root, "a.md"), new Date(), new Date(Date.now() - 60_000));
    const after = await itemsOf(ctx);
    expect(after[0]?.version).not.toBe(before[0]?.version);
    expect(after[1]).toEqual(before[1]);
  });
});

describe("fetching", () => {
  test("a note comes as Markdown without its front matter", async () => {
    const root = folderWith({
      ".obsidian/app.json": "{}",
      "Note.md": "---\ntags: [garden]\n---\n# Hello\n\nSee [[Other|that]]. #spring\n",
    });
    const { item, text } = await fetchAll(await open({ paths: root }), "Note.md");
    expect(text).toBe("# Hello\n\nSee [[Other|that]]. #spring\n");
    expect(item).toMatchObject({
      title: "Note",
      kind: "note",
      tags: ["garden", "spring"],
      relations: [{ rel: "links", id: "Other", text: "that" }],
    });
  });

  test("a document comes as bytes with its mime type", async () => {
    const root = folderWith({ "table.csv": "a,b\n1,2\n" });
    const { item, text } = await fetchAll(await open({ paths: root }), "table.csv");
    expect(text).toBe("a,b\n1,2\n");
    expect(item.body?.mime).toBe("text/csv");
  });
});
