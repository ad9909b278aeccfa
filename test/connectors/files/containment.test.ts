import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { safeParts } from "../../../src/connectors/files/ids.ts";
import { files } from "../../../src/connectors/files/index.ts";
import { ConnectorError } from "../../../src/connectors/kit/index.ts";
import { fetchAll, fill, folderWith, idsOf, open } from "./folder.ts";

const SECRET = "the secret that lies outside";

/** A vault with a secret beside it and links of every sort that lead there. */
function guardedVault(): { outside: string; vault: string } {
  const outside = folderWith({
    "secret.md": SECRET,
    "vault-notes/secret.md": SECRET, // its name begins like the vault's
    "vault/note.md": "fine",
    "vault/deep/er/note.md": "fine",
    "vault/.obsidian/app.json": `{"token":"${SECRET}"}`,
    "vault/.git/config": SECRET,
    "vault/node_modules/x.md": SECRET,
    "vault/.hidden.md": SECRET,
  });
  const vault = join(outside, "vault");
  symlinkSync(join(outside, "secret.md"), join(vault, "link.md"));
  symlinkSync(outside, join(vault, "up"));
  symlinkSync("../vault-notes", join(vault, "twin"));
  symlinkSync("loop", join(vault, "loop"));
  execFileSync("/usr/bin/mkfifo", [join(vault, "pipe.md")]);
  return { outside, vault };
}

/** Ways out of a folder, each of which has led out of some server. */
function corpus(outside: string): string[] {
  const targets = ["secret.md", "vault-notes/secret.md", "etc/passwd", "etc/hostname"];
  const climbs = [
    "../",
    "..//",
    "./../",
    "deep/../../",
    "deep/er/../../../",
    "up/",
    "twin/",
    "..\\",
    "deep\\..\\..\\",
    "%2e%2e/",
    "%2e%2e%2f",
    "..%2f",
    "..%5c",
    "．．/",
    "....//",
    "..;/",
    "../vault/../",
    "up/vault/../",
    "\u0000../",
    "..\u0000/",
  ];
  const starts = [
    "/",
    "//",
    "\\\\",
    "\\\\?\\",
    "//?/",
    "C:\\",
    "C:/",
    "file://",
    "file:///",
    "~/",
    "$HOME/",
    "/proc/self/root/",
    "/proc/self/cwd/",
    "/dev/fd/",
    "\\\\server\\share\\",
  ];
  const ends = [
    "",
    "\u0000",
    "\u0000.md",
    "/",
    "/.",
    "::$DATA",
    ":stream",
    ".",
    " ",
    "%00.md",
    "#",
    "?",
    "\n",
    "\u202e",
  ];
  const wild = [
    ...targets.flatMap((target) =>
      climbs.flatMap((climb) => [climb + target, climb.repeat(2) + target, climb.repeat(9) + target]),
    ),
    ...targets.flatMap((target) => starts.map((start) => start + target)),
    ...starts.map((start) => start + outside.slice(1) + "/secret.md"),
    ...climbs.flatMap((climb) => ends.map((end) => `${climb}secret.md${end}`)),
    ...ends.map((end) => `link.md${end}`),
    ...ends.map((end) => `up/secret.md${end}`),
    ...[
      ".obsidian/app.json",
      ".git/config",
      "node_modules/x.md",
      ".hidden.md",
      "deep/../.git/config",
      ".GIT/config",
      "loop",
      "loop/x.md",
      "pipe.md",
      "deep",
      "",
      ".",
      "..",
      "/",
      "\\",
      "\0",
      "vault",
      "../vault",
    ],
    ...["link.md", "up", "twin", "deep"].flatMap((name) => [
      `${name}/`,
      `./${name}`,
      `${name}/.`,
      `${name}/..`,
      `${name}//x`,
    ]),
    "x".repeat(5000),
    "../".repeat(4000),
    "a/".repeat(6000) + "x",
    "\ud800/../secret.md",
    "CON",
    "aux.md",
    "NUL",
  ];
  return [...new Set(wild)];
}

