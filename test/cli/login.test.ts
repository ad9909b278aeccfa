import type { ChildProcess } from "node:child_process";
import { chmodSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GithubTwin } from "../twins/github/github-twin.ts";
import { seedWorkshop } from "../twins/github/seed.ts";
import { type Outcome, outcomeOf, Sandbox } from "./sandbox.ts";

let twin: GithubTwin;
let client: { id: string; secret: string };
beforeAll(async () => {
  twin = await GithubTwin.open({ now: () => new Date() });
  twin.oauth.interval = 1;
  seedWorkshop(twin);
  client = twin.oauth.register({ expiring: true });
});
afterAll(() => twin.close());

/** A home with one source of the twin; `extra` lines are its options. */
function home(...extra: string[]): Sandbox {
  const box = new Sandbox();
  const lines = ["connector: github", `baseUrl: ${twin.origin}`, "allowPrivateNetwork: true", ...extra];
  const source = lines.map((line) => `    ${line}`).join("\n");
  box.put(".config/headwater/headwater.yaml", `sources:\n  work:\n${source}\n`);
  return box;
}

const REPOSITORY = "repositories: [millrace/handbook]";

/** Reads along until the code stands there, and types it on another device. */
function typeTheCode(child: ChildProcess, login = "marta-quill"): Promise<Outcome> {
  let said = "";
  child.stderr?.on("data", (chunk) => {
    const before = said;
    said += chunk;
    const [, code] = /\n\s+([0-9A-F]{4}-[0-9A-F]{4})\n/.exec(said) ?? [];
    if (code && !before.includes(code)) twin.oauth.enter(code, login);
  });
  return outcomeOf(child);
}

describe("headwater login with a code", () => {
  it("says what is asked for, waits for the person, tests the source and tells how it stands from then on", async () => {
    const box = home(REPOSITORY, `clientId: ${client.id}`);
    expect((await box.run(["status"])).stdout).toContain("not logged in: headwater login work");
    const login = await typeTheCode(box.start(["login", "work", "--device"]));
    expect(login.stderr).toContain("It only ever reads.");
    expect(login.stdout).toContain("marta-quill");
    expect(login.stdout).toContain("Next: headwater sync work");
    expect(login.code).toBe(0);
    expect((await box.run(["sources"])).stdout).toContain("enabled, logged in, renewed by itself");
    expect((await box.run(["doctor"])).stdout).toMatch(/ok\s+login work\s+logged in, renewed by itself/);
    const { sources } = await box.json<{ sources: { login: { state: string; expiresAt: string } }[] }>(["status"]);
    expect(sources[0]?.login).toMatchObject({ state: "valid", renews: true });
    expect((await box.run(["sync", "work"])).code).toBe(0);
    const keys = join(box.home, ".data", "headwater", "keys");
    expect(statSync(keys).mode & 0o777).toBe(0o700);
    expect(readFileSync(join(keys, "default.logins"), "utf8")).not.toContain("gho_");
  });

  it("keeps a client id that was given on the command line, and answers as JSON", async () => {
    const box = home(REPOSITORY);
    const child = box.start(["login", "work", "--device", "--client-id", client.id, "--json", "--quiet"]);
    const { code, stdout } = await typeTheCode(child);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ source: "work", login: { state: "valid" }, test: { ok: true } });
    expect(readFileSync(join(box.home, ".config/headwater/headwater.yaml"), "utf8")).toContain(
      `clientId: ${client.id}`,
    );
  });

  it("that is declined ends with the exit code of sign-in and keeps nothing", async () => {
    const box = home(REPOSITORY, `clientId: ${client.id}`);
    const { code, stderr } = await typeTheCode(box.start(["login", "work", "--device"]), "denied");
    expect(code).toBe(4);
    expect(stderr).toContain("declined");
    expect((await box.run(["logout", "work"])).stderr).toContain("Nobody is logged in for work.");
  });

  it("started eight times at once leads one person once, and all eight work", async () => {
    const box = home(REPOSITORY, `clientId: ${client.id}`);
    const children = Array.from({ length: 8 }, () => box.start(["login", "work", "--device"]));
    const outcomes = await Promise.all(children.map((child) => typeTheCode(child)));
    expect(outcomes.map(({ code }) => code)).toEqual(Array(8).fill(0));
    const led = outcomes.filter(({ stderr }) => stderr.includes("type the code"));
    expect(led).toHaveLength(1);
    expect(outcomes.filter(({ stderr }) => stderr.includes("this one waits"))).toHaveLength(7);
  }, 90_000);
});

describe("headwater login through the browser", () => {
  it("opens it by program and argument, and ends when it comes back", async () => {
    const box = home(REPOSITORY, `clientId: ${client.id}`, "clientSecret: $" + "{HALL_SECRET}");
    const opener = box.put(
      "bin/xdg-open",
      `#!${process.execPath}\nfetch(process.argv[2]).then((page) => page.text()).then((text) => require("fs").writeFileSync("${box.home}/page", text));\n`,
    );
    chmodSync(opener, 0o755);
    const env = { PATH: `${join(box.home, "bin")}:${process.env.PATH}`, DISPLAY: ":0", HALL_SECRET: client.secret };
    const { code, stdout, stderr } = await box.run(["login", "work"], env);
    expect(stderr).toContain("Your browser shows the service's page");
    expect(stdout).toContain("marta-quill");
    expect(code).toBe(0);
    expect(readFileSync(join(box.home, "page"), "utf8")).toContain("You are logged in");
    expect(`${stdout}${stderr}`).not.toContain(client.secret);
  });
});

describe("headwater login that cannot work", () => {
  it.each([
    ["an unknown source", ["login", "wrok"], 2, 'There is no source "wrok".'],
    ["a source that uses a token", ["login", "work"], 3, "It uses Fine-grained personal access token now"],
    ["no application to log in with", ["login", "bare"], 3, "--client-id <client id>"],
    ["a connector without logins", ["login", "notes"], 2, "needs no login"],
    ["an application that the service does not know", ["login", "stray"], 4, "refused the login"],
  ])("says for %s what to do", async (_name, args, code, words) => {
    const box = new Sandbox();
    box.put(
      ".config/headwater/headwater.yaml",
      [
        "sources:",
        `  work: { connector: github, baseUrl: "${twin.origin}", allowPrivateNetwork: true, accessToken: "file:token" }`,
        `  bare: { connector: github, baseUrl: "${twin.origin}", allowPrivateNetwork: true }`,
        "  notes: { connector: files, paths: [.] }",
        `  stray: { connector: github, baseUrl: "${twin.origin}", allowPrivateNetwork: true, clientId: Iv1.unknown }`,
      ].join("\n"),
    );
    box.put(".config/headwater/token", "github_pat_of_the_hall");
    const outcome = await box.run(args);
    expect(outcome.stderr).toContain(words);
    expect(outcome.code).toBe(code);
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
  });
});

describe("headwater logout", () => {
  it("forgets the login and says where it still stands", async () => {
    const box = home(REPOSITORY, `clientId: ${client.id}`);
    await typeTheCode(box.start(["login", "work", "--device"]));
    const { stdout, code } = await box.run(["logout", "work"]);
    expect(code).toBe(0);
    expect(stdout).toContain("Logged out of work.");
    expect((await box.run(["test", "work"])).stdout).toContain("Nobody is logged in for work.");
    expect((await box.run(["test", "work"])).code).toBe(4);
  });
});
