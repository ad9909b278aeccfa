import { execFileSync } from "node:child_process";
import { createReadStream, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { wantedFiles } from "../../../src/connectors/github/code/wanted-files.ts";
import { GitRemote } from "../../../src/connectors/github/wiki/git-remote.ts";
import { readPack } from "../../../src/connectors/github/wiki/read-pack.ts";
import { filesIn } from "../../../src/connectors/github/wiki/tree-files.ts";
import { openHttp } from "../../../src/connectors/kit/index.ts";
import { passingMemory } from "../../../src/sources/passing-memory.ts";
import { LogBook, TestClock } from "../../contract/workplace.ts";
import { Faults } from "../../twins/faults.ts";
import { httpBackend, missingGit } from "../../twins/git/http-backend.ts";
import { Listener } from "../../twins/listen.ts";
import { CodeWorld } from "./code-world.ts";

const absent = missingGit();
let world: CodeWorld;

beforeAll(() => {
  if (absent === undefined) return;
  if (process.env.CI) throw new Error(`Wikis cannot be tested: ${absent}.`);
  console.warn(`Wikis are not tested here: ${absent}.`);
});

async function open(options: Record<string, unknown> = {}): Promise<CodeWorld> {
  world = await CodeWorld.open({ includeReadme: false, includeCode: false, includeWikis: true, ...options });
  return world;
}

/** One sync, and what it asked of the wiki: statuses and last parts of the paths. */
async function sync() {
  world.twin.wikis.requests.length = 0;
  const { report } = await world.sync();
  return {
    report,
    asked: world.twin.wikis.requests.map(({ path, status }) => `${status} ${path.replace(/^.*\.git\/|\?.*$/g, "")}`),
  };
}

async function pages(): Promise<Record<string, string | undefined>> {
  const prefix = `${world.repository.id}.wiki:`;
  const stored = [...(await world.place.stored("mine"))].filter(([id]) => id.startsWith(prefix));
  return Object.fromEntries(stored.map(([id, { text }]) => [id.slice(prefix.length), text]));
}

describe.skipIf(absent !== undefined)("the wiki of a repository", () => {
  afterEach(async () => {
    expect(world.twin.refusals).toEqual([]);
    await world.close();
  });

  it("comes whole with three requests, and costs one when nothing changed", async () => {
    await open();
    const files = {
      "Home.md": "# Welcome\n\nSee [[Mill Race]].",
      "Mill-Race.asciidoc": "= Mill race\n\nDry since May.",
      "سد 🐟 100%.md": "Odd name.",
      "Latin.textile": Buffer.from("h1. Mühle", "latin1"),
      "uploads/photo.png": Buffer.from("\x89PNG\0", "latin1"),
    };
    world.repository.wiki.commit({ branch: "master", files });
    const first = await sync();
    expect(first.report).toMatchObject({ state: "succeeded", added: 4, failed: 0 });
    expect(first.asked).toEqual(["200 git-upload-pack", "200 info/refs", "200 git-upload-pack"]);
    expect(await pages()).toEqual({
      "Home.md": "# Welcome\n\nSee [[Mill Race]].",
      "Mill-Race.asciidoc": "= Mill race\n\nDry since May.",
      "سد 🐟 100%.md": "Odd name.",
      "Latin.textile": "h1. Mühle",
    });
    const again = await sync();
    expect(again.report).toMatchObject({ added: 0, updated: 0, deleted: 0 });
    expect(again.asked).toEqual(["200 git-upload-pack"]);
  });

  it("follows edits, new pages and pages that went, at once", async () => {
    await open();
    world.repository.writeWiki({ "Home.md": "One.", "Old.md": "Old.", "Same.md": "Same." });
    await sync();
    world.repository.writeWiki({ "Home.md": "Two.", "Old.md": null, "New.md": "New." });
    expect((await sync()).report).toMatchObject({ added: 1, updated: 1, deleted: 1 });
    expect(await pages()).toEqual({ "Home.md": "Two.", "New.md": "New.", "Same.md": "Same." });
  });

  it("knows a page that was renamed for another one, and keeps nothing of a history that was rewritten", async () => {
    await open();
    world.repository.writeWiki({ "Home.md": "One.", "Plan.md": "Plan." });
    await sync();
    world.repository.wiki.commit({ branch: "master", onto: null, files: { "Start.md": "One." } });
    world.repository.wiki.sweep();
    expect((await sync()).report).toMatchObject({ added: 1, deleted: 2 });
    expect(await pages()).toEqual({ "Start.md": "One." });
  });

  it("shows its titles, addresses and links as people know them", async () => {
    await open();
    world.repository.writeWiki({
      "Home.md": "[[Mill Race]], [[the gates|Sluice]], [here](Sluice), [[Not Yet]] and `[[Code]]`.",
      "Mill-Race.md": "Back [[Home]].",
      "guides/Sluice.md": `Back to <${world.repository.fullName}>.`,
    });
    await sync();
    const home = await world.place.store.item("mine", `${world.repository.id}.wiki:Home.md`, "everything");
    const race = await world.place.store.item("mine", `${world.repository.fullName}.wiki:Mill-Race.md`, "everything");
    expect(race).toMatchObject({ title: "Mill Race", kind: "wiki_page" });
    expect(race?.url).toMatch(/\/mill\/handbook\/wiki\/Mill-Race$/);
    const related = await world.place.store.related("mine", home?.id as string, "everything");
    expect(
      related.filter(({ direction }) => direction === "out").map(({ item, target }) => item?.title ?? target),
    ).toEqual(["Mill Race", "Sluice", "Not Yet"]);
  });

  it("is empty and no failure while it has no page, for those who are logged in and for others", async () => {
    await open();
    const none = await sync();
    expect(none).toMatchObject({ report: { state: "succeeded", added: 0, notes: [] }, asked: ["404 git-upload-pack"] });
    expect((await sync()).report).toMatchObject({ state: "succeeded", notes: [] });
    await world.close();
    await open({ accessToken: undefined });
    expect(await sync()).toMatchObject({ report: { state: "succeeded", added: 0, notes: [] } });
  });

  it("takes its pages along when it is switched off", async () => {
    await open();
    world.repository.writeWiki({ "Home.md": "One.", "Plan.md": "Plan." });
    await sync();
    world.repository.set({ hasWiki: false });
    expect(await sync()).toMatchObject({ report: { state: "succeeded", deleted: 2 }, asked: [] });
  });

  it("has its pages hidden, not deleted, while it cannot be found, and shown when it is back", async () => {
    await open();
    world.repository.writeWiki({ "Home.md": "One.", "Plan.md": "Plan." });
    await sync();
    world.twin.faults.next({ kind: "status", status: 404 }, /wiki\.git/);
    expect((await sync()).report).toMatchObject({ state: "succeeded", deleted: 0, lost: 2 });
    expect(await pages()).toEqual({});
    expect((await sync()).report).toMatchObject({ state: "succeeded", deleted: 0 });
    expect(await pages()).toEqual({ "Home.md": "One.", "Plan.md": "Plan." });
  });

  it("loses no page to a server that stumbles", async () => {
    await open();
    world.repository.writeWiki({ "Home.md": "One.", "Plan.md": "Plan." });
    await sync();
    world.repository.writeWiki({ "Home.md": "Two." });
    world.twin.faults.next({ kind: "html" }, /wiki\.git/);
    world.twin.faults.next({ kind: "cut" }, /wiki\.git/);
    world.twin.faults.next({ kind: "status", status: 502 }, /wiki\.git/);
    const reports = [(await sync()).report, (await sync()).report];
    expect(reports.map(({ deleted, lost }) => deleted + lost)).toEqual([0, 0]);
    expect(await pages()).toEqual({ "Home.md": "Two.", "Plan.md": "Plan." });
  });

  it("gives a single page, fresh, and says when there is none", async () => {
    await open();
    world.repository.writeWiki({ "Home.md": "One.", "guides/Mill-Race.asciidoc": "Dry." });
    const { text } = await world.place.engine.fetch(`mine/${world.repository.id}.wiki:Home.md`, { live: true });
    expect(text).toBe("One.");
    const address = `${world.twin.origin}/mill/handbook/wiki`;
    expect((await world.place.engine.fetch(address)).text).toBe("One.");
    expect((await world.place.engine.fetch(`${address}/Mill-Race`)).item.title).toBe("Mill Race");
    await expect(
      world.place.engine.fetch(`mine/${world.repository.id}.wiki:None.md`, { live: true }),
    ).rejects.toMatchObject({ kind: "not_found" });
  });

  it("keeps its pages through a full pass, which asks for their names only", async () => {
    await open();
    world.repository.writeWiki({ "Home.md": "One.", "Plan.md": "Plan." });
    await sync();
    world.place.clock.move(25 * 3_600_000);
    expect((await sync()).report).toMatchObject({ mode: "full", state: "succeeded", deleted: 0 });
    expect(Object.keys(await pages())).toHaveLength(2);
  });

  it("gets the token as git carries it, and no header that another place may see", async () => {
    await open();
    world.repository.set({ visibility: "private" });
    world.repository.invite("marta-quill");
    world.repository.writeWiki({ "Home.md": "One." });
    expect((await sync()).report).toMatchObject({ state: "succeeded", added: 1 });
    expect(world.place.sources.log.lines.join("\n")).not.toContain(world.twin.token.value);
  });
});

describe.skipIf(absent !== undefined)("a repository over git's own HTTP", () => {
  let folder: string;
  let listener: Listener;
  const git = (...words: string[]) =>
    execFileSync("git", ["-C", folder, "-c", "user.name=Marta", "-c", "user.email=marta@example.org", ...words], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();

  afterEach(async () => {
    await listener.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function remote(): Promise<GitRemote> {
    folder = mkdtempSync(join(tmpdir(), "headwater-git-"));
    git("init", "-q", "-b", "trunk");
    listener = await Listener.open(new Faults(), (question) =>
      httpBackend(join(folder, ".git"), question.url.replace(/^\/any\.git|\?.*$/g, ""), question),
    );
    const service = { baseUrl: () => listener.origin, auth: [], buckets: { default: { concurrency: 2 } } };
    const http = openHttp({
      source: "mine",
      service,
      config: {},
      memory: passingMemory(),
      tokens: () => Promise.reject(new Error("nobody")),
      allowPrivateNetwork: true,
      clock: new TestClock(),
      log: new LogBook().logger,
    });
    return new GitRemote(http.until(new AbortController().signal), `${listener.origin}/any.git`, undefined);
  }

  it("has no head before the first commit", async () => {
    expect(await (await remote()).head()).toBeUndefined();
  });

  it("is read as git wrote it, packed with deltas, hundreds of them", async () => {
    const from = await remote();
    const lines = Array.from({ length: 300 }, (_, at) => `Line ${at}: the water stood at ${(at * 7919) % 1000} mm.`);
    for (let at = 0; at < 400; at++) {
      lines[at % 300] = `Line ${at} was written anew.`;
      writeFileSync(join(folder, `page ${at}.md`), lines.join("\n"));
    }
    git("add", "-A");
    git("commit", "-qm", "Write the log");
    git("gc", "-q");
    const head = await from.head();
    expect(head).toBe(git("rev-parse", "HEAD"));
    const objects = readPack(await from.pack(head as string, "blob:limit=100000", 10_000_000), {
      objectBytes: 1_000_000,
      allBytes: 50_000_000,
    });
    const files = [...filesIn(objects, head as string)];
    expect(files.map((file) => file.path)).toEqual(git("ls-tree", "-r", "--name-only", "HEAD").split("\n"));
    expect(files.find((file) => file.path === "page 399.md")?.bytes?.toString()).toBe(lines.join("\n"));
  });

  it("leaves out what the filter names where the server can, and knows those files all the same", async () => {
    const from = await remote();
    git("config", "uploadpack.allowFilter", "true");
    writeFileSync(join(folder, "small.md"), "Small.");
    writeFileSync(join(folder, "large.md"), "x".repeat(200_000));
    git("add", "-A");
    git("commit", "-qm", "Two pages");
    const head = (await from.head()) as string;
    const limits = { objectBytes: 1_000_000, allBytes: 50_000_000 };
    const some = [...filesIn(readPack(await from.pack(head, "blob:limit=100000", 1_000_000), limits), head)];
    expect(some.map(({ path, bytes }) => [path, bytes?.toString()])).toEqual([
      ["large.md", undefined],
      ["small.md", "Small."],
    ]);
    const names = [...filesIn(readPack(await from.pack(head, "blob:none", 1_000_000), limits), head)];
    expect(names.map(({ path, bytes }) => [path, bytes])).toEqual([
      ["large.md", undefined],
      ["small.md", undefined],
    ]);
  });

  it("is read from an archive too, with paths of any length and script", async () => {
    await remote();
    const deep = "a folder of some length/".repeat(8);
    const files = ["plain.md", "ä #1 100% 🐟.md", `${deep}page.md`, `${deep}سد.md`, "line\nbreak.md"];
    for (const path of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), `What lies at ${path}.`);
    }
    symlinkSync("plain.md", join(folder, "link.md"));
    git("add", "-A");
    git("commit", "-qm", "Odd names");
    git("archive", "--format=tar", "--prefix=mill-handbook-1234567/", "-o", join(folder, "all.tar"), "HEAD");
    const found: string[] = [];
    const limits = { archiveBytes: 1_000_000, wants: () => true };
    for await (const { path, bytes } of wantedFiles(createReadStream(join(folder, "all.tar")), limits)) {
      expect(bytes.toString()).toBe(`What lies at ${path.slice(path.indexOf("/") + 1)}.`);
      found.push(path.slice(path.indexOf("/") + 1));
    }
    expect(found.sort()).toEqual(files.sort());
  });

  it("is refused when it is larger than it may be", async () => {
    const from = await remote();
    writeFileSync(
      join(folder, "noise.md"),
      Buffer.from(Array.from({ length: 50_000 }, (_, at) => (at * 2654435761) % 251)),
    );
    git("add", "-A");
    git("commit", "-qm", "Noise");
    const head = (await from.head()) as string;
    await expect(from.pack(head, "blob:limit=100000", 200)).rejects.toMatchObject({ kind: "too_large" });
    await expect(from.pack("1".repeat(40), "blob:none", 1_000_000)).rejects.toMatchObject({ kind: "bad_response" });
  });
});
