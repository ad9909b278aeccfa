import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SyncReport } from "../../src/model/index.ts";
import { type Ended, runCli } from "../proof/cli.ts";

let base: string;
let notes: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "headwater-bad-"));
  notes = join(base, "notes");
  mkdirSync(notes);
  write("kept.md", "The heron stood below the weir.");
});

afterEach(() => rmSync(base, { recursive: true, force: true }));

function write(path: string, content: string | Buffer): void {
  writeFileSync(join(notes, path), content);
}

function config(text: string): string {
  const file = join(base, "headwater.yaml");
  writeFileSync(file, text);
  return file;
}

function usual(): string {
  return config(`version: 1\nsources:\n  notes: { connector: files, paths: ["${notes}"] }\n`);
}

function headwater(args: string[], options?: Parameters<typeof runCli>[1]): Promise<Ended> {
  return runCli([...args, "--config", join(base, "headwater.yaml"), "--data", join(base, "data")], options);
}

async function sync(
  args: string[] = [],
  options?: Parameters<typeof runCli>[1],
): Promise<{ report: SyncReport; code: number | null }> {
  const end = await headwater(["sync", "notes", "--json", ...args], options);
  const answer = JSON.parse(end.out) as { reports?: SyncReport[] } | SyncReport[] | SyncReport;
  const reports = Array.isArray(answer)
    ? answer
    : "reports" in answer && answer.reports
      ? answer.reports
      : [answer as SyncReport];
  return { report: reports[0] as SyncReport, code: end.code };
}

async function finds(words: string): Promise<string[]> {
  const end = await headwater(["search", words, "--json"]);
  return (JSON.parse(end.out) as { hits: { id: string }[] }).hits.map((hit) => hit.id);
}

describe("a mistake in the configuration", () => {
  it("is one sentence with its line and the right word, and exit code 3", async () => {
    config(`version: 1\nsources:\n  notes:\n    connector: files\n    paths: ["${notes}"]\n    inclde: ["**/*.md"]\n`);
    const end = await headwater(["sync"]);
    expect(end.code).toBe(3);
    expect(end.err).toMatch(/headwater\.yaml:6: .*inclde.* Did you mean "include"\?/);
  });

  it("such as a missing variable names the variable and what to do", async () => {
    config(`version: 1\nsources:\n  notes: { connector: files, paths: ["\${NO_SUCH_NOTES}"] }\n`);
    const end = await headwater(["sync"]);
    expect(end.code).toBe(3);
    expect(end.err).toMatch(/NO_SUCH_NOTES.*not set/);
  });

  it("such as a file that is no YAML says where", async () => {
    config("version: 1\nsources:\n  notes: { connector: files\n");
    const end = await headwater(["sync"]);
    expect(end.code).toBe(3);
    expect(end.err).toMatch(/headwater\.yaml:\d+/);
  });

  it("in one source does not stop the others when they are asked for by name", async () => {
    config(`version: 1\nsources:\n  notes: { connector: files, paths: ["${notes}"] }\n  other: { connector: filez }\n`);
    const { report, code } = await sync();
    expect(report).toMatchObject({ added: 1, state: "succeeded" });
    expect(code).toBe(0);
  });
});

describe("a folder", () => {
  it("that is not there keeps what was stored, and says what to do", async () => {
    usual();
    expect((await sync()).code).toBe(0);
    renameSync(notes, `${notes} unmounted`);
    const { report, code } = await sync();
    expect(code).toBe(5);
    expect(report).toMatchObject({ state: "partial", deleted: 0 });
    expect(report.failures[0]?.message).toContain("is not there. Is the drive mounted? Nothing was deleted.");
    expect(await finds("heron")).toEqual(["kept.md"]);
  });

  it("that is suddenly empty keeps what was stored until somebody agrees", async () => {
    usual();
    await sync();
    rmSync(join(notes, "kept.md"));
    const { report, code } = await sync();
    expect(code).toBe(5);
    expect(report).toMatchObject({ state: "partial", deleted: 0, held: [{ missing: 1, total: 1 }] });
    expect(report.notes.join(" ")).toContain("headwater sync notes --accept-deletions");
    expect((await sync(["--accept-deletions"])).report.deleted).toBe(1);
  });

  it("that may not be read is told apart from one that is empty", async (test) => {
    const asNobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const started = await runCli(["--version"], asNobody).catch(() => undefined);
    if (started?.code !== 0) return test.skip("another user may not start this Node from this folder");
    usual();
    mkdirSync(join(notes, "private"));
    write("private/diary.md", "The otter came at dusk.");
    for (const path of [base, notes]) chmodSync(path, 0o755);
    mkdirSync(join(base, "data"), { mode: 0o777 });
    chmodSync(join(base, "data"), 0o777);
    await sync([], asNobody);
    chmodSync(join(notes, "private"), 0o000);
    const { report, code } = await sync([], asNobody);
    chmodSync(join(notes, "private"), 0o755);
    expect(code).toBe(5);
    expect(report).toMatchObject({ state: "partial", deleted: 0 });
    expect(JSON.stringify([report.notes, report.failures])).toContain("private");
  });
});

