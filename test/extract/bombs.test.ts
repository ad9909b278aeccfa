import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MAIL } from "./hostile/mail.ts";
import { HTML, TEXT } from "./hostile/markup.ts";
import { ARCHIVES, type Hostile, OFFICE, XML } from "./hostile/packages.ts";
import { PDF, pdfFile } from "./hostile/pdf.ts";
import type { Outcome } from "./hostile/probe.ts";
import { zipFile } from "./hostile/zip-file.ts";

const GROUPS: Record<string, Hostile[]> = { ARCHIVES, XML, OFFICE, HTML, TEXT, PDF, MAIL };
const root = fileURLToPath(new URL("../..", import.meta.url));
const outcomes = new Map<string, Outcome>();
const folder = mkdtempSync(join(tmpdir(), "headwater-bombs-"));

/** All documents are read one after the other by one extractor in a process of its own, whose memory is watched. */
beforeAll(async () => {
  const probe = join(root, "dist", "bombs-probe.mjs");
  const bundled = { bundle: true, format: "esm", platform: "node", packages: "external", logLevel: "silent" } as const;
  await build({ ...bundled, entryPoints: [join(root, "test/extract/hostile/probe.ts")], outfile: probe });
  const write = (name: string, bytes: Uint8Array | string) => {
    const file = join(folder, name);
    writeFileSync(file, bytes);
    return file;
  };
  const list = Object.entries(GROUPS).flatMap(([group, documents]) =>
    documents.map(({ what, name, bytes }) => ({ what, name, file: write(`${group}-${name}`, bytes()) })),
  );
  const healthy = write("healthy.html", "<h1>Alles gut</h1>");
  const warmups = [
    write("warm.docx", zipFile([{ name: "word/document.xml", data: "<d/>" }])),
    write("warm.eml", "From: a@example.org\r\nSubject: warm\r\n\r\ntext"),
    write(
      "warm.pdf",
      pdfFile([
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
      ]),
    ),
  ];
  const args = [probe, write("list.json", JSON.stringify(list)), healthy, JSON.stringify(warmups)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 10_000_000 });
  for (const line of stdout.trim().split("\n")) {
    const outcome = JSON.parse(line) as Outcome;
    outcomes.set(outcome.what, outcome);
  }
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

for (const [group, documents] of Object.entries(GROUPS)) {
  describe(`${group.toLowerCase()}: reading`, () => {
    it.each(documents.map((document) => [document.what, document] as const))("%s ends well", (what, document) => {
      const outcome = outcomes.get(what);
      expect(outcome, "the process ended before this document").toBeDefined();
      expect(outcome!.afterwards).toBe("# Alles gut");
      expect(outcome!.growth).toBeLessThan(100_000_000);
      if (document.refused === undefined) expect(outcome!.problem).toBeUndefined();
      else expect(outcome!.problem?.message).toMatch(document.refused);
      if (outcome!.problem !== undefined) expect(outcome!.problem).toEqual(oneSentence(document.name));
    });
  });
}

it("never holds up the process that serves", () => {
  const all = [...outcomes.values()];
  const beats = all.reduce((sum, outcome) => sum + outcome.beats, 0);
  const late = all.reduce((sum, outcome) => sum + outcome.lateBeats, 0);
  expect(beats).toBeGreaterThan(100);
  expect(late / beats).toBeLessThan(0.02);
});

function oneSentence(name: string) {
  return {
    kind: expect.stringMatching(/^(too_large|bad_response|unsupported)$/),
    message: expect.stringMatching(new RegExp(`^"${name.replaceAll(".", "\\.")}" [^\\n]{10,160}\\.$`)),
    hint: expect.stringMatching(/\.$/),
  };
}
