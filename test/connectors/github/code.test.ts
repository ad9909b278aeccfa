import { afterEach, describe, expect, it } from "vitest";
import { CodeWorld } from "./code-world.ts";

const GUIDE = "# The mill\n\nHow the [sluice](sluice.md) is worked.\n";
let world: CodeWorld;

async function open(options: Record<string, unknown> = {}): Promise<CodeWorld> {
  world = await CodeWorld.open(options);
  return world;
}

/** What every walk has to end with: what is stored is what lies on the branch. */
async function expectEqual(branch = "main"): Promise<void> {
  const { git } = world.repository;
  const files = [...git.files(git.refs.get(`heads/${branch}`) as string)].filter(([path]) => /\.(md|rst)$/i.test(path));
  expect(await world.files()).toEqual(
    Object.fromEntries(files.map(([path, { sha }]) => [path, git.blobs.get(sha)?.toString()])),
  );
}

afterEach(async () => {
  expect(world.twin.refusals).toEqual([]);
  await world.close();
});

describe("the README", () => {
  it("comes without the code, and costs one conditional request when nothing changed", async () => {
    await open({ includeCode: false });
    world.repository.push({ files: { "README.md": GUIDE, "sluice.md": "Two gates." } });
    const first = await world.sync();
    expect(first).toMatchObject({ asked: "readme 1", report: { state: "succeeded", added: 1 } });
    expect(await world.files()).toEqual({ "README.md": GUIDE });
    const again = await world.sync();
    expect(again).toMatchObject({ asked: "readme 1", report: { added: 0, updated: 0, deleted: 0 } });
    expect(world.twin.requests.every(({ status }) => status === 304)).toBe(true);
  });

  it("follows its file when it is edited, moves or goes", async () => {
    await open({ includeCode: false });
    world.repository.push({ files: { "docs/README.md": GUIDE } });
    await world.sync();
    world.repository.push({ files: { "docs/README.md": "Shorter." } });
    expect((await world.sync()).report).toMatchObject({ updated: 1, deleted: 0 });
    world.repository.push({ files: { ".github/README.md": "For those who help." } });
    expect((await world.sync()).report).toMatchObject({ added: 1, deleted: 1 });
    expect(await world.files()).toEqual({ ".github/README.md": "For those who help." });
    world.repository.push({ files: { ".github/README.md": null, "docs/README.md": null } });
    expect((await world.sync()).report).toMatchObject({ added: 0, deleted: 1 });
    expect(await world.files()).toEqual({});
  });

  it("is not taken for gone when the whole repository is out of reach", async () => {
    await open({ includeCode: false });
    world.repository.push({ files: { "README.md": GUIDE } });
    await world.sync();
    let [begins, left] = [false, 2];
    world.twin.faults.add(({ path }) => {
      begins ||= path.endsWith("/readme");
      left -= begins ? 1 : 0;
      return begins && left >= 0 ? { kind: "status", status: 404 } : undefined;
    });
    expect((await world.sync()).report).toMatchObject({ deleted: 0 });
    await world.sync();
    expect(await world.files()).toEqual({ "README.md": GUIDE });
  });

  it("is there although the options leave its kind of file out", async () => {
    await open({ path: "docs", fileExtensions: [".txt"] });
    world.repository.push({ files: { "README.md": GUIDE, "docs/log.txt": "Low water." } });
    await world.sync();
    expect(Object.keys(await world.files()).sort()).toEqual(["README.md", "docs/log.txt"]);
    world.place.clock.move(25 * 3_600_000);
    expect((await world.sync()).report).toMatchObject({ mode: "full", deleted: 0 });
    expect(Object.keys(await world.files()).sort()).toEqual(["README.md", "docs/log.txt"]);
  });
});

