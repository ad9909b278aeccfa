import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { files } from "../../../src/connectors/files/index.ts";
import { fileProblem } from "../../../src/connectors/files/problems.ts";
import { rootsOf } from "../../../src/connectors/files/roots.ts";
import { fetchAll, fill, folderWith, idsOf, open, walkAll } from "./folder.ts";

/** Runs as a user whom file permissions bind, even where the tests run as root. */
async function asOrdinaryUser<T>(work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return await work();
  process.seteuid?.(65534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

describe("several roots", () => {
  test("are containers of their own, with ids that say which", async () => {
    const both = folderWith({ "work/Notes/a.md": "work", "home/Notes/a.md": "home", "home/Notes/sub/b.md": "b" });
    const ctx = await open({ paths: [join(both, "work/Notes"), join(both, "home/Notes/")] });
    const roots = [];
    for await (const entry of files.list(ctx)) roots.push([entry.id, entry.holds]);
    expect(roots).toEqual([
      ["Notes", "containers"],
      ["Notes-2", "containers"],
    ]);
    expect(await idsOf(ctx, "Notes")).toEqual(["Notes/a.md"]);
    expect(await idsOf(ctx, "Notes-2")).toEqual(["Notes-2/a.md", "Notes-2/sub/b.md"]);
    expect((await fetchAll(ctx, "Notes/a.md")).text).toBe("work");
    expect((await fetchAll(ctx, "Notes-2/a.md")).text).toBe("home");
    await expect(fetchAll(ctx, "a.md")).rejects.toMatchObject({
      kind: "not_found",
      hint: "Ids of this source begin with Notes/ or Notes-2/.",
    });
    await expect(fetchAll(ctx, "Notes-2/../a.md")).rejects.toMatchObject({ kind: "usage" });
  });

  test("one that is missing does not keep the others", async () => {
    const root = folderWith({ "here/a.md": "a" });
    const ctx = await open({ paths: [join(root, "here"), join(root, "gone")] });
    expect(await idsOf(ctx, "here")).toEqual(["here/a.md"]);
    await expect(walkAll(ctx, "gone")).rejects.toMatchObject({
      kind: "not_found",
      message: expect.stringMatching(/is not there\. Is the drive mounted\? Nothing was deleted\.$/),
    });
    const shown = [];
    for await (const entry of files.list(ctx)) shown.push(entry.id);
    expect(shown).toEqual(["here", "gone"]);
  });

  test("~ is the home folder, and the same folder twice is one root", () => {
    const [home] = rootsOf(files.config.parse({ paths: "~/Notes" }) as never);
    expect(home?.path).toMatch(/^\/.+\/Notes$/);
    expect(rootsOf(files.config.parse({ paths: ["/a/Notes", "/a/Notes/", "/a/./Notes"] }) as never)).toHaveLength(1);
    expect(rootsOf(files.config.parse({ paths: "/" }) as never)[0]?.container).toBe("root");
  });

  test.each([
    ["'/home/ada/My Notes'", /quotation marks/],
    ["/home/ada/My\\ Notes", /backslashes before spaces/],
    ["/home/ada/My%20Notes", /spaces instead of %20/],
    ["/home/ada/missing", /Check the spelling|mount the folder/],
  ])("a path like %s gets the hint it needs", async (path, hint) => {
    const ctx = await open({ paths: path });
    await expect(files.test(ctx)).rejects.toMatchObject({ kind: "not_found", hint: expect.stringMatching(hint) });
  });

  test("a file given as a folder is said to be one", async () => {
    const root = folderWith({ "a.md": "a" });
    await expect(files.test(await open({ paths: join(root, "a.md") }))).rejects.toMatchObject({
      kind: "config",
      message: expect.stringContaining("is a file, not a folder"),
    });
  });
});

describe("a root that goes away while it is walked", () => {
  test("ends the walk before anything can be taken for deleted", async () => {
    const many = Object.fromEntries(Array.from({ length: 1500 }, (_, at) => [`${at % 5}/n${at}.md`, "x"]));
    const parent = folderWith(Object.fromEntries(Object.entries(many).map(([path, text]) => [`vault/${path}`, text])));
    const ctx = await open({ paths: join(parent, "vault") });
    const pages = files.sync(ctx, { container: "vault" });
    const first = (await pages.next()).value.upserts.length;
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(1500);
    renameSync(join(parent, "vault"), join(parent, "unplugged"));
    mkdirSync(join(parent, "vault")); // the empty mount point
    await expect(pages.next()).rejects.toMatchObject({
      kind: "unavailable",
      message: expect.stringMatching(/went away.*Nothing was deleted/),
    });
  });
});

describe("what may not be read", () => {
  test("a closed folder is a failure, and the walk says that it proves nothing", async () => {
    const root = folderWith({ "a.md": "a", "closed/b.md": "b", "zoo/c.md": "c" });
    chmodSync(root, 0o755);
    chmodSync(join(root, "closed"), 0o000);
    const ctx = await open({ paths: root });
    const pages = await asOrdinaryUser(() => walkAll(ctx));
    chmodSync(join(root, "closed"), 0o755);
    expect(pages.flatMap((page) => page.upserts ?? []).map((item) => item.id)).toEqual(["a.md", "zoo/c.md"]);
    expect(pages[0]?.failures).toMatchObject([
      {
        id: "closed",
        error: {
          kind: "permission",
          message: 'The folder "closed" may not be read by this user.',
          hint: expect.stringContaining("chmod"),
        },
      },
    ]);
    expect(pages[0]?.incomplete).toEqual({ why: 'The folder "closed" may not be read by this user.' });
    const again = await walkAll(ctx, undefined, pages.at(-1)?.cursor);
    expect(again[0]?.incomplete).toBeUndefined();
  });

  test("a folder that shows names but no files is one failure, not one for each file", async () => {
    const root = folderWith({ "a.md": "a", "shut/b.md": "b", "shut/c.md": "c", "shut/d.md": "d" });
    chmodSync(root, 0o755);
    chmodSync(join(root, "shut"), 0o644);
    const ctx = await open({ paths: root });
    const pages = await asOrdinaryUser(() => walkAll(ctx));
    chmodSync(join(root, "shut"), 0o755);
    expect(pages[0]?.failures).toHaveLength(1);
    expect(pages[0]?.failures?.[0]?.id).toBe("shut");
    expect(pages[0]?.incomplete).toBeDefined();
  });

  test("a closed file is listed, and its fetch says what to do", async () => {
    const root = folderWith({ "a.md": "a" });
    chmodSync(root, 0o755);
    chmodSync(join(root, "a.md"), 0o000);
    const ctx = await open({ paths: root });
    const refusal = await asOrdinaryUser(() => fetchAll(ctx, "a.md").catch((error: unknown) => error));
    expect(refusal).toMatchObject({ kind: "permission", message: '"a.md" may not be read by this user.' });
    expect(await asOrdinaryUser(() => idsOf(ctx))).toEqual(["a.md"]);
  });

  test("every error of a file system has a sentence, and macOS points to Full Disk Access", () => {
    const failing = (code: string) => Object.assign(new Error("raw"), { code });
    for (const code of [
      "EACCES",
      "EPERM",
      "ELOOP",
      "ENAMETOOLONG",
      "EMFILE",
      "ENFILE",
      "EIO",
      "ESTALE",
      "EBUSY",
      "ENOENT",
      "ENOTDIR",
      "EISDIR",
      "EINVAL",
      "ETIMEDOUT",
    ])
      expect(fileProblem(failing(code), '"x"').kind, code).not.toBe("bug");
    expect(fileProblem(failing("EPERM"), '"x"', "darwin").hint).toContain("Full Disk Access");
    expect(fileProblem(failing("EMFILE"), '"x"').kind).toBe("unavailable");
  });
});

describe("test", () => {
  test("names the vault, its real path and what it holds", async () => {
    const root = folderWith({ ".obsidian/app.json": "{}", "a.md": "a", "b.md": "b", "c.png": "c" });
    expect(await files.test(await open({ paths: root }))).toEqual({
      account: `Obsidian vault ${JSON.stringify(basename(root))} at ${root}`,
      granted: [`${basename(root)}: 2 notes and 1 other file`],
      missing: [],
      warnings: [],
    });
  });

  test("warns of what may surprise", async () => {
    const parent = folderWith({ "Dropbox/Notes/a.md": "a", "Mobile Documents/x/.b.md.icloud": "stub" });
    mkdirSync(join(parent, "empty"));
    symlinkSync(join(parent, "Dropbox/Notes"), join(parent, "shortcut"));
    const warningsOf = async (path: string) =>
      (await files.test(await open({ paths: join(parent, path) }))).warnings?.join("\n");
    expect(await warningsOf("Dropbox/Notes")).toMatch(/lies in Dropbox/);
    expect(await warningsOf("shortcut")).toMatch(/is a symbolic link to .*Dropbox\/Notes/);
    expect(await warningsOf("empty")).toMatch(/holds no file/);
    expect(await warningsOf("Mobile Documents/x")).toMatch(/1 files in .* are only in iCloud/);
  });

  test("names folders that may not be read, and how to open them", async () => {
    const root = folderWith({ "a.md": "a", "closed/b.md": "b" });
    chmodSync(root, 0o755);
    chmodSync(join(root, "closed"), 0o000);
    const answer = await asOrdinaryUser(async () => files.test(await open({ paths: root })));
    chmodSync(join(root, "closed"), 0o755);
    expect(answer.missing).toEqual([
      {
        what: '"closed"',
        why: 'The folder "closed" may not be read by this user.',
        how: expect.stringContaining("chmod"),
      },
    ]);
  });
});

describe("list", () => {
  test("shows subfolders, then files, below a root or a folder", async () => {
    const root = folderWith({
      ".obsidian/x": "",
      "b.md": "bb",
      "a.png": "a",
      "sub/c.md": "c",
      "sub/deep/d.md": "d",
      "empty.md": "",
    });
    const ctx = await open({ paths: root });
    const shown = async (parent: string) => {
      const entries = [];
      for await (const entry of files.list(ctx, parent)) entries.push(entry);
      return entries;
    };
    const name = basename(root);
    expect((await shown(name)).map((entry) => [entry.id, entry.holds])).toEqual([
      [`${name}/sub`, "containers"],
      ["a.png", "nothing"],
      ["b.md", "nothing"],
      ["empty.md", "nothing"],
    ]);
    expect((await shown(`${name}/sub`)).map((entry) => entry.id)).toEqual([`${name}/sub/deep`, "sub/c.md"]);
    expect((await shown("sub/deep")).map((entry) => entry.id)).toEqual(["sub/deep/d.md"]);
    expect((await shown("sub/deep"))[0]).toMatchObject({
      name: "d.md",
      kind: "note",
      bytes: 1,
      updatedAt: expect.stringMatching(/Z$/),
      url: expect.stringMatching(/^obsidian:/),
    });
    await expect(shown("nowhere")).rejects.toMatchObject({ kind: "not_found" });
    await expect(shown(".obsidian")).rejects.toMatchObject({ kind: "not_found" });
    rmSync(join(root, "sub"), { recursive: true });
    await expect(shown("sub")).rejects.toMatchObject({ kind: "not_found" });
    fill(root, { "sub/new.md": "n" });
    expect((await shown("sub")).map((entry) => entry.id)).toEqual(["sub/new.md"]);
  });
});
