import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { changesOf } from "../../../src/connectors/github/code/compare.ts";
import { contentOf } from "../../../src/connectors/github/code/file-content.ts";
import { fileRelations } from "../../../src/connectors/github/code/relative-links.ts";
import { Selection } from "../../../src/connectors/github/code/selection.ts";
import { wantedFiles } from "../../../src/connectors/github/code/wanted-files.ts";
import { GithubConfig } from "../../../src/connectors/github/options.ts";
import { Repository } from "../../../src/connectors/github/schema.ts";
import { applyDelta } from "../../../src/connectors/github/wiki/delta.ts";
import { readPack } from "../../../src/connectors/github/wiki/read-pack.ts";
import { tarHeader, tarOf } from "../../twins/git/tar.ts";

const options = (written: Record<string, unknown> = {}) => GithubConfig.parse(written);

describe("which files of a repository are taken", () => {
  it("takes Markdown and reStructuredText unless told otherwise, whatever the case of the ending", () => {
    const selection = new Selection(options());
    for (const path of ["README.md", "docs/sluice.RST", "a/b/c/ä 🐟 #1%.md"])
      expect(selection.takesPath(path)).toBe(true);
    for (const path of ["main.ts", "docs/md", "notes.mdx", "a.md/b.txt"]) expect(selection.takesPath(path)).toBe(false);
  });

  it("leaves out what the exclusions name at any depth, also when a pattern names it", () => {
    const selection = new Selection(options({ filePatterns: ["**/*.md", "*.min.js"] }));
    expect(selection.takesPath("node_modules/left-pad/README.md")).toBe(false);
    expect(selection.takesPath("packages/mill/node_modules/left-pad/README.md")).toBe(false);
    expect(selection.takesPath("web/app.min.js")).toBe(false);
    expect(selection.takesPath("web/README.md")).toBe(true);
  });

  it("reads endings and patterns as people write them", () => {
    expect(new Selection(options({ fileExtensions: ["adoc"] })).takesPath("docs/weir.adoc")).toBe(true);
    expect(new Selection(options({ fileExtensions: ["*.adoc"] })).takesPath("docs/weir.adoc")).toBe(true);
    expect(new Selection(options({ filePatterns: ["docs"] })).takesPath("docs/deep/plan.txt")).toBe(true);
    expect(new Selection(options({ filePatterns: ["/docs/*.md"] })).takesPath("docs/plan.md")).toBe(true);
    expect(new Selection(options({ filePatterns: ["docs/*.md"] })).takesPath("docs/deep/plan.md")).toBe(false);
    expect(new Selection(options({ fileExtensions: [] })).takesPath("src/main.ts")).toBe(true);
    expect(new Selection(options({ fileExtensions: [] })).takesPath("logo.png")).toBe(false);
  });

  it("stays below the folder that path names, and not below one whose name only begins like it", () => {
    const selection = new Selection(options({ path: "/docs/" }));
    expect(selection.takesPath("docs/plan.md")).toBe(true);
    expect(selection.takesPath("docs-old/plan.md")).toBe(false);
    expect(["", "docs", "docs/deep"].every((folder) => selection.reaches(folder))).toBe(true);
    expect(selection.reaches("src")).toBe(false);
  });

  it("takes no larger file, and no path that would lead an address elsewhere", () => {
    const selection = new Selection(options({ maxFileSizeKb: 1 }));
    expect(selection.takes({ path: "a.md", size: 1000 })).toBe(true);
    expect(selection.takes({ path: "a.md", size: 1001 })).toBe(false);
    expect(selection.takesPath("../../user.md")).toBe(false);
    expect(selection.takesPath("docs/./a.md")).toBe(false);
  });
});