describe("the files of a repository", () => {
  it("come with four requests, however many there are in one query", async () => {
    await open();
    const files = Object.fromEntries(Array.from({ length: 99 }, (_, at) => [`docs/${at}.md`, `Day ${at}: low water.`]));
    world.repository.push({ files: { ...files, "README.md": GUIDE, "src/main.ts": "export {};" } });
    const { report, asked } = await world.sync();
    expect(report).toMatchObject({ state: "succeeded", added: 100, failed: 0 });
    expect(asked).toBe("ref 1, readme 1, trees 1, graphql 1");
    await expectEqual();
  });

  it("cost one conditional request when nothing was pushed", async () => {
    await open();
    world.repository.push({ files: { "README.md": GUIDE } });
    await world.sync();
    const { report, asked } = await world.sync();
    expect(report).toMatchObject({ added: 0, updated: 0, deleted: 0 });
    expect(asked).toBe("ref 1");
    expect(world.twin.requests.at(-1)?.status).toBe(304);
  });

  it("follow a push with one comparison and one query", async () => {
    await open();
    world.repository.push({
      files: { "README.md": GUIDE, "sluice.md": "Two gates.", "race.md": "Dry.", "old.md": "Old." },
    });
    await world.sync();
    const files = { "sluice.md": "Three gates.", "race.md": null, "pond.md": "Deep.", "app.ts": "export {};" };
    world.repository.push({ files: { ...files, "old.md": null, "new.md": "Old." } });
    const { report, asked } = await world.sync();
    expect(report).toMatchObject({ added: 2, updated: 1, deleted: 2, failed: 0 });
    expect(asked).toBe("ref 1, readme 1, compare 1, graphql 1");
    await expectEqual();
  });

  it("keep a file that takes the place of one that was renamed in the same push", async () => {
    await open();
    const long = Array.from({ length: 40 }, (_, at) => `Line ${at} about the mill race.`).join("\n");
    world.repository.push({ files: { "plan.md": long } });
    await world.sync();
    world.repository.push({ files: { "plan.md": "A new plan.", "archive/plan-2025.md": long } });
    expect((await world.sync()).report).toMatchObject({ added: 1, updated: 1, deleted: 0 });
    await expectEqual();
  });

  it("cost nothing more when only others changed", async () => {
    await open({ includeReadme: false });
    world.repository.push({ files: { "a.md": "One." } });
    await world.sync();
    world.repository.push({ files: { "src/main.ts": "export {};" } });
    expect((await world.sync()).asked).toBe("ref 1, compare 1");
    expect((await world.sync()).asked).toBe("ref 1");
  });

  it("are what the branch holds after a force-push, at once", async () => {
    await open();
    const first = world.repository.push({ files: { "README.md": GUIDE, "keep.md": "Kept." } });
    world.repository.push({ files: { "secret.md": "The key lies under the stone.", "keep.md": "Changed." } });
    await world.sync();
    world.repository.push({ onto: first.sha, files: { "other.md": "Another way." } });
    const { report, asked } = await world.sync();
    expect(report).toMatchObject({ added: 1, updated: 1, deleted: 1 });
    expect(asked).toBe("ref 1, readme 1, compare 1, trees 2, graphql 1");
    await expectEqual();
  });

  it("are what the branch holds after a reset, whose comparison lists no file", async () => {
    await open();
    const first = world.repository.push({ files: { "README.md": GUIDE, "keep.md": "Kept." } });
    world.repository.push({ files: { "keep.md": "Changed.", "more.md": "More." } });
    await world.sync();
    world.repository.reset("main", first.sha);
    const { report, asked } = await world.sync();
    expect(report).toMatchObject({ added: 0, updated: 1, deleted: 1 });
    expect(asked).toContain("compare 1, trees 2");
    await expectEqual();
  });

  it("are complete after a push of more files than a comparison lists", async () => {
    await open();
    world.repository.push({ files: { "README.md": GUIDE } });
    await world.sync();
    const files = Object.fromEntries(Array.from({ length: 320 }, (_, at) => [`${at}.md`, `Day ${at}.`]));
    world.repository.push({ files });
    const { report, asked } = await world.sync();
    expect(report).toMatchObject({ added: 320, failed: 0 });
    expect(asked).toContain("compare 1, trees 2");
    await expectEqual();
  });

  it("are complete after more commits than a comparison counts", async () => {
    await open({ includeReadme: false });
    world.repository.push({ files: { "log.md": "Day 0." } });
    await world.sync();
    for (let day = 1; day <= 260; day++) world.repository.push({ files: { "log.md": `Day ${day}.` } });
    const { report, asked } = await world.sync();
    expect(report).toMatchObject({ updated: 1 });
    expect(asked).toContain("compare 1, trees 2");
    await expectEqual();
  });

  it("follow the default branch when it is another one", async () => {
    await open();
    world.repository.push({ files: { "README.md": GUIDE, "main-only.md": "Here." } });
    world.repository.push({ branch: "next", onto: null, files: { "README.md": GUIDE, "next-only.md": "There." } });
    await world.sync();
    world.repository.set({ defaultBranch: "next" });
    const { report, asked } = await world.sync();
    expect(report).toMatchObject({ added: 1, deleted: 1 });
    expect(asked).not.toContain("compare");
    await expectEqual("next");
  });

  it("are read anew, and what is gone goes, when the old commit was swept away", async () => {
    await open();
    const first = world.repository.push({ files: { "README.md": GUIDE, "keep.md": "Kept." } });
    world.repository.push({ files: { "secret.md": "The key lies under the stone." } });
    await world.sync();
    world.repository.push({ onto: first.sha, files: { "keep.md": "Changed." } });
    world.repository.git.sweep();
    const { report } = await world.sync();
    expect(report).toMatchObject({ state: "succeeded", mode: "full", updated: 1, deleted: 1 });
    await expectEqual();
  });

  it("are none in an empty repository, which is no failure, and come with the first push", async () => {
    await open();
    const empty = await world.sync();
    expect(empty).toMatchObject({ report: { state: "succeeded", added: 0, notes: [] }, asked: "ref 1, readme 1" });
    expect((await world.sync()).report).toMatchObject({ state: "succeeded", notes: [] });
    world.repository.push({ files: { "README.md": GUIDE } });
    expect((await world.sync()).report).toMatchObject({ added: 1 });
    await expectEqual();
  });

  it("come from the branch that the options name, and a branch that is not there is said", async () => {
    await open({ branch: "release/2.0 β" });
    const { sha } = world.repository.push({ files: { "README.md": GUIDE } });
    world.repository.push({ branch: "release/2.0 β", onto: sha, files: { "notes.md": "Two." } });
    expect((await world.sync()).report).toMatchObject({ state: "succeeded", added: 2 });
    await expectEqual("release/2.0 β");
    world.place.sources.configure("mine", { ...world.place.sources.get("mine").written, branch: "nowhere" });
    const { report } = await world.sync();
    expect(report).toMatchObject({ state: "partial", deleted: 0 });
    expect(report.notes.join()).toContain('mill/handbook has no branch "nowhere".');
  });
});

