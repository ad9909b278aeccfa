import { appendFileSync, renameSync, type Stats, statSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { files } from "../../../src/connectors/files/index.ts";
import { isPlaceholder } from "../../../src/connectors/files/placeholder.ts";
import { fetchAll, fill, folderWith, itemsOf, open, skippingClock, walkAll } from "./folder.ts";

describe("files that are being written", () => {
  test("are listed once they have been quiet for two seconds", async () => {
    const root = folderWith({ "old.md": "old" });
    writeFileSync(join(root, "fresh.md"), "half");
    let edits = 1;
    const clock = skippingClock(() => {
      if (edits-- <= 0) return;
      appendFileSync(join(root, "fresh.md"), " and the other half");
      const now = new Date(clock.now());
      utimesSync(join(root, "fresh.md"), now, now);
    });
    const items = await itemsOf(await open({ paths: root }, clock));
    expect(items.map((item) => [item.id, item.body?.bytes])).toEqual([
      ["fresh.md", 23],
      ["old.md", 3],
    ]);
    expect(clock.slept).toBeGreaterThan(2000);
    expect(clock.slept).toBeLessThan(10_001);
  });

  test("that never rest are taken as they are, after ten seconds of patience for the whole walk", async () => {
    const root = folderWith({ "old.md": "old" });
    writeFileSync(join(root, "app.log"), "line\n");
    const clock = skippingClock(() => {
      const now = new Date(clock.now());
      utimesSync(join(root, "app.log"), now, now);
    });
    const items = await itemsOf(await open({ paths: root }, clock));
    expect(items.map((item) => item.id)).toEqual(["app.log", "old.md"]);
    expect(clock.slept).toBeLessThan(10_001);
  });

  test("that vanish while they are waited for are no error", async () => {
    const root = folderWith({ "old.md": "old" });
    writeFileSync(join(root, "draft.md"), "x");
    const clock = skippingClock(() => renameSync(join(root, "draft.md"), join(root, ".draft.md")));
    const pages = await walkAll(await open({ paths: root }, clock));
    expect(pages.flatMap((page) => page.upserts ?? []).map((item) => item.id)).toEqual(["old.md"]);
    expect(pages[0]?.failures).toBeUndefined();
  });

  test("a file from the future is not waited for", async () => {
    const root = folderWith({ "a.md": "a" });
    utimesSync(join(root, "a.md"), new Date(), new Date(Date.now() + 86_400_000));
    const clock = skippingClock();
    expect(await itemsOf(await open({ paths: root }, clock))).toHaveLength(1);
    expect(clock.slept).toBe(0);
  });
});

describe("versions", () => {
  test("a listed file and the same file fetched have the same version", async () => {
    const root = folderWith({
      "a.md": "a",
      "b.pdf": "%PDF",
      "c.png": "png",
      "d.canvas": "{}",
      "big.txt": "x".repeat(1_500_000),
    });
    const ctx = await open({ paths: root });
    for (const item of await itemsOf(ctx))
      expect((await fetchAll(ctx, item.id)).item.version, item.id).toBe(item.version);
    expect((await fetchAll(ctx, "big.txt")).text).toHaveLength(1_500_000);
  });

  test("a file renamed or moved keeps its handle", async () => {
    const root = folderWith({ "a.md": "a", "sub/x.md": "x" });
    const ctx = await open({ paths: root });
    const before = (await itemsOf(ctx))[0]?.handle;
    renameSync(join(root, "a.md"), join(root, "sub/b.md"));
    const after = (await itemsOf(ctx)).find((item) => item.id === "sub/b.md")?.handle;
    expect(after).toBe(before);
    expect(before).toMatch(/^\d+:\d+:\d+$/);
  });

  test("a restored file with an older time and the same size is a change", async () => {
    const root = folderWith({ "a.md": "new" });
    const ctx = await open({ paths: root });
    const before = (await itemsOf(ctx))[0]?.version;
    utimesSync(join(root, "a.md"), new Date(0), new Date(86_400_000));
    expect((await itemsOf(ctx))[0]?.version).not.toBe(before);
  });

  test("with hashContent always, only content counts: a touched file is no change, an edit that keeps size and time is", async () => {
    const root = folderWith({ "a.md": "one", "p.png": "png" });
    const ctx = await open({ paths: root, hashContent: "always" });
    const before = (await itemsOf(ctx))[0]?.version;
    fill(root, { "copy.md": "one" });
    renameSync(join(root, "copy.md"), join(root, "a.md"));
    expect((await itemsOf(ctx))[0]?.version).toBe(before);
    expect((await fetchAll(ctx, "a.md")).item.version).toBe(before);
    const { atime, mtime } = statSync(join(root, "a.md"));
    writeFileSync(join(root, "a.md"), "two");
    utimesSync(join(root, "a.md"), atime, mtime);
    expect((await itemsOf(ctx))[0]?.version).not.toBe(before);
  });

  test("dates come from the file, and front matter overrides them", async () => {
    const root = folderWith({
      "a.md": "a",
      "b.md": "---\ncreated: 2021-03-04\nupdated: 2022-05-06T07:08:09+02:00\n---\nb",
    });
    utimesSync(join(root, "a.md"), new Date(), new Date("2020-01-02T03:04:05Z"));
    const ctx = await open({ paths: root });
    expect((await itemsOf(ctx))[0]).toMatchObject({
      createdAt: "2020-01-02T03:04:05.000Z",
      updatedAt: "2020-01-02T03:04:05.000Z",
    });
    expect((await fetchAll(ctx, "b.md")).item).toMatchObject({
      createdAt: "2021-03-04T00:00:00.000Z",
      updatedAt: "2022-05-06T05:08:09.000Z",
    });
  });

  test("files older than the bound of the source are left out", async () => {
    const root = folderWith({ "new.md": "n", "old.md": "o" });
    utimesSync(join(root, "old.md"), new Date(), new Date("2019-01-01"));
    const ctx = await open({ paths: root });
    const pages = [];
    for await (const page of files.sync(ctx, { container: ctx.api.roots[0]?.container, since: "2020-01-01T00:00:00Z" }))
      pages.push(page);
    expect(pages.flatMap((page) => page.upserts ?? []).map((item) => item.id)).toEqual(["new.md"]);
  });
});

describe("files that are not read", () => {
  test("a file above the cap is listed without a body, with one failure that says what to set", async () => {
    const root = folderWith({ "big.txt": "x".repeat(1_200_000), "big.png": "x".repeat(1_200_000), "small.txt": "x" });
    const ctx = await open({ paths: root, maxFileSizeMb: 1 });
    const [page] = await walkAll(ctx);
    expect(page?.upserts?.map((item) => [item.id, item.body?.mime])).toEqual([
      ["big.png", undefined],
      ["big.txt", undefined],
      ["small.txt", "text/plain"],
    ]);
    expect(page?.failures).toMatchObject([
      {
        id: "big.txt",
        error: {
          kind: "too_large",
          message: '"big.txt" has 1.2 MB; files are read up to 1 MB.',
          hint: expect.stringContaining("maxFileSizeMb: 2"),
        },
      },
    ]);
    expect(page?.incomplete).toBeUndefined();
    await expect(fetchAll(ctx, "big.txt")).rejects.toMatchObject({ kind: "too_large" });
    const raised = await itemsOf(await open({ paths: root, maxFileSizeMb: 2 }));
    expect(raised[1]?.version).not.toBe(page?.upserts?.[1]?.version); // so that it is read once the cap is raised
  });

  test("a file kept only in the cloud is listed by name, neither read nor downloaded unless asked", async () => {
    const root = folderWith({ "here.md": "here", ".far.md.icloud": "bplist00" });
    writeFileSync(join(root, "hollow.md"), "");
    truncateSync(join(root, "hollow.md"), 1_000_000);
    utimesSync(join(root, "hollow.md"), new Date(0), new Date(86_400_000));
    const ctx = await open({ paths: root });
    const items = await itemsOf(ctx);
    expect(items.map((item) => [item.id, item.body !== undefined, item.fields?.placeholder])).toEqual([
      ["far.md", false, true],
      ["here.md", true, undefined],
      ["hollow.md", false, true],
    ]);
    expect((await fetchAll(ctx, "hollow.md")).text).toBeUndefined();
    expect(items[2]?.version).toBe((await fetchAll(ctx, "hollow.md")).item.version);
    const asked = await open({ paths: root, downloadPlaceholders: true });
    expect((await itemsOf(asked)).map((item) => item.body !== undefined)).toEqual([false, true, true]);
  });

  test("small files without blocks are placeholders only where content is never kept inline", () => {
    const stats = { size: 300, blocks: 0 } as Stats;
    expect(isPlaceholder(stats, "darwin")).toBe(true);
    expect(isPlaceholder(stats, "win32")).toBe(false);
    expect(isPlaceholder({ ...stats, size: 9000 } as Stats, "win32")).toBe(true);
    expect(isPlaceholder({ ...stats, size: 0 } as Stats, "darwin")).toBe(false);
  });
});