describe("a file", () => {
  it("of any odd kind costs one sentence at most, and everything else goes on", async () => {
    usual();
    write("corrupt.pdf", Buffer.from("%PDF-1.7\n1 0 obj << /Type /Catalog /Pages 9 0 R >> garbage"));
    write("no pdf.pdf", Buffer.from(Array.from({ length: 4000 }, (_, at) => (at * 7919) % 256)));
    write("empty.docx", "");
    write("zip.docx", Buffer.from("504b0304140000000800", "hex"));
    write(
      "front.md",
      `---js\n{ "x": require("fs").writeFileSync(${JSON.stringify(join(base, "ran"))}, "x") }\n---\nThe badger sett is behind the mill.`,
    );
    write("broken yaml.md", "---\ntitle: [never closed\n---\nThe lime kiln still stands.");
    write("🦊 ‮txt.md", "A fox crossed the ford.");
    write("line\nbreak.md", "A vole in the sluice.");
    write("nul.txt", "before\u0000after");
    symlinkSync("/etc/passwd", join(notes, "passwd.md"));
    symlinkSync(".", join(notes, "loop"));
    const { report, code } = await sync();
    expect(code).toBe(5);
    expect(report.state).toBe("partial");
    for (const failure of report.failures) {
      expect(failure.message).toMatch(/^[^\n]{10,300}\.$/);
      expect(failure.message + (failure.hint ?? "")).not.toMatch(/\bat .*:\d+:\d+|node_modules|undefined/);
      expect(failure.hint, failure.message).toBeTruthy();
    }
    for (const [words, id] of [
      ["badger sett", "front.md"],
      ["lime kiln", "broken yaml.md"],
      ["fox ford", "🦊 ‮txt.md"],
      ["vole sluice", "line\nbreak.md"],
      ["heron", "kept.md"],
    ] as const) {
      expect(await finds(words)).toContain(id);
    }
    expect(await finds("root bin bash nologin")).toEqual([]);
    expect(() => chmodSync(join(base, "ran"), 0o600)).toThrow("ENOENT");
    expect((await sync()).report).toMatchObject({ state: "succeeded", added: 0, updated: 0, failed: 0 });
  });

  it("of three gigabytes is found by its name and not read", async () => {
    usual();
    write("drone flight.md", "x".repeat(100_000));
    truncateSync(join(notes, "drone flight.md"), 3 * 1024 ** 3);
    const { report } = await sync();
    expect(report.failures).toMatchObject([{ id: "drone flight.md", kind: "too_large" }]);
    expect(report.failures[0]?.hint).toContain("maxFileSizeMb");
    expect(await finds("drone flight")).toEqual(["drone flight.md"]);
    expect((await sync()).report).toMatchObject({ state: "succeeded", failed: 0 });
  });
});

describe("a word that is not known", () => {
  it("as a command, a source or a reference suggests the nearest, with exit code 2 or 1", async () => {
    usual();
    const command = await headwater(["serch", "heron"]);
    expect([command.code, command.err]).toEqual([2, expect.stringContaining("Did you mean search?")]);
    const source = await headwater(["sync", "nots"]);
    expect([source.code, source.err]).toEqual([2, expect.stringContaining('Did you mean "notes"')]);
    const reference = await headwater(["fetch", "notes/nowhere.md"]);
    expect(reference.code).toBe(1);
    expect(reference.err).toContain("headwater search");
  });
});

describe("a damaged store", () => {
  it("is said to be one, and the command it names mends it without touching the source", async () => {
    usual();
    await sync();
    const store = join(base, "data", "default.db");
    const bytes = readFileSync(store);
    bytes.fill(0x5a, 16_384 * 2, 16_384 * 6);
    writeFileSync(store, bytes);
    const broken = await headwater(["sync"]);
    expect(broken.code).toBe(7);
    expect(broken.out + broken.err).toContain("headwater doctor --repair");
    const mended = await headwater(["doctor", "--repair"]);
    expect([mended.code, mended.out]).toEqual([0, expect.stringContaining("saved into a fresh file")]);
    expect((await sync()).report).toMatchObject({ state: "succeeded" });
    expect(await finds("heron")).toEqual(["kept.md"]);
    expect((await headwater(["reset", "--all"])).code).toBe(2);
    expect((await headwater(["reset", "--all", "--yes"])).code).toBe(0);
    expect((await sync()).report).toMatchObject({ state: "succeeded", added: 1 });
    expect(await finds("heron")).toEqual(["kept.md"]);
  });
});