describe("many files at once", () => {
  const days = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, at) => [`log/${at}.md`, `Day ${at}: ${"low water. ".repeat(20)}`]),
    );

  it("come as one archive, from a host that gets no credential", async () => {
    await open();
    world.repository.set({ visibility: "private" });
    world.repository.invite("marta-quill");
    world.repository.push({ files: { ...days(1000), "README.md": GUIDE, "docs/ä #1 100% 🐟\n.md": "Odd." } });
    const { report, asked } = await world.sync();
    expect(report).toMatchObject({ state: "succeeded", added: 1002, failed: 0 });
    expect(asked).toBe("collaborators 1, ref 1, readme 1, trees 1, tarball 1");
    expect(world.twin.codeload.requests.map(({ authorization }) => authorization)).toEqual([undefined]);
    expect(world.place.sources.log.lines.join("\n")).not.toContain("token=");
    await expectEqual();
  });

  it("come as one archive also where few are many: without a login", async () => {
    await open({ accessToken: undefined });
    world.repository.push({ files: { ...days(12), "README.md": GUIDE } });
    expect((await world.sync()).asked).toBe("ref 1, readme 1, trees 1, tarball 1");
    await expectEqual();
  });

  it("are as they were committed, although the archive leaves some out and fills others in", async () => {
    await open();
    const attributes = "log/7.md export-ignore\nlog/8.md export-ignore\nlog/9.md export-subst\n";
    const files = { ...days(300), "log/9.md": "By $Format:%an$.", "README.md": GUIDE, ".gitattributes": attributes };
    world.repository.push({ files, author: "Otto Weirman" }); // a name as long as what it takes the place of
    const { report, asked } = await world.sync();
    expect(report).toMatchObject({ state: "succeeded", added: 301 });
    expect(asked).toBe("ref 1, readme 1, trees 1, tarball 1, graphql 1");
    await expectEqual();
  });

  it.each(["cut", "html", "empty"] as const)("are complete although the archive arrives %s", async (kind) => {
    await open();
    world.repository.push({ files: { ...days(300), "README.md": GUIDE } });
    world.twin.faults.next({ kind }, /legacy\.tar\.gz/, 20);
    const { report } = await world.sync();
    expect(report).toMatchObject({ state: "succeeded", added: 301, failed: 0 });
    await expectEqual();
  });

  it("come by queries where the archive holds much beside them", async () => {
    await open();
    const film = Buffer.alloc(70_000_000);
    world.repository.push({ files: { ...days(250), "README.md": GUIDE, "film.mp4": film } });
    const { report, asked } = await world.sync();
    expect(report).toMatchObject({ state: "succeeded", added: 251 });
    expect(asked).toBe("ref 1, readme 1, trees 1, graphql 3");
    await expectEqual();
  });
});

