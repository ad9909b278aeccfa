import { spawn } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GithubTwin } from "../twins/github/github-twin.ts";
import { seedWorkshop } from "../twins/github/seed.ts";
import { type Outcome, outcomeOf, Sandbox } from "./sandbox.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

let twin: GithubTwin;
beforeAll(async () => {
  twin = await GithubTwin.open();
  seedWorkshop(twin);
});
afterAll(() => twin.close());

function home(): Sandbox {
  const box = new Sandbox();
  const options = [`baseUrl: ${twin.origin}`, "allowPrivateNetwork: true", "repositories: [millrace/handbook]"];
  const source = ["connector: github", "accessToken: secret://work-github", ...options].map((line) => `    ${line}`);
  box.put(".config/headwater/headwater.yaml", `sources:\n  work:\n${source.join("\n")}\n`);
  return box;
}

function piped(box: Sandbox, args: readonly string[], input: string): Promise<Outcome> {
  const child = spawn(process.execPath, [CLI, ...args], { cwd: box.home, env: box.env() });
  child.stdin.end(input);
  return outcomeOf(child);
}

describe("headwater secrets", () => {
  it("keeps a token that is piped in, opens a source with it, and shows it nowhere", async () => {
    const box = home();
    const before = await box.run(["test", "work"]);
    expect(before.code).toBe(3);
    expect(before.stdout).toContain("headwater secrets set work-github");
    const set = await piped(box, ["secrets", "set", "work-github"], `${twin.token.value}\n`);
    expect(set.stdout).toContain("Kept work-github. Write it in the configuration as: secret://work-github");
    expect(set.stderr).toContain(`the key is in the file ${join(box.home, ".data/headwater/keys/master.key")}`);
    expect((await box.run(["config", "validate"])).code).toBe(0);
    const test = await box.run(["test", "work"]);
    expect(test.stdout).toContain("marta-quill");
    expect(test.code).toBe(0);
    const file = join(box.home, ".data/headwater/keys/secrets");
    expect(readFileSync(file, "utf8")).not.toContain(twin.token.value);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const shown = await Promise.all(
      [["sources", "--json"], ["doctor"], ["secrets", "list"]].map((args) => box.run(args)),
    );
    expect(JSON.stringify([set, test, ...shown])).not.toContain(twin.token.value);
    expect(shown[0]?.stdout).toContain("secret://work-github");
    expect(shown[2]?.stdout).toBe("secret://work-github\n");
  }, 60_000);

  it("rotates its key and everything still opens", async () => {
    const box = home();
    await piped(box, ["secrets", "set", "work-github"], twin.token.value);
    const key = readFileSync(join(box.home, ".data/headwater/keys/master.key"), "utf8");
    const { stdout, code } = await box.run(["secrets", "rotate-key"]);
    expect(stdout).toContain("1 entry is sealed with it");
    expect(code).toBe(0);
    expect(readFileSync(join(box.home, ".data/headwater/keys/master.key"), "utf8")).not.toBe(key);
    expect((await box.run(["test", "work"])).code).toBe(0);
  }, 60_000);

  it("removes one, says what there is no more, and refuses names and nothing", async () => {
    const box = home();
    await piped(box, ["secrets", "set", "work-github"], twin.token.value);
    expect(await box.json(["secrets", "rm", "work-github"])).toEqual({ name: "work-github", removed: true });
    expect((await box.run(["secrets", "rm", "work-github"])).stderr).toContain("There is no secret named work-github.");
    expect((await piped(box, ["secrets", "set", "../x"], "y")).code).toBe(2);
    expect((await piped(box, ["secrets", "set", "empty"], "\n")).stderr).toContain("Nothing was given to keep.");
    expect(await box.json(["secrets", "list"])).toEqual({ secrets: [] });
  }, 60_000);
});

describe("a configuration that merely lies in the working folder", () => {
  it("cannot say where Vault is, so that no token of this machine goes to a stranger", async () => {
    const box = new Sandbox();
    box.put("headwater.yaml", "secrets:\n  vault: { address: 'https://evil.example' }\nsources: {}\n");
    const { stderr, code } = await box.run(["sources"]);
    expect(code).toBe(3);
    expect(stderr).toContain("secrets cannot be set by a headwater.yaml that was only found in the working folder");
    expect((await box.run(["sources", "--config", "headwater.yaml"])).code).toBe(0);
  });
});
