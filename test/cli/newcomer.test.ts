// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of the configuration are written like this.
import { chmodSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GithubTwin } from "../twins/github/github-twin.ts";
import { HAS_TERMINALS, onTerminal } from "./on-terminal.ts";
import { Sandbox, writeNotes } from "./sandbox.ts";

let twin: GithubTwin;
beforeAll(async () => {
  twin = await GithubTwin.open({ now: () => new Date() });
  await twin.seed();
  twin.limits.anonymous.core = 5000;
});
afterAll(async () => {
  expect(twin.refusals).toEqual([]);
  await twin.close();
});

const address = () => `${twin.origin}/millrace/handbook`;
const configOf = (box: Sandbox) => readFileSync(join(box.home, ".config", "headwater", "headwater.yaml"), "utf8");
const here = () => ["--base-url", twin.origin, "--allow-private-network", "--no-input"];

/** The command that a line of output tells to type next, without `headwater`. */
function nextIn(output: string, before: RegExp): string {
  const [, line = ""] = new RegExp(`${before.source}headwater (.+?)(?: {2}.*)?$`, "m").exec(output) ?? [];
  return line;
}

describe("from nothing to an answer with a public repository", { timeout: 90_000 }, () => {
  it("init follows it without a token, and the question that it proposes has an answer", async () => {
    const box = new Sandbox();
    const first = await box.run(["init", "--yes", "--github", address()], { GITHUB_TOKEN: "ghp_never_to_be_seen" });
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(/^handbook {2}ok {2}\d+ added/m);
    expect(configOf(box)).toContain("connector: github\n    repositories:\n      - millrace/handbook\n");
    expect(configOf(box)).not.toMatch(/accessToken|never_to_be_seen/);
    const question = nextIn(first.stdout, /^ {2}/);
    expect(question).toMatch(/^search "/);
    const answer = await box.shell(`headwater ${question}`);
    expect(answer.stdout).toMatch(/^ {2}headwater fetch /m);
    const fetched = await box.shell(nextIn(answer.stdout, /^ {2}/).replace(/^/, "headwater "));
    expect(fetched.code).toBe(0);
    expect(fetched.stdout.length).toBeGreaterThan(20);
  });

  it("init takes it together with the vaults found, each under its own name", async () => {
    const box = new Sandbox();
    writeNotes(box);
    const { stdout, code } = await box.run(["init", "--yes", "--github", address(), "--no-sync"]);
    expect(code).toBe(0);
    expect(stdout).toContain("headwater sync");
    const { sources } = await box.json<{ sources: { source: string; connector: string }[] }>(["sources"]);
    expect(sources.map(({ source, connector }) => [source, connector])).toEqual([
      ["notes", "files"],
      ["handbook", "github"],
    ]);
  });

  it("init without anything to read names the three ways on, and writes nothing", async () => {
    const box = new Sandbox();
    const { code, stderr } = await box.run(["init", "--yes"]);
    expect(code).toBe(2);
    for (const way of ["headwater add files", "headwater init --github owner/name", "headwater init --demo"])
      expect(stderr).toContain(way);
    const wrong = await box.run(["init", "--yes", "--github", "handbook"]);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('"handbook" is no repository of GitHub.');
    expect(existsSync(join(box.home, ".config", "headwater"))).toBe(false);
  });

  it("when nothing could be read, the next step is to correct that and not to search", async () => {
    const box = new Sandbox();
    const failed = await box.run(["init", "--yes", "--github", `${twin.origin}/millrace/nowhere`]);
    expect(failed.stdout).toContain("GitHub shows no repository millrace/nowhere");
    expect(failed.stdout).toContain("headwater config edit");
    expect(failed.stdout).not.toContain("headwater search");
    expect(failed.code).not.toBe(0);
  });

  it("when the requests of the hour are used up, what came can be searched and the way to more is named", async () => {
    const scarce = await GithubTwin.open({ now: () => new Date(), pageCap: 5 });
    await scarce.seed();
    scarce.limits.anonymous.core = 4;
    const box = new Sandbox();
    const { stdout, stderr, code } = await box.run(["init", "--yes", "--github", `${scarce.origin}/millrace/handbook`]);
    await scarce.close();
    expect(code).toBe(5);
    expect(stdout).toContain("asked to wait until");
    expect(stderr).toContain("Keep one: headwater secrets set github");
    expect(stderr).toContain("accessToken: secret://github");
    expect(stdout).toContain("headwater install");
  });
});

describe("headwater add github", { timeout: 90_000 }, () => {
  it("takes repositories behind its name, names the source after the one, and says the next command, which works", async () => {
    const box = new Sandbox();
    const added = await box.run(["add", "github", "millrace/handbook", ...here()]);
    expect(added.code).toBe(0);
    expect(added.stdout).toContain("nobody (no token)");
    const next = nextIn(added.stdout, /^Next: /);
    expect(next).toBe("sync handbook");
    const synced = await box.run(next.split(" "));
    expect(synced.code).toBe(0);
    const question = nextIn(synced.stderr, /^Next: /);
    expect((await box.shell(`headwater ${question}`)).stdout).toMatch(/^ {2}headwater fetch /m);
    expect((await box.run(["sync"])).stderr).not.toContain("Next:");
    const schema = /schema=file:\/\/(\S+)/.exec(configOf(box))?.[1] ?? "";
    expect(existsSync(decodeURI(schema))).toBe(true);
  });

  it("learns from an address on which server the repository is", async () => {
    const box = new Sandbox();
    const added = await box.run(["add", "github", `${address()}.git`, "--no-input"]);
    expect([added.code, added.stderr]).toEqual([0, ""]);
    const { sources } = await box.json<{ sources: { source: string; options: object }[] }>(["sources"]);
    expect(sources[0]).toMatchObject({
      source: "handbook",
      options: { baseUrl: twin.origin, repositories: ["millrace/handbook"] },
    });
    const both = await box.run(["add", "github", address(), "https://github.com/acme/docs", "--no-input"]);
    expect([both.code, both.stderr]).toEqual([2, expect.stringContaining("on different servers")]);
    const plain = await box.run(["add", "github", "https://github.com/acme/docs", "--no-input", "--no-test"]);
    expect(plain.code).toBe(0);
    expect(configOf(box)).toMatch(/docs:\n {4}connector: github\n {4}repositories:\n {6}- acme\/docs\n/);
  });

  it("takes every option as one of its own, in the forms people write them", async () => {
    const box = new Sandbox();
    const typed = [
      "add github millrace/handbook --include-code --no-include-wikis --labels bug 12 --labels=urgent",
      "--file-patterns 'docs/**/*.{md,adoc}' --max-file-size-kb 80 --filterType issues --every 1h --name work",
      "--no-test --no-input",
    ].join(" ");
    const { code, stderr } = await box.shell(`headwater ${typed}`);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const { sources } = await box.json<{ sources: { source: string; options: object }[] }>(["sources"]);
    expect(sources[0]).toMatchObject({
      source: "work",
      options: {
        repositories: ["millrace/handbook"],
        includeCode: true,
        includeWikis: false,
        labels: ["bug", "12", "urgent"],
        filePatterns: ["docs/**/*.{md,adoc}"],
        maxFileSizeKb: 80,
        filterType: "issues",
      },
    });
    expect(configOf(box)).toContain("every: 1h");
  });

  it.each([
    ["a misspelt option", "--inclued-code", 3, 'Did you mean "includeCode"?'],
    ["an option without its value", "--branch", 2, "--branch needs a value."],
    ["a single hyphen", "-x", 2, '"-x" is no option of headwater add.'],
  ])("writes nothing for %s", async (_name, option, code, words) => {
    const box = new Sandbox();
    const refused = await box.run(["add", "github", "millrace/handbook", option, "--no-input"]);
    expect(refused.stderr).toContain(words);
    expect(refused.stderr).toContain("headwater connectors github");
    expect(refused.code).toBe(code);
    expect(existsSync(join(box.home, ".config", "headwater", "headwater.yaml"))).toBe(false);
  });

  it("keeps a token that was typed in full encrypted, and writes a reference to it", async () => {
    const box = new Sandbox();
    const token = twin.token.value;
    const added = await box.run(["add", "github", "millrace/handbook", "--access-token", token, ...here()]);
    expect(added.stdout).toContain("marta-quill");
    expect(configOf(box)).toContain("accessToken: secret://handbook-accessToken\n");
    for (const text of [configOf(box), added.stdout, added.stderr]) expect(text).not.toContain(token);
    expect(added.stderr).toContain("Other programs can read a command line");
    expect((await box.run(["sync", "handbook"])).code).toBe(0);
  });

  it("says which command comes first where only gh has the token so far", async () => {
    const box = new Sandbox();
    const added = await box.run(["add", "github", "millrace/handbook", "--access-token", "secret://gh", ...here()]);
    expect(added.stdout).toContain("First: gh auth token | headwater secrets set gh\nThen: headwater test handbook\n");
    const token = twin.token.value;
    expect((await box.shell(`echo ${token} | headwater secrets set gh`)).code).toBe(0);
    expect((await box.run(["test", "handbook"])).stdout).toContain("marta-quill");
  });

  it("with a client id says that the login comes next", async () => {
    const box = new Sandbox();
    const { stdout } = await box.run(["add", "github", "millrace/handbook", "--client-id", "Iv1.mill", ...here()]);
    expect(nextIn(stdout, /^Next: /)).toBe("login handbook");
  });

  it("with neither a repository nor a token says that it has nothing to read", async () => {
    const box = new Sandbox();
    const { stdout, code } = await box.run(["add", "github", ...here()]);
    expect(stdout).toContain("github names no repository and has no token.");
    expect(code).toBe(3);
  });
});

// Without util-linux's `script` there is no terminal to be had: macOS and Windows have none that takes a command like this.
describe.runIf(HAS_TERMINALS)("on a terminal", () => {
  it("init asks for a repository and offers the variable, never what is in it", async () => {
    const box = new Sandbox();
    const env = { GITHUB_TOKEN: twin.token.value };
    const keys: [string, string][] = [
      ["Follow a GitHub repository too?", `${address()}\r`],
      ["GITHUB_TOKEN is set in this shell", "\u001b[B\r"],
    ];
    const said = await onTerminal(box, "init", keys, env);
    expect(said).toContain("added");
    expect(configOf(box)).toContain("accessToken: ${GITHUB_TOKEN}");
    expect(configOf(box)).not.toContain(twin.token.value);
    expect(said).not.toContain(twin.token.value);
  });

  it("init proposes the repository of the folder, and goes on without one", async () => {
    const box = new Sandbox();
    writeNotes(box);
    box.put(".git/config", '[remote "origin"]\n\turl = git@github.com:millrace/handbook.git\n');
    const keys: [string, string][] = [
      ["Index which?", "\r"],
      ["Follow a GitHub repository too?", "\r"],
    ];
    const said = await onTerminal(box, "init", keys);
    expect(said).toContain("millrace/handbook");
    expect(configOf(box)).not.toContain("connector: github");
  });

  it("add asks for repositories and for one credential, and takes the login of gh by its command", async () => {
    const box = new Sandbox();
    const gh = box.put("bin/gh", "#!/bin/sh\necho gho_printed_by_gh\n");
    chmodSync(gh, 0o755);
    const keys: [string, string][] = [
      ["repositories:", "millrace/handbook\r"],
      ["The login of gh", "\r"],
      ["Look at the other options too?", "\r"],
    ];
    const said = await onTerminal(box, "add github", keys, { PATH: `${join(box.home, "bin")}:${process.env.PATH}` });
    expect(said).toContain("gh auth token | headwater secrets set gh");
    expect(configOf(box)).toContain("accessToken: secret://gh");
    expect(`${said}${configOf(box)}`).not.toContain("gho_printed_by_gh");
    expect(said).not.toContain("webhookSecret:");
  });
});