describe("an id leads nowhere but into the folder", () => {
  for (const followSymlinks of [false, true]) {
    test(`no way out among 500 ids, with followSymlinks ${followSymlinks}`, async () => {
      const { outside, vault } = guardedVault();
      const ctx = await open({ paths: vault, followSymlinks });
      const ids = corpus(outside);
      expect(ids.length).toBeGreaterThanOrEqual(500);
      for (const id of ids) {
        const outcome = await fetchAll(ctx, id).catch((error: unknown) => error);
        expect(outcome, JSON.stringify(id)).toBeInstanceOf(ConnectorError);
        expect((outcome as ConnectorError).kind, JSON.stringify(id)).not.toBe("bug");
        expect((outcome as ConnectorError).message).not.toContain(SECRET);
      }
    });

    test(`no listing of a folder outside, with followSymlinks ${followSymlinks}`, async () => {
      const { outside, vault } = guardedVault();
      const ctx = await open({ paths: vault, followSymlinks });
      const shown: string[] = [];
      for (const id of [
        ...corpus(outside),
        "up",
        "twin",
        "vault/up",
        "vault/twin",
        "vault/..",
        "vault/up/vault-notes",
      ]) {
        if (id === "" || /^vault\/*$/.test(id)) continue; // the root itself
        try {
          for await (const entry of files.list(ctx, id)) shown.push(entry.id);
        } catch (error) {
          expect(error, JSON.stringify(id)).toBeInstanceOf(ConnectorError);
        }
      }
      expect(
        [...new Set(shown)].filter((id) => !/^(?:note\.md|deep\/er\/note\.md|vault\/deep(?:\/er)?)$/.test(id)),
      ).toEqual([]);
    });
  }

  test("the walk goes neither out, nor in circles, nor into pipes", async () => {
    const { vault } = guardedVault();
    symlinkSync("..", join(vault, "deep/er/back"));
    symlinkSync("deep", join(vault, "shallow"));
    expect(await idsOf(await open({ paths: vault }))).toEqual(["note.md", "deep/er/note.md"]);
    expect(await idsOf(await open({ paths: vault, followSymlinks: true }))).toEqual([
      "note.md",
      "deep/er/note.md",
      "shallow/er/note.md",
    ]);
  });

  test("a hard link is an ordinary file", async () => {
    const root = folderWith({ "a/one.md": "shared words" });
    linkSync(join(root, "a/one.md"), join(root, "two.md"));
    expect((await fetchAll(await open({ paths: root }), "two.md")).text).toBe("shared words");
  });

  test("a refusal says what to write instead", async () => {
    const root = folderWith({ "a.md": "a" });
    const refusal = await fetchAll(await open({ paths: root }), "../../etc/passwd").catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      kind: "usage",
      message: '"../../etc/passwd" is not a path inside this source: it holds an empty, . or .. part.',
      hint: "Use an id as search or list shows it: relative, with / between folders.",
    });
  });

  test("Windows spellings are refused on Windows, where they mean something", () => {
    for (const path of [
      "C:/x.md",
      "a:b.md",
      "x.md::$DATA",
      "a\\b.md",
      "con",
      "a/NUL.txt",
      "com1.md",
      "a./b.md",
      "b.md ",
    ])
      expect(() => safeParts(path, "win32"), path).toThrow(ConnectorError);
    expect(safeParts("10:30 meeting.md", "linux")).toEqual(["10:30 meeting.md"]);
    expect(safeParts("a/console.md", "win32")).toEqual(["a", "console.md"]);
  });
});

describe("swapping while it reads", () => {
  test("1,000 reads of a folder that turns into a link and back never show what lies outside", async () => {
    const root = folderWith({ "outside/plan.md": SECRET, "vault/box/plan.md": "inside", "vault/a.md": "a" });
    const vault = join(root, "vault");
    symlinkSync(join(root, "outside"), join(root, "bait"));
    const swapper = swapForEver(join(vault, "box"), join(root, "bait"), join(root, "aside"));
    try {
      const ctx = await open({ paths: vault });
      const seen: Record<string, number> = {};
      for (let round = 0; round < 1000; round++) {
        const outcome = await fetchAll(ctx, "box/plan.md").then(
          ({ text }) => text ?? "nothing",
          (error: ConnectorError) => error.kind,
        );
        seen[outcome] = (seen[outcome] ?? 0) + 1;
        if (round % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 1)); // lets the other thread in
      }
      expect(Object.keys(seen).filter((outcome) => outcome === SECRET || outcome === "bug")).toEqual([]);
      expect(seen.inside).toBeGreaterThan(0);
      expect(Object.keys(seen).length).toBeGreaterThan(1); // the race was on
    } finally {
      await swapper.terminate();
    }
  });

  test("1,000 reads of a file that turns into a link, a pipe and back never show what lies outside nor hang", async () => {
    const root = folderWith({ "secret.md": SECRET, "vault/plan.md": "inside" });
    const vault = join(root, "vault");
    symlinkSync(join(root, "secret.md"), join(root, "bait"));
    const swapper = swapForEver(join(vault, "plan.md"), join(root, "bait"), join(root, "aside"));
    try {
      const ctx = await open({ paths: vault });
      const seen = new Set<string>();
      for (let round = 0; round < 1000; round++)
        seen.add(
          await fetchAll(ctx, "plan.md").then(
            ({ text }) => text ?? "nothing",
            (error: ConnectorError) => error.kind,
          ),
        );
      expect([...seen].filter((outcome) => outcome === SECRET || outcome === "bug")).toEqual([]);
    } finally {
      await swapper.terminate();
    }
  });

  test("a file replaced while it is open is read again or said to be gone", async () => {
    const root = folderWith({ "a.md": "one" });
    const ctx = await open({ paths: root });
    await fetchAll(ctx, "a.md");
    writeFileSync(join(root, "new"), "two");
    renameSync(join(root, "new"), join(root, "a.md"));
    expect((await fetchAll(ctx, "a.md")).text).toBe("two");
    rmSync(join(root, "a.md"));
    await expect(fetchAll(ctx, "a.md")).rejects.toMatchObject({ kind: "not_found", message: '"a.md" is not there.' });
  });
});

/** Another thread that exchanges `place` with `bait` as fast as it can. */
function swapForEver(place: string, bait: string, aside: string): Worker {
  const code = `
    const { renameSync } = require("node:fs");
    const { workerData: [place, bait, aside] } = require("node:worker_threads");
    for (;;) {
      renameSync(place, aside); renameSync(bait, place);
      renameSync(place, bait); renameSync(aside, place);
    }`;
  return new Worker(code, { eval: true, workerData: [place, bait, aside] });
}

test("names that break other programs are listed and fetched as they are", async () => {
  const names = [
    "line\nbreak.md",
    "tab\there.md",
    "שלום עולם.md",
    "\u202egnp.md",
    "👩‍👩‍👧‍👦 family.md",
    "a'b\"c`d.md",
    " leading.md",
    "trailing .md",
    "-rf.md",
    "%2e%2e.md",
    "back\\slash.md",
    "C:drive.md",
    "é-nfc.md",
    "e\u0301-nfd.md",
    `${"ü".repeat(120)}.md`,
    "$(id).md",
    "*?[x]{y}.md",
    "#tag.md",
    "10:30.md",
    "con.md",
  ];
  const root = folderWith(Object.fromEntries(names.map((name) => [name, `I am ${name}`])));
  const ctx = await open({ paths: root });
  expect((await idsOf(ctx)).sort()).toEqual([...names].sort());
  for (const name of names) expect((await fetchAll(ctx, name)).text).toBe(`I am ${name}`);
});

test("a name in the other Unicode form finds the same file", async () => {
  const root = folderWith({ "Cafe\u0301.md": "decomposed" });
  const { item, text } = await fetchAll(await open({ paths: root }), "Caf\u00e9.md");
  expect(text).toBe("decomposed");
  expect(item.id).toBe("Cafe\u0301.md");
});

test("a name whose bytes are no text is a failure with a sentence, and everything else is listed", async () => {
  const root = folderWith({ "good.md": "good" });
  const bad = Buffer.concat([Buffer.from(`${root}/bad`), Buffer.from([0xff, 0xfe]), Buffer.from(".md")]);
  writeFileSync(bad, "unreachable");
  const ctx = await open({ paths: root });
  const pages = [];
  for await (const page of files.sync(ctx, { container: basename(root) })) pages.push(page);
  expect(pages.flatMap((page) => page.upserts ?? []).map((item) => item.id)).toEqual(["good.md"]);
  expect(pages[0]?.failures?.[0]?.error.message).toMatch(/holds bytes that are not UTF-8/);
  expect(pages[0]?.incomplete).toBeUndefined(); // it was never stored, so nothing can be missed
});

test("a folder that is a mount of links is not entered under another name", async () => {
  const root = folderWith({ "real/a.md": "a" });
  mkdirSync(join(root, "view"));
  symlinkSync(join(root, "real"), join(root, "view/real"));
  fill(root, { "view/b.md": "b" });
  const ctx = await open({ paths: join(root, "view") });
  expect(await idsOf(ctx)).toEqual(["b.md"]);
  await expect(fetchAll(ctx, "real/a.md")).rejects.toMatchObject({ kind: "usage" });
});
