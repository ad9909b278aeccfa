// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of the configuration are written like this.
import { mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { Sandbox, writeNotes } from "./sandbox.ts";

const box = new Sandbox();
const ESCAPES = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

beforeAll(async () => {
  writeNotes(box);
  const { code, stderr } = await box.run(["init", "--yes"]);
  expect(stderr).toContain("Wrote ");
  expect(code).toBe(0);
});

describe("a first day with headwater", () => {
  it("init found the vault, wrote a commented configuration for this user alone and synced", async () => {
    const path = join(box.home, ".config", "headwater", "headwater.yaml");
    const text = readFileSync(path, "utf8");
    expect(text).toMatch(/^# yaml-language-server: \$schema=file:\/\//);
    expect(text).toContain(`  notes:\n    connector: files\n    paths:\n      - ${join(box.home, "Notes")}\n`);
    expect(statSync(path).mode & 0o077).toBe(0);
    expect(statSync(join(box.home, ".data", "headwater")).mode & 0o077).toBe(0);
    const schema = /schema=file:\/\/(\S+)/.exec(text)?.[1] ?? "";
    expect(JSON.parse(readFileSync(decodeURI(schema), "utf8")).title).toBe("headwater.yaml");
    const { sources } = await box.json<{ sources: { source: string; items: number }[] }>(["status"]);
    expect(sources).toMatchObject([{ source: "notes", items: 4, failures: 0 }]);
  });

  it("init never touches a configuration that is there", async () => {
    const before = readFileSync(join(box.home, ".config", "headwater", "headwater.yaml"), "utf8");
    const { code, stderr } = await box.run(["init", "--yes"]);
    expect(code).toBe(2);
    expect(stderr).toContain("There is already a configuration");
    expect(readFileSync(join(box.home, ".config", "headwater", "headwater.yaml"), "utf8")).toBe(before);
  });

  it("status is understood at a glance", async () => {
    const { stdout, code } = await box.run(["status"]);
    expect(stdout).toMatch(/^notes {2}4 items {2}synced just now {2}next in 30 min \([\w ]*\d\d:\d\d\) {2}ok\n$/);
    expect(code).toBe(0);
  });

  it("a second sync says that nothing changed; an edit and a deletion are counted", async () => {
    expect((await box.run(["sync"])).stdout).toMatch(/^notes {2}ok {2}4 unchanged {2}/);
    const extra = box.put("Notes/Draft.md", "A draft about otters.\n");
    expect((await box.run(["sync", "notes"])).stdout).toContain("1 added, 4 unchanged");
    rmSync(extra);
    const { reports, totals } = await box.json<{ reports: { state: string }[]; totals: object }>(["sync"]);
    expect(reports).toMatchObject([{ source: "notes", state: "succeeded", deleted: 1 }]);
    expect(totals).toMatchObject({ added: 0, deleted: 1, unchanged: 4 });
    const { changes } = await box.json<{ changes: { verb: string }[] }>(["changes", "--since", "1h"]);
    expect(changes.map((change) => change.verb)).not.toContain("deleted");
  });

  it("a trial run writes nothing", async () => {
    const extra = box.put("Notes/Trial.md", "Only a trial.\n");
    expect((await box.run(["sync", "--dry-run"])).stdout).toContain("would be 1 added");
    rmSync(extra);
    expect((await box.json<{ sources: object[] }>(["status"])).sources).toMatchObject([{ items: 4 }]);
  });

  it("search shows title, source, matched words and the command to read on, and no escape of a source", async () => {
    const { stdout, code } = await box.run(["search", "weir"]);
    expect(code).toBe(0);
    expect(stdout).toContain("headwater fetch notes/Weir.md\n");
    expect(stdout).toContain("headwater fetch 'notes/Räuber 🐟.md'\n");
    expect(stdout).toContain("notes · note");
    expect(stdout).not.toMatch(ESCAPES);
    expect(stdout).not.toContain("**weir**");
  });

  it("search does not say a title twice", async () => {
    const extra = box.put(
      "Notes/Heron at the weir.md",
      "# Heron at the weir\n\nIt stood there until noon, a kingfisher beside it.\n",
    );
    await box.run(["sync"]);
    const { stdout } = await box.run(["search", "kingfisher"]);
    rmSync(extra);
    await box.run(["sync"]);
    expect(stdout).toMatch(/^Heron at the weir .*\n {2}It stood there until noon, a kingfisher beside it\.$/m);
  });

  it("bold comes with FORCE_COLOR, and NO_COLOR takes it away again", async () => {
    expect((await box.run(["search", "eels"], { FORCE_COLOR: "1" })).stdout).toContain("\u001b[1mEels\u001b[22m");
    expect((await box.run(["search", "eels"], { FORCE_COLOR: "1", NO_COLOR: "1" })).stdout).not.toContain("\u001b");
  });

  it("finding nothing is an answer", async () => {
    const { stdout, code } = await box.run(["search", "xylophone"]);
    expect(stdout).toContain('Nothing found for "xylophone".');
    expect(code).toBe(0);
  });

  it("fetch prints a part and says how to go on; the parts make the whole", async () => {
    type Part = { text: string; totalChars: number; nextOffset?: number };
    const whole = await box.json<Part>(["fetch", "notes/Weir.md"]);
    const first = await box.json<Part>(["fetch", "notes/Weir.md", "--max-chars", "20"]);
    const rest = await box.json<Part>(["fetch", "notes/Weir.md", "--offset", String(first.nextOffset)]);
    expect(first.text + rest.text).toBe(whole.text);
    expect(whole.text).toContain("second step");
    const { stdout, stderr } = await box.run(["fetch", "notes/Weir.md", "--max-chars", "20"]);
    expect(stdout).toMatch(/^Tanner's Weir\n|^Weir\n/);
    expect(stderr).toContain(`headwater fetch notes/Weir.md --offset 20`);
  });

  it("fetch prints a hostile note without its escapes, and expands nothing in it", async () => {
    const { stdout } = await box.run(["fetch", "notes/Trap.md"]);
    expect(stdout).not.toMatch(ESCAPES);
    expect(stdout).toContain("${HOME}");
  });

  it("list walks into the source itself", async () => {
    const { entries } = await box.json<{ entries: { id: string; holds: string }[] }>(["list", "notes"]);
    expect(entries).toHaveLength(1);
    const inside = await box.json<{ entries: { name: string }[] }>(["list", "notes", entries[0]?.id ?? ""]);
    expect(inside.entries.map((entry) => entry.name)).toContain("Weir.md");
  });

  it("export writes one document a line with its text, into a file only when it is whole", async () => {
    const { stdout, code } = await box.run(["export", "--format", "ndjson"]);
    const items = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(code).toBe(0);
    expect(items.map((item) => item.ref).sort()).toEqual([
      "notes/Räuber 🐟.md",
      "notes/Trap.md",
      "notes/Weir.md",
      "notes/שלום.md",
    ]);
    expect(items.find((item) => item.id === "Weir.md")).toMatchObject({
      text: expect.stringContaining("second step"),
      tags: ["river"],
    });
    expect(items.find((item) => item.id === "שלום.md").text).toContain("ftp://guest:guest@gauge.example");
    expect((await box.run(["export", "--output", "all.ndjson"])).code).toBe(0);
    expect(readFileSync(join(box.home, "all.ndjson"), "utf8")).toBe(stdout);
    mkdirSync(join(box.home, "taken"));
    expect((await box.run(["export", "--output", "no/such/folder.ndjson"])).code).toBe(2);
  });

  it.each([
    ["history", "runs"],
    ["failures", "failures"],
    ["sources", "sources"],
    ["connectors", "connectors"],
    ["connectors files", "options"],
    ["test", "tests"],
    ["doctor", "checks"],
    ["config validate", "ok"],
    ["config path", "path"],
    ["config schema", "properties"],
  ])("%s answers in words and in JSON", async (line, key) => {
    const words = await box.run(line.split(" "));
    expect(words.code).toBe(0);
    expect(words.stdout).not.toBe("");
    expect(await box.json(line.split(" "))).toHaveProperty(key);
  });

  it("--quiet leaves the answer and nothing else", async () => {
    const { stdout, stderr } = await box.run(["export", "--quiet"]);
    expect(stdout).not.toBe("");
    expect(stderr).toBe("");
  });

  it("reset forgets a source after --yes, and a sync brings it back", async () => {
    const refused = await box.run(["reset", "notes"]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("headwater reset notes --yes");
    expect(await box.json(["reset", "notes", "--yes"])).toEqual({ source: "notes", removed: 4 });
    expect((await box.run(["status"])).stdout).toContain("0 items");
    expect((await box.run(["sync"])).stdout).toContain("4 added");
  });
});

describe("adding a source", () => {
  it("writes it, keeps what is there, tests it, and numbers a name that is taken", async () => {
    box.put("Work/Plan.txt", "The plan for the quarter.\n");
    const first = await box.run(["add", "files", "Work", "--no-input"]);
    expect(first.stdout).toContain("Added work to ");
    expect(first.stdout).toContain("Next: headwater sync work");
    expect(first.code).toBe(0);
    const second = await box.json<{ source: string }>([
      "add",
      "files",
      "Work",
      "--no-input",
      "--set",
      "maxFileSizeMb=3",
      "--set",
      "include=*.txt",
      "--no-test",
    ]);
    expect(second.source).toBe("work-2");
    const { sources } = await box.json<{ sources: { source: string; options: object }[] }>(["sources"]);
    expect(sources.map((source) => source.source)).toEqual(["notes", "work", "work-2"]);
    expect(sources[2]?.options).toMatchObject({
      maxFileSizeMb: 3,
      include: ["*.txt"],
      paths: [join(box.home, "Work")],
    });
  });

  it("does not name a source like an address of ours", async () => {
    box.put("Sources/Mill.txt", "Who built the mill.\n");
    const added = await box.run(["add", "files", "Sources", "--no-input", "--no-test"]);
    expect(added.stdout).toContain("Added my-sources to ");
    const refused = await box.run(["add", "files", "Sources", "--name", "sources", "--no-input"]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('"sources" cannot be the name of a source.');
  });

  it("writes nothing when an option is wrong", async () => {
    const file = join(box.home, ".config", "headwater", "headwater.yaml");
    const before = readFileSync(file, "utf8");
    const { code, stderr } = await box.run([
      "add",
      "files",
      "Work",
      "--no-input",
      "--name",
      "third",
      "--set",
      "maxFileSizeMb=big",
      "--set",
      "inclued=a",
    ]);
    expect(code).toBe(3);
    expect(stderr).toContain('sources.third.maxFileSizeMb must be a number, got "big".');
    expect(stderr).toContain('sources.third.inclued is not known here. Did you mean "include"?');
    expect((await box.run(["add", "files", "--no-input", "--name", "fourth"])).stderr).toContain(
      'sources.fourth needs "paths"',
    );
    expect((await box.run(["add", "files", "Work", "--no-input", "--name", "My Work"])).code).toBe(2);
    expect((await box.run(["add", "fiels", "Work", "--no-input"])).stderr).toContain('Did you mean "files"?');
    expect(readFileSync(file, "utf8")).toBe(before);
  });

  it("a mistake in one source is told, and the others go on", async () => {
    const path = box.put(
      "other.yaml",
      `sources:\n  good: { connector: files, paths: [${box.home}/Notes] }\n  bad: { connector: files, pahts: [/x] }\n`,
    );
    const synced = await box.run(["sync", "--config", path, "--data", join(box.home, "other-data")]);
    expect(synced.code).toBe(5);
    expect(synced.stdout).toMatch(/^good {2}ok {2}4 added/m);
    expect(synced.stdout).toMatch(/^bad {2}failed/m);
    expect(synced.stderr).toContain('other.yaml:3: sources.bad.pahts is not known here. Did you mean "paths"?');
    expect((await box.run(["sync", "bad", "--config", path, "--data", join(box.home, "other-data")])).code).toBe(3);
    const validated = await box.run(["config", "validate", "--config", path]);
    expect(validated.code).toBe(3);
    expect(validated.stdout).toBe("");
  });

  it("--data at init is kept in the configuration, so that later commands find the store", async () => {
    const path = join(box.home, "elsewhere.yaml");
    expect((await box.run(["init", "--yes", "--config", path, "--data", join(box.home, "elsewhere")])).code).toBe(0);
    expect((await box.run(["status", "--config", path])).stdout).toContain("4 items");
  });
});