describe("what a comparison proves", () => {
  const file = (filename: string, status: string, previous_filename?: string) => ({
    filename,
    status,
    ...(previous_filename !== undefined && { previous_filename }),
  });
  const ahead = (...files: ReturnType<typeof file>[]) => ({ status: "ahead", total_commits: 1, files });

  it("tells what came, changed and went", () => {
    const changes = changesOf(ahead(file("a.md", "added"), file("b.md", "modified"), file("c.md", "removed")));
    expect(changes).toEqual({ changed: ["a.md", "b.md"], gone: ["c.md"] });
  });

  it("keeps a path that one file left and another took in the same step", () => {
    const changes = changesOf(ahead(file("new.md", "renamed", "old.md"), file("old.md", "added")));
    expect(changes).toEqual({ changed: ["new.md", "old.md"], gone: [] });
  });

  it("keeps both files when two swap their names", () => {
    const changes = changesOf(ahead(file("a.md", "renamed", "b.md"), file("b.md", "renamed", "a.md")));
    expect(changes).toEqual({ changed: ["a.md", "b.md"], gone: [] });
  });

  it("does not take the original of a copy for gone", () => {
    expect(changesOf(ahead(file("b.md", "copied", "a.md")))).toEqual({ changed: ["b.md"], gone: [] });
  });

  it.each(["diverged", "behind", "something new"])("proves nothing when the newer commit is %s", (status) => {
    expect(changesOf({ status, total_commits: 0, files: [] })).toBeUndefined();
  });

  it("proves nothing where the list may have been cut off, or is missing", () => {
    const many = Array.from({ length: 300 }, (_, at) => file(`${at}.md`, "added"));
    expect(changesOf(ahead(...many))).toBeUndefined();
    expect(changesOf(ahead(...many.slice(1)))?.changed).toHaveLength(299);
    expect(changesOf({ ...ahead(), total_commits: 250 })).toBeUndefined();
    expect(changesOf({ status: "ahead", total_commits: 1 })).toBeUndefined();
    expect(changesOf(ahead(file("new.md", "renamed")))).toBeUndefined();
  });
});