describe("a tree that GitHub cuts off", () => {
  const many = (folder: string, count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`${folder}/${at}.md`, `${folder} ${at}.`]));

  it("is walked folder by folder", async () => {
    await open();
    world.repository.treeLimit = 25;
    world.repository.push({
      files: { "README.md": GUIDE, ...many("docs", 20), ...many("notes/old", 20), ...many("src", 5) },
    });
    const { report, asked } = await world.sync();
    expect(report).toMatchObject({ state: "succeeded", added: 46 });
    // The whole once, its top folder, and each of the three below.
    expect(asked).toContain("trees 5");
    await expectEqual();
  });

  it("is walked only where the options reach", async () => {
    await open({ path: "docs" });
    world.repository.treeLimit = 25;
    world.repository.push({ files: { ...many("docs", 20), ...many("notes/old", 20), ...many("src", 5) } });
    const { report, asked } = await world.sync();
    expect(report).toMatchObject({ added: 20 });
    expect(asked).toContain("trees 3");
  });

  it("is compared after a force-push only where it differs", async () => {
    await open();
    world.repository.treeLimit = 25;
    const first = world.repository.push({
      files: { ...many("docs", 20), ...many("notes/old", 20), ...many("src", 5) },
    });
    world.repository.push({ files: { "docs/secret.md": "Under the stone.", "docs/1.md": "Changed." } });
    await world.sync();
    world.repository.push({ onto: first.sha, files: { "notes/old/1.md": "Changed.", "notes/old/2.md": null } });
    const { report, asked } = await world.sync();
    expect(report).toMatchObject({ added: 0, updated: 2, deleted: 2 });
    // Both wholes, both top folders, docs and notes of each; src is equal.
    expect(asked).toContain("trees 8");
    await expectEqual();
  });

  it("that not even one folder shows whole deletes nothing, and says so", async () => {
    await open();
    world.repository.push({ files: many("docs", 30) });
    await world.sync();
    world.repository.treeLimit = 25;
    const { report } = await world.sync({ full: true });
    expect(report).toMatchObject({ state: "partial", deleted: 0 });
    expect(report.notes.join()).toContain("GitHub lists only a part of docs in mill/handbook.");
    await expectEqual();
  });
});

