import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeBare } from "./git/bare.ts";
import { GitRepository } from "./git/git-repository.ts";
import { missingGit } from "./git/http-backend.ts";
import { GithubTwin } from "./github/github-twin.ts";
import type { Repository } from "./github/repository.ts";

const noGit = missingGit();
if (noGit !== undefined) console.error(`\nLEFT OUT: what needs git, because ${noGit}.\n`);
if (noGit !== undefined && process.env.HEADWATER_CI) throw new Error(`Continuous integration needs git: ${noGit}.`);

describe("git in memory", () => {
  it.skipIf(noGit)("makes objects that real git finds whole and names the same", () => {
    const git = new GitRepository(() => "2026-01-02T03:04:05Z");
    git.commit({
      files: {
        "README.md": "# Mühle 🦦\n",
        "a/b.txt": "one\n",
        "a.txt": "two\n",
        "a/link": { mode: "120000", content: "b.txt" },
      },
    });
    git.commit({
      files: { "a/b.txt": null, "c/d/e/水車.md": "three\n", "bin/run": { mode: "100755", content: "#!/bin/sh\n" } },
    });
    const folder = mkdtempSync(join(tmpdir(), "headwater-git-"));
    try {
      writeBare(git, folder, "main");
      const run = (...args: string[]) => spawnSync("git", ["-C", folder, ...args], { encoding: "utf8" });
      const check = run("fsck", "--strict", "--full");
      expect(check.status, check.stderr).toBe(0);
      expect(run("rev-parse", "main").stdout.trim()).toBe(git.refs.get("heads/main"));
      expect(run("-c", "core.quotepath=off", "ls-tree", "-r", "--name-only", "main").stdout.trim().split("\n")).toEqual(
        ["README.md", "a.txt", "a/link", "bin/run", "c/d/e/水車.md"],
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("the files of the twin of GitHub", () => {
  let twin: GithubTwin;
  let repository: Repository;
  const at = "/repos/millrace/locks";

  beforeEach(async () => {
    twin = await GithubTwin.open();
    repository = twin.repository("millrace/locks");
  });

  afterEach(async () => {
    expect(twin.refusals).toEqual([]);
    expect(twin.violations).toEqual([]);
    await twin.close();
  });

  async function get(path: string, headers: Record<string, string> = {}) {
    const answer = await fetch(twin.origin + path, {
      headers: { "user-agent": "test", authorization: `Bearer ${twin.token.value}`, ...headers },
    });
    const text = await answer.text();
    const json = /^[[{]/.test(text) ? JSON.parse(text) : undefined;
    return {
      status: answer.status,
      headers: answer.headers,
      text,
      json,
    };
  }

  it("says that an empty repository is empty", async () => {
    for (const path of ["git/trees/main", "git/ref/heads/main", "commits"]) {
      const { status, json } = await get(`${at}/${path}`);
      expect([status, json.message], path).toEqual([409, "Git Repository is empty."]);
    }
    expect((await get(`${at}/readme`)).status).toBe(404);
    expect((await get(`${at}/branches`)).json).toEqual([]);
  });

  it("walks from the branch to the bytes", async () => {
    const bytes = Buffer.from([0, 1, 2, 255]);
    repository.push({ files: { "README.md": "# Locks\n", "img/lock.png": bytes } });
    const { sha } = (await get(`${at}/git/ref/heads/main`)).json.object;
    const { tree } = (await get(`${at}/git/commits/${sha}`)).json;
    const whole = (await get(`${at}/git/trees/${tree.sha}?recursive=1`)).json;
    expect(whole.tree.map((entry: { path: string }) => entry.path)).toEqual(["README.md", "img", "img/lock.png"]);
    const blob = (await get(`${at}/git/blobs/${whole.tree[2].sha}`)).json;
    expect(Buffer.from(blob.content, "base64")).toEqual(bytes);
    const raw = await get(`${at}/contents/README.md`, { accept: "application/vnd.github.raw+json" });
    expect(raw.text).toBe("# Locks\n");
    expect((await get(`${at}/readme`)).json.path).toBe("README.md");
  });

  it("cuts a tree that is too large and says so", async () => {
    repository.treeLimit = 20;
    repository.push({ files: Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`f/${n}.md`, `page ${n}`])) });
    const { json } = await get(`${at}/git/trees/main?recursive=1`);
    expect([json.truncated, json.tree.length]).toEqual([true, 20]);
  });

  it("compares forwards, backwards, apart and not at all", async () => {
    const one = repository.push({ files: { "a.md": "one\ntwo\nthree\n", "b.md": "b\n" } });
    const two = repository.push({ files: { "a.md": null, "moved/a.md": "one\ntwo\nthree\nfour\n" } });
    const ahead = (await get(`${at}/compare/${one.sha}...${two.sha}`)).json;
    expect([ahead.status, ahead.ahead_by, ahead.files.length]).toEqual(["ahead", 1, 1]);
    expect(ahead.files[0]).toMatchObject({ status: "renamed", filename: "moved/a.md", previous_filename: "a.md" });
    const behind = (await get(`${at}/compare/${two.sha}...${one.sha}`)).json;
    expect([behind.status, behind.behind_by, behind.files]).toEqual(["behind", 1, []]);
    const forced = repository.push({ files: { "c.md": "c" }, onto: one.sha });
    expect((await get(`${at}/compare/${two.sha}...${forced.sha}`)).json.status).toBe("diverged");
    repository.git.sweep();
    expect((await get(`${at}/compare/${two.sha}...${forced.sha}`)).status).toBe(404);
    expect((await get(`${at}/compare/main...main`)).json.status).toBe("identical");
  });

  it("shows at most 300 files and 250 commits of a comparison", async () => {
    const first = repository.push({ files: { "a.md": "a" } });
    for (let at = 0; at < 260; at++) repository.push({ files: { [`${at}.md`]: `${at}`, [`x/${at}.md`]: `x ${at}` } });
    const { json } = await get(`${at}/compare/${first.sha}...main`);
    expect([json.total_commits, json.commits.length, json.files.length]).toEqual([260, 250, 300]);
  });

  it.skipIf(noGit)("has a wiki that git clones", async () => {
    repository.writeWiki({ "Home.md": "# Home\n", "Old-gates.md": "Rusty.\n" });
    repository.writeWiki({ "Old-gates.md": null });
    const folder = mkdtempSync(join(tmpdir(), "headwater-clone-"));
    try {
      // The twin answers in this process: git must not block it.
      const url = `${twin.origin}/millrace/locks.wiki.git`;
      const status = await new Promise((resolve) => {
        spawn("git", ["clone", "--quiet", "--depth", "1", url, folder], { stdio: "inherit" }).on("close", resolve);
      });
      expect(status).toBe(0);
      expect(readFileSync(join(folder, "Home.md"), "utf8")).toBe("# Home\n");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