describe("what the bytes of a file say", () => {
  it("reads UTF-8, UTF-16 and Latin-1", () => {
    expect(contentOf(Buffer.from("\ufeffWehr 🐟 سد"))).toEqual({ text: "Wehr 🐟 سد" });
    expect(contentOf(Buffer.from("\ufeffWehr", "utf16le"))).toEqual({ text: "Wehr" });
    expect(contentOf(Buffer.from("Mühle", "latin1"))).toEqual({ text: "Mühle" });
    expect(contentOf(Buffer.alloc(0))).toEqual({ text: "" });
  });

  it("says why there is no text", () => {
    expect(contentOf(Buffer.from("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "latin1"))).toEqual({
      unread: "It is a binary file.",
    });
    const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 104857600\n";
    expect(contentOf(Buffer.from(pointer))).toEqual({ unread: "It is kept in Git LFS, with 104,857,600 bytes." });
  });

  it("takes a page about Git LFS for a page", () => {
    const page = `# Pointers\n\n    version https://git-lfs.github.com/spec/v1\n`;
    expect(contentOf(Buffer.from(page))).toEqual({ text: page });
  });
});

describe("links of a Markdown file", () => {
  const repository = Repository.parse({
    id: 7,
    name: "handbook",
    full_name: "mill/handbook",
    owner: { login: "mill" },
    html_url: "https://github.com/mill/handbook",
    default_branch: "main",
  });
  const links = (path: string, text: string) =>
    fileRelations(repository, path, text).map(({ rel, id, url }) => `${rel} ${id ?? url}`);

  it("lead to files beside it, above it and at the top", () => {
    expect(links("docs/weir/plan.md", "[a](gate.md#open) [b](../race.md) [c](/README.md) ![d](img/a%20b.png)")).toEqual(
      ["links 7:docs/weir/gate.md", "links 7:docs/race.md", "links 7:README.md", "embeds 7:docs/weir/img/a b.png"],
    );
  });

  it("lead nowhere when they leave the repository, stand in code or name a place in the file itself", () => {
    expect(links("plan.md", "[a](../../other.md) `[b](b.md)` [c](#below)\n```\n[d](d.md)\n```")).toEqual([]);
  });

  it("are recognised when they are written as addresses of the same repository", () => {
    const text =
      "[a](https://github.com/mill/handbook/blob/main/docs/a%20b.md#L3) https://github.com/mill/handbook/blob/old/docs/c.md https://example.org/x";
    expect(links("plan.md", text)).toEqual([
      "links 7:docs/a b.md",
      "links https://github.com/mill/handbook/blob/old/docs/c.md",
      "links https://example.org/x",
    ]);
  });
});

describe("archives", () => {
  const wanted = { archiveBytes: 1_000_000, wants: (path: string) => path.endsWith(".md") };
  const inPieces = (archive: Buffer, size: number) =>
    Readable.from(
      Array.from({ length: Math.ceil(archive.length / size) }, (_, at) => archive.subarray(at * size, (at + 1) * size)),
    );
  const read = async (archive: Buffer, limits = wanted, size = 97) => {
    const found: [string, string][] = [];
    for await (const { path, bytes } of wantedFiles(inPieces(archive, size), limits))
      found.push([path, bytes.toString()]);
    return found;
  };
  const long = `mill-1/${"deep/".repeat(60)}سد 🐟.md`;

  it("give the wanted files, whatever pieces they arrive in", async () => {
    const archive = tarOf({
      "mill-1/a.md": "first",
      "mill-1/b.bin": "x".repeat(5000),
      "mill-1/c.md": "",
      [long]: "far down",
    });
    for (const size of [1, 97, 512, 100_000])
      expect(await read(archive, wanted, size)).toEqual([
        ["mill-1/a.md", "first"],
        ["mill-1/c.md", ""],
        [long, "far down"],
      ]);
  });

  it("are refused when they end early, are damaged or are none", async () => {
    const archive = tarOf({ "mill-1/a.md": "first".repeat(300) });
    const damaged = Buffer.from(archive);
    damaged[3] = 0xff;
    for (const broken of [
      archive.subarray(0, 900),
      archive.subarray(0, 300),
      damaged,
      Buffer.from("<html>".repeat(500)),
    ])
      await expect(read(broken)).rejects.toMatchObject({ kind: "bad_response" });
  });

  it("are refused when they swell beyond what they should hold", async () => {
    const archive = tarOf({ "mill-1/a.bin": "x".repeat(50_000) });
    await expect(read(archive, { ...wanted, archiveBytes: 20_000 })).rejects.toMatchObject({ kind: "too_large" });
  });

  it("do not make us hold what they only announce", async () => {
    const bomb = tarHeader("mill-1/a.bin", 8_000_000_000_000);
    await expect(read(bomb)).rejects.toMatchObject({ kind: "bad_response" });
    const header = tarHeader("mill-1/pax", 900_000_000, "x");
    await expect(read(header)).rejects.toMatchObject({ kind: "bad_response" });
  });
});

describe("what git sends", () => {
  it("is rebuilt from deltas, which are refused when they do not fit", () => {
    const base = Buffer.from("The sluice is shut.");
    // Lengths 19 and 20, eleven bytes copied from the beginning, then nine of its own.
    const delta = Buffer.concat([Buffer.from([19, 20, 0x90, 11, 9]), Buffer.from("not shut.")]);
    expect(applyDelta(base, delta, 100)?.toString()).toBe("The sluice not shut.");
    expect(applyDelta(base.subarray(1), delta, 100)).toBeUndefined();
    expect(applyDelta(base, delta, 10)).toBeUndefined();
    expect(applyDelta(base, delta.subarray(0, -1), 100)).toBeUndefined();
    expect(applyDelta(base, Buffer.from([19, 20, 0x91, 15, 20]), 100)).toBeUndefined();
    expect(applyDelta(base, Buffer.from([19, 20, 0]), 100)).toBeUndefined();
  });

  it("is refused when the pack is damaged or announces more than it may hold", () => {
    const limits = { objectBytes: 1000, allBytes: 5000 };
    const pack = (...body: number[]) => {
      const head = Buffer.concat([Buffer.from("PACK"), Buffer.from([0, 0, 0, 2, 0, 0, 0, 1]), Buffer.from(body)]);
      return Buffer.concat([head, createHash("sha1").update(head).digest()]);
    };
    const blob = [0x35, ...deflateSync("gates")]; // a blob of five bytes
    expect([...readPack(pack(...blob), limits).values()].map((object) => object.bytes.toString())).toEqual(["gates"]);
    expect(() => readPack(pack(0x34, ...blob.slice(1)), limits)).toThrow(/damaged/);
    expect(() => readPack(pack(0xb5, 0xff, 0x7f, ...blob.slice(1)), limits)).toThrow(/larger/);
    expect(() => readPack(pack(0x65, 0x7f, ...blob.slice(1)), limits)).toThrow(/damaged/);
    expect(() => readPack(pack(0x75, ...blob), limits)).toThrow(/damaged/);
    const cut = pack(...blob);
    expect(() => readPack(cut.subarray(0, -1), limits)).toThrow(/damaged/);
  });
});