describe("files of every sort", () => {
  const odd = "docs/ä #1 100% ?\n🐟 سد.md";

  it("are read, or named with the reason why they are not", async () => {
    await open({ filePatterns: ["**"], maxFileSizeKb: 100 });
    world.repository.push({
      files: {
        [odd]: "Odd but there.",
        "pointer.md": "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 104857600\n",
        "disguised.md": Buffer.from("\x7fELF\0\0\0", "latin1"),
        "logo.png": Buffer.from("\x89PNG\r\n\x1a\n\0", "latin1"),
        "huge.md": "x".repeat(100_001),
        "latin.md": Buffer.from("Mühlgraben", "latin1"),
        "link.md": { mode: "120000", content: odd },
        "vendor.md": { mode: "160000", content: "1".repeat(40) },
        "run.sh": { mode: "100755", content: "#!/bin/sh\n" },
        "empty.md": "",
      },
    });
    const { report } = await world.sync();
    expect(report).toMatchObject({ state: "succeeded", failed: 0 });
    expect(await world.files()).toEqual({
      [odd]: "Odd but there.",
      "pointer.md": undefined,
      "disguised.md": undefined,
      "logo.png": undefined,
      "latin.md": "Mühlgraben",
      "run.sh": "#!/bin/sh\n",
      "empty.md": "",
    });
    const why = async (path: string) =>
      (await world.place.store.item("mine", world.id(path), "everything"))?.fields.unread;
    expect(await why("pointer.md")).toBe("It is kept in Git LFS, with 104,857,600 bytes.");
    expect(await why("disguised.md")).toBe("It is a binary file.");
    expect(await why("logo.png")).toBe("It is a binary file.");
  });

  it("are seen for what they became, also through a comparison", async () => {
    await open({ maxFileSizeKb: 100 });
    world.repository.push({ files: { "a.md": "A.", "b.md": "B.", "c.md": "C.", "d.md": "D.", [odd]: "Odd." } });
    await world.sync();
    world.repository.push({
      files: {
        "a.md": { mode: "120000", content: "b.md" },
        "b.md": { mode: "160000", content: "1".repeat(40) },
        "c.md": "x".repeat(100_001),
        "d.md": Buffer.from("\0\0\0"),
        [odd]: "Odder.",
      },
    });
    const { report, asked } = await world.sync();
    expect(report).toMatchObject({ updated: 2, deleted: 3, failed: 0 });
    expect(asked).toContain("compare 1, graphql 1");
    expect(await world.files()).toEqual({ "d.md": undefined, [odd]: "Odder." });
    expect((await world.sync()).asked).toBe("ref 1");
  });

  it("turn into text by the engine where they are documents", async () => {
    await open({ fileExtensions: [".html", ".csv"] });
    world.repository.push({
      files: {
        "page.html": "<title>Weir</title><h1>Weir</h1><p>Open on <b>Sundays</b>.</p>",
        "gates.csv": "gate,open\nnorth,yes\n",
      },
    });
    expect((await world.sync()).report).toMatchObject({ state: "succeeded", added: 2, failed: 0 });
    const files = await world.files();
    expect(files["page.html"]).toContain("Open on **Sundays**.");
    expect(files["gates.csv"]).toContain("north");
  });

  it("lead to each other", async () => {
    await open();
    world.repository.push({ files: { "docs/mill.md": GUIDE, "docs/sluice.md": "Back to [the mill](./mill.md)." } });
    await world.sync();
    const related = await world.place.store.related("mine", world.id("docs/mill.md"), "everything");
    expect(related.map(({ rel, direction, item }) => `${rel} ${direction} ${item?.title}`).sort()).toEqual([
      "links in docs/sluice.md",
      "links out docs/sluice.md",
    ]);
  });
});

describe("options that change", () => {
  const configure = (options: Record<string, unknown>) =>
    world.place.sources.configure("mine", { ...world.place.sources.get("mine").written, ...options });

  it("take away without a question what they no longer cover, and bring what they newly do", async () => {
    await open();
    world.repository.push({
      files: {
        "README.md": GUIDE,
        "a.md": "A.",
        "b.rst": "B.",
        "c.txt": "C.",
        "drafts/d.md": "D.",
        "e.md": "E".repeat(2000),
      },
    });
    await world.sync();
    expect(Object.keys(await world.files()).sort()).toEqual(["README.md", "a.md", "b.rst", "drafts/d.md", "e.md"]);
    configure({ excludePaths: ["node_modules/**", "*.min.js", "drafts/**"], maxFileSizeKb: 1 });
    expect((await world.sync()).report).toMatchObject({ deleted: 2 });
    expect(Object.keys(await world.files()).sort()).toEqual(["README.md", "a.md", "b.rst"]);
    configure({
      excludePaths: ["node_modules/**", "*.min.js"],
      maxFileSizeKb: 500,
      fileExtensions: [".md", ".rst", ".txt"],
    });
    expect((await world.sync()).report).toMatchObject({ added: 3, deleted: 0 });
    configure({ includeCode: false });
    expect((await world.sync()).report).toMatchObject({ deleted: 5 });
    expect(Object.keys(await world.files())).toEqual(["README.md"]);
  });
});

