import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { files } from "../../../src/connectors/files/index.ts";
import type { Push } from "../../../src/connectors/kit/index.ts";
import { folderWith, itemsOf, open } from "./folder.ts";

describe("an address leads to the item", () => {
  test("every address that is given out leads back to its item", async () => {
    const names = [
      "a.md",
      "sub/ä b#c?.md",
      "sub/100%.md",
      "img (1).png",
      "v1.2 notes.md",
      "Release 3.md",
      "x.canvas",
      "\u202ertl.md",
    ];
    for (const extra of [{}, { ".obsidian/app.json": "{}" }] as Record<string, string>[]) {
      const ctx = await open({
        paths: folderWith({ ...Object.fromEntries(names.map((name) => [name, name])), ...extra }),
      });
      const items = await itemsOf(ctx);
      expect(items).toHaveLength(names.length);
      for (const item of items) expect(await files.locate?.(ctx, item.url as string), item.url).toBe(item.id);
    }
  });

  test("in all the forms that people and programs write", async () => {
    const root = folderWith({ ".obsidian/app.json": "{}", "Plans/Garden.md": "x", "a.png": "p" });
    symlinkSync(root, `${root} link`);
    const ctx = await open({ paths: [`${root} link`] });
    const name = encodeURIComponent(`${basename(root)}`);
    const locate = (address: string) => files.locate?.(ctx, address);
    expect(await locate(`obsidian://open?vault=${name}&file=Plans%2FGarden`)).toBe("Plans/Garden.md");
    expect(await locate(`obsidian://open?vault=${name}&file=Plans/Garden.md%23Tulips`)).toBe("Plans/Garden.md");
    expect(await locate(`obsidian://vault/${name}/Plans/Garden`)).toBe("Plans/Garden.md");
    expect(await locate(`obsidian://open?path=${encodeURIComponent(join(root, "a.png"))}`)).toBe("a.png");
    expect(await locate(pathToFileURL(join(root, "Plans/Garden.md")).href)).toBe("Plans/Garden.md");
    expect(await locate(join(`${root} link`, "Plans/Garden.md"))).toBe("Plans/Garden.md");
    rmSync(`${root} link`);
  });

  test("and nothing else does", async () => {
    const root = folderWith({ ".obsidian/app.json": "{}", "a.md": "x" });
    const ctx = await open({ paths: root });
    for (const address of [
      "https://example.org/a.md",
      "obsidian://open?vault=Other&file=a",
      "obsidian://open",
      "obsidian:",
      "file:///etc/passwd",
      "file://host/x",
      "/etc/passwd",
      `${root}-more/a.md`,
      root,
      "a.md",
      "",
      "file:%00",
      "obsidian://vault/%E0%A4%A",
    ])
      expect(await files.locate?.(ctx, address), address).toBeUndefined();
  });
});

describe("live news", () => {
  const realClock = {
    now: () => new Date(),
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        signal?.addEventListener("abort", () => [clearTimeout(timer), resolve()]);
      }),
  };

  test("a change says which root to look at; leaving ends the watch", async () => {
    const both = folderWith({ "one/a.md": "a", "two/b.md": "b" });
    const stop = new AbortController();
    const ctx = await open({ paths: [join(both, "one"), join(both, "two")], watch: true }, realClock, stop.signal);
    const news = files.live?.(ctx, {}) as AsyncGenerator<Push<unknown>>;
    expect(await news.next()).toEqual({ done: false, value: { stale: [] } });
    mkdirSync(join(both, "two/new folder"));
    writeFileSync(join(both, "two/new folder/c.md"), "c");
    expect(await news.next()).toEqual({ done: false, value: { stale: ["two"] } });
    writeFileSync(join(both, "one/.hidden"), "no news");
    writeFileSync(join(both, "one/a.md"), "changed");
    expect(await news.next()).toEqual({ done: false, value: { stale: ["one"] } });
    const last = news.next();
    stop.abort();
    expect((await last).done).toBe(true);
  });

  test("without watch there is nothing to follow", async () => {
    const ctx = await open({ paths: folderWith({ "a.md": "a" }) });
    expect(await files.live?.(ctx, {}).next()).toEqual({ done: true, value: undefined });
  });
});
