import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const DEMO = fileURLToPath(new URL("../../scripts/demo.mjs", import.meta.url));

interface Shown {
  code: number | null;
  out: string;
  err: string;
}

async function runDemo(env: Record<string, string>): Promise<Shown> {
  const { NO_COLOR: _no, FORCE_COLOR: _force, ...outer } = process.env;
  const child = spawn(process.execPath, [DEMO], { env: { ...outer, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const shown: Shown = { code: null, out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (chunk) => {
    shown.out += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk) => {
    shown.err += chunk;
  });
  [shown.code] = await once(child, "close");
  return shown;
}

/** The quoted answers in order, each as one line. */
function answers(out: string): string[] {
  return out
    .split(/^ {2}\? {2}/m)
    .slice(1)
    .map((part) => [...part.matchAll(/^ {5}│ (.*)$/gm)].map(([, text]) => text).join(" "));
}

describe("the demo", () => {
  const folder = mkdtempSync(join(tmpdir(), "headwater-demo-test-"));
  let shown: Shown;
  beforeAll(async () => {
    shown = await runDemo({ NO_COLOR: "1", TMPDIR: folder, TEMP: folder });
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("ends well and leaves nothing behind", () => {
    expect(shown.err).not.toContain("The demo stopped");
    expect(shown.code).toBe(0);
    // Newer versions of Node keep compiled code in the temporary folder, on purpose.
    expect(readdirSync(folder).filter((name) => name !== "node-compile-cache")).toEqual([]);
  });

  it("lists the nine tools of the real server", () => {
    for (const tool of ["search", "fetch", "list_sources", "list_items", "recent_changes", "sync_source"])
      expect(shown.out).toMatch(new RegExp(`^ {5}${tool} {2,}\\S`, "m"));
    expect(shown.out).toMatch(/headwater \d+\.\d+\.\d+, 9 tools/);
  });

  it("answers three questions with what the notes say", () => {
    const [grant, celery, rule] = answers(shown.out);
    expect(grant).toContain("£24,000");
    expect(celery).toMatch(/Allergic to celery|Tomasz is allergic/);
    expect(shown.out).toMatch(/^ {5}(Tomasz Wierzba|Pot soup for thirty) /m); // who it is stands in either
    expect(rule).toContain("0.70 m or more");
  });

  it("shows the edited and the deleted note, and the new answer", () => {
    expect(shown.out).toMatch(/sync_source: succeeded, 1 updated, 1 deleted, \d+ unchanged/);
    expect(shown.out).toMatch(/^ {5}updated {2,}The stop rule/m);
    expect(shown.out).toMatch(/^ {5}deleted {2,}Leaky dams/m);
    expect(answers(shown.out).at(-1)).toContain("0.65 m or more");
  });

  it("is plain where colours are unwelcome", () => {
    expect(shown.out.includes("\u001b")).toBe(false);
  });

  it("says in one sentence what stopped it, and exits with 1", async () => {
    const stopped = await runDemo({ TMPDIR: join(folder, "missing"), TEMP: join(folder, "missing") });
    expect(stopped.code).toBe(1);
    expect(stopped.err).toMatch(/^\nThe demo stopped: .*missing.*\.\n$/);
  });
});