describe("one file, asked for by itself", () => {
  const fetched = async (path: string) =>
    (await world.place.engine.fetch(`mine/${world.id(path)}`, { live: true })).text;

  it("comes as it is now, small or large, by any name", async () => {
    await open();
    const large = "The water stood at 1.2 m.\n".repeat(50_000);
    world.repository.push({ files: { "small.md": "Now.", "large.md": large, "ä #1 100% 🐟\n.md": "Odd." } });
    expect(await fetched("small.md")).toBe("Now.");
    expect(await fetched("ä #1 100% 🐟\n.md")).toBe("Odd.");
    expect(world.asked()).not.toContain("blobs");
    expect((await fetched("large.md")).length).toBe(large.length);
    expect(world.asked()).toContain("blobs 1");
  });

  it("is not found where there is none, a folder or a submodule", async () => {
    await open();
    world.repository.push({ files: { "docs/a.md": "A.", vendor: { mode: "160000", content: "1".repeat(40) } } });
    for (const path of ["none.md", "docs", "vendor", "../../user", "docs/../docs/a.md"])
      await expect(fetched(path)).rejects.toMatchObject({ kind: "not_found" });
  });

  it("loses its text when it became binary", async () => {
    await open();
    world.repository.push({ files: { "a.md": "Words." } });
    await world.sync();
    world.repository.push({ files: { "a.md": Buffer.from("\0\0") } });
    expect(await fetched("a.md")).toBe("");
    expect((await world.place.store.stats(["mine"]))[0]?.bodiesDue).toBe(0);
  });
});

describe("a walk that is interrupted", () => {
  const days = Object.fromEntries(Array.from({ length: 450 }, (_, at) => [`${at % 3}/${1000 + at}.md`, `Day ${at}.`]));

  it("goes on where it stood, towards the commit that it had begun with, and then to the newest", async () => {
    await open({ includeReadme: false });
    world.repository.treeLimit = 200; // of a tree that is cut off nobody knows how large its archive is
    world.repository.push({ files: days });
    const { added } = (await world.sync({ limit: 100 })).report;
    expect(added).toBeLessThan(300);
    world.repository.push({ files: { "0/1003.md": "Rewritten.", "1/1448.md": null } });
    const { report, asked } = await world.sync();
    expect(report).toMatchObject({ state: "succeeded", added: 450 - added, updated: 1, deleted: 1 });
    // A pass that began with nothing stored has met all there is: nobody asks for the names again at its end.
    expect(asked).toBe(`trees 5, graphql ${Math.ceil((450 - added) / 100) + 1}, ref 1, compare 1`);
    await expectEqual();
  });

  it("begins anew, and removes what it had brought, when the commit it was on the way to is gone", async () => {
    await open({ includeReadme: false });
    world.repository.treeLimit = 200;
    world.repository.push({ files: days });
    await world.sync({ limit: 100 });
    world.repository.push({ onto: null, files: { "new.md": "All new." } });
    world.repository.git.sweep();
    expect((await world.sync({ acceptDeletions: true })).report).toMatchObject({ state: "succeeded" });
    await expectEqual();
  });
});

describe("without a login", () => {
  it("files are followed by their trees alone, since GraphQL and comparisons' paths need a token", async () => {
    await open({ accessToken: undefined });
    world.repository.push({ files: { "README.md": GUIDE, "a.md": "A." } });
    const first = await world.sync();
    expect(first.asked).toBe("ref 1, readme 1, trees 1, blobs 1");
    world.repository.push({ files: { "a.md": "Changed." } });
    const second = await world.sync();
    expect(second.asked).toBe("ref 1, readme 1, trees 2, blobs 1");
    await expectEqual();
  });
});
