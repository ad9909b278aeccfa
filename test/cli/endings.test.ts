import { once } from "node:events";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { openStore } from "../../src/store/open.ts";
import { type Outcome, outcomeOf, Sandbox, writeNotes } from "./sandbox.ts";

const box = new Sandbox();

beforeAll(async () => {
  writeNotes(box);
  expect((await box.run(["init", "--yes"])).code).toBe(0);
});

describe("exit codes and errors", () => {
  it.each([
    ["a misspelt command", ["snyc"], 2, "Unknown command 'snyc'. Did you mean sync?"],
    ["the help of a misspelt command", ["help", "snyc"], 2, "Unknown command 'snyc'. Did you mean sync?"],
    ["the help of a command that is none", ["help", "secrets", "nope"], 2, "headwater secrets --help"],
    ["a misspelt option", ["search", "weir", "--limt", "3"], 2, "Unknown option '--limt'. Did you mean --limit?"],
    ["a missing argument", ["fetch"], 2, "Missing required argument 'ref'."],
    ["a misspelt source", ["sync", "noets"], 2, 'There is no source "noets". Did you mean "notes"?'],
    ["a source nowhere near", ["test", "salesforce"], 2, 'There is no source "salesforce".'],
    ["a misspelt source as a filter", ["search", "x", "--source", "notse"], 2, 'Did you mean "notes"?'],
    [
      "a number in words",
      ["search", "weir", "--limit", "many"],
      2,
      '--limit must be a whole number from 1 to 200, got "many".',
    ],
    ["a time in words", ["changes", "--since", "yesterday"], 2, '--since does not understand "yesterday".'],
    [
      "a level that does not exist",
      ["status", "--log-level", "loud"],
      2,
      "Allowed choices are debug, info, warn, silent.",
    ],
    ["two ways of choosing", ["sync", "notes", "--all"], 2, "--all and names of sources do not go together."],
    ["a form of HTTP without HTTP", ["serve", "--legacy-sse"], 2, "headwater serve --http --legacy-sse"],
    ["a configuration that is not there", ["status", "--config", "nope.yaml"], 3, "There is no configuration file at"],
    ["an item that is not there", ["fetch", "notes/Nope.md"], 1, "Nope.md"],
    ["a tenant that does not exist", ["status", "--tenant", "acme"], 3, '"acme"'],
  ])("%s", async (_about, args, code, says) => {
    const words = await box.run(args);
    expect(words.stderr).toContain(says);
    expect(words.stderr).toMatch(/^headwater: /);
    expect(words.stderr).not.toMatch(/\n\s+at /);
    expect(words.stdout).toBe("");
    expect(words.code).toBe(code);
    const json = await box.run([...args, "--json"]);
    expect(json.stdout).toBe("");
    expect(json.code).toBe(code);
    expect(JSON.parse(json.stderr).error).toMatchObject({ kind: expect.any(String), message: expect.any(String) });
  });

  it("without a configuration every command says how to begin", async () => {
    const empty = new Sandbox();
    for (const args of [["search", "x"], ["sync"], ["status"], ["sources"], ["config", "validate"]]) {
      const { code, stderr } = await empty.run(args);
      expect(code, args.join(" ")).toBe(3);
      expect(stderr).toContain("headwater init");
    }
    const none = await empty.run(["init", "--yes"]);
    expect(none.code).toBe(2);
    expect(none.stderr).toContain("No Obsidian vault was found");
    expect((await empty.run(["config", "path"])).stdout).toBe(
      join(empty.home, ".config", "headwater", "headwater.yaml") + "\n",
    );
  });

  it("a stack is shown with --debug only", async () => {
    const { stderr } = await box.run(["fetch", "notes/Nope.md", "--debug"]);
    expect(stderr).toMatch(/\n\s+at /);
  });

  it.each([
    ["headwater [options]", ["help", "--json"]],
    ["headwater sync ", ["help", "--quiet", "sync"]],
    ["headwater secrets set ", ["secrets", "help", "set"]],
  ])("the help of %s is shown, with options too", async (usage, args) => {
    const { stdout, stderr, code } = await box.run(args);
    expect(stdout).toContain(`Usage: ${usage}`);
    expect(stderr).toBe("");
    expect(code).toBe(0);
  });

  it.each([[[]], [["config"]]])("without a command (%j) the help is shown, and nothing else", async (args) => {
    const { code, stdout, stderr } = await box.run(args);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^Usage: headwater/);
    expect(stderr).not.toMatch(/^headwater:/m);
  });

  it("version and help answer at once and with success", async () => {
    expect((await box.run(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(await box.run(["--help"])).toMatchObject({ code: 0, stderr: "" });
    expect((await box.run(["sync", "-h"])).stdout).toContain("--accept-deletions");
    expect((await box.run(["help", "sync"])).stdout).toContain("--accept-deletions");
  });
});

describe("being stopped", () => {
  it("a reader that leaves early ends us quietly", async () => {
    const { code, stderr } = await box.shell(
      "headwater export --quiet | head -1 > /dev/null; echo $?; headwater export --quiet | true",
    );
    expect(stderr).toBe("");
    expect([0, null]).toContain(code);
  });

  it("Ctrl+C while watching ends with 130", async () => {
    const child = box.start(["sync", "--watch"]);
    const ended = outcomeOf(child);
    let heard = "";
    while (!heard.includes("Following changes"))
      heard += String((await once(child.stderr as NodeJS.ReadableStream, "data"))[0]);
    child.kill("SIGINT");
    expect((await ended).code).toBe(130);
  });

  it("Ctrl+C in a sync stops at a page; the next sync goes on and nothing is lost or doubled", async () => {
    const many = new Sandbox();
    for (let at = 0; at < 3000; at++)
      many.put(`Vault/Day ${at}.md`, `Water level on day ${at}: ${(at * 37) % 100} cm.\n`);
    const config = many.put("headwater.yaml", `sources:\n  days: { connector: files, paths: [Vault] }\n`);
    const args = ["--config", config, "--data", join(many.home, "data")];
    const child = many.start(["sync", ...args]);
    const ended = outcomeOf(child);
    await firstPage(many, args, ended);
    child.kill("SIGINT");
    const stopped = await ended;
    expect(stopped.code).toBe(130);
    const { runs } = await many.json<{ runs: { state: string }[] }>(["history", ...args]);
    expect(runs).toMatchObject([{ state: "cancelled" }]);
    expect((await many.run(["sync", ...args])).code).toBe(0);
    expect(await itemsOf(many, args)).toBe(3000);
    const { stdout } = await many.run(["export", "--quiet", ...args]);
    const items = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { ref: string; text?: string });
    expect(new Set(items.map((item) => item.ref)).size).toBe(3000);
    expect(items.filter((item) => !item.text?.startsWith("Water level"))).toEqual([]);
  }, 120_000);
});

describe("a source whose service asked to wait", () => {
  it("ends an asked-for sync with 6 and says until when; --now tries all the same", async () => {
    const paused = new Sandbox();
    paused.put("Vault/Weir.md", "Water level: 37 cm.\n");
    const config = paused.put("headwater.yaml", `sources:\n  days: { connector: files, paths: [Vault] }\n`);
    const args = ["--config", config, "--data", join(paused.home, "data")];
    const store = await openStore({ folder: join(paused.home, "data"), tenant: "default" });
    const reason = "GitHub asked to wait until 14:05; syncing goes on then.";
    await store.setPause("days", { until: new Date(Date.now() + 3_600_000).toISOString(), reason });
    await store.close();
    const refused = await paused.run(["sync", ...args]);
    expect(refused).toMatchObject({ code: 6, stdout: expect.stringContaining("days  paused") });
    expect(refused.stdout).toContain(`${reason} To try all the same: headwater sync days --now`);
    expect((await paused.run(["status", ...args])).stdout).toBe(`days  0 items  not synced yet  ${reason}\n`);
    const { sources } = await paused.json<{ sources: object[] }>(["status", ...args]);
    expect(sources).toMatchObject([{ source: "days", paused: { reason } }]);
    expect(await paused.run(["sync", "--now", ...args])).toMatchObject({ code: 0 });
    expect((await paused.run(["status", ...args])).stdout).toMatch(
      /^days {2}1 item {2}synced just now {2}next in 30 min .* {2}ok\n$/,
    );
    expect((await paused.run(["sync", ...args])).code).toBe(0);
  });
});

async function itemsOf(box: Sandbox, args: string[]): Promise<number> {
  const { sources } = await box.json<{ sources: { items: number }[] }>(["status", ...args]);
  return sources[0]?.items ?? 0;
}

/** Waits until a first page of a running sync is in the store. */
async function firstPage(box: Sandbox, args: string[], ended: Promise<Outcome>): Promise<void> {
  let over = false;
  void ended.then(() => {
    over = true;
  });
  while (!over && (await itemsOf(box, args).catch(() => 0)) === 0);
}
