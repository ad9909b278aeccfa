import { mkdtempSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { absolutePath, expandCredential, expandVariables } from "../../src/sources/references.ts";

const scope = (env: Record<string, string> = {}) => ({ env, folder: "/etc/headwater" });
const ref = (inside: string) => `\${${inside}}`;

describe("references", () => {
  it.each([
    [ref("HOST"), "wiki.example"],
    [`https://${ref("HOST")}/${ref("TEAM")}`, "https://wiki.example/Räuber 🐟"],
    [ref("NONE:-fallback"), "fallback"],
    [ref("NONE:-"), ""],
    [ref("EMPTY:-fallback"), "fallback"],
    [ref("EMPTY"), ""],
    [ref("NONE:-a:-b?c"), "a:-b?c"],
    [ref("HOST:?never told"), "wiki.example"],
    [`$${ref("HOST")}`, ref("HOST")],
    [`$$${ref("HOST")}`, `$${ref("HOST")}`],
    ["$HOST costs $5", "$HOST costs $5"],
    ["plain } text { here", "plain } text { here"],
  ])("%s becomes %s", (text, expected) => {
    const env = { HOST: "wiki.example", TEAM: "Räuber 🐟", EMPTY: "" };
    expect(expandVariables(text, scope(env))).toEqual({ text: expected });
  });

  it("what a variable holds is never expanded again, whatever it looks like", () => {
    const hostile = fc.constantFrom(
      ref("SECRET"),
      ref("SECRET:-x"),
      `$${ref("SECRET")}`,
      "env:SECRET",
      "file:/etc/passwd",
      ref("A"),
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(hostile, fc.string()), { minLength: 1, maxLength: 4 }), (parts) => {
        const value = parts.join("");
        const env = { A: value, SECRET: "canary" };
        expect(expandVariables(ref("A"), scope(env))).toEqual({ text: value });
        expect(expandCredential(ref("A"), scope(env))).toEqual({ text: value });
      }),
      { numRuns: 500 },
    );
  });

  it("text without a dollar sign passes untouched", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }).filter((text) => !text.includes("$")),
        (text) => {
          expect(expandVariables(text, scope())).toEqual({ text });
        },
      ),
    );
  });

  it("a credential may stand in a file beside the configuration; one line break at its end does not count", () => {
    const folder = mkdtempSync(join(tmpdir(), "headwater-secret-"));
    writeFileSync(join(folder, "token"), "s3cret with spaces\n");
    const here = { env: { DIR: folder }, folder };
    expect(expandCredential("file:token", here)).toEqual({ text: "s3cret with spaces" });
    expect(expandCredential(`file:${folder}/token`, here)).toEqual({ text: "s3cret with spaces" });
    expect(expandCredential(`file:${ref("DIR")}/token`, here)).toEqual({ text: "s3cret with spaces" });
    expect(expandCredential(`file://${folder}/token`, here)).toEqual({ text: "s3cret with spaces" });
  });

  it("an empty or huge secret file is refused", () => {
    const folder = mkdtempSync(join(tmpdir(), "headwater-secret-"));
    writeFileSync(join(folder, "empty"), "\n");
    writeFileSync(join(folder, "huge"), "x".repeat(70_000));
    expect(expandCredential("file:empty", { env: {}, folder })).toMatchObject({
      problem: expect.stringContaining("is empty"),
    });
    expect(expandCredential("file:huge", { env: {}, folder })).toMatchObject({
      problem: expect.stringContaining("64 KB"),
    });
  });

  it("paths start at the configuration's folder, and ~ is home", () => {
    expect(absolutePath("notes/./work", "/etc/headwater")).toBe("/etc/headwater/notes/work");
    expect(absolutePath("~/Notes", "/etc/headwater")).toBe(join(homedir(), "Notes"));
    expect(absolutePath("~", "/etc")).toBe(homedir());
    expect(absolutePath("~marta/x", "/etc")).toBe("/etc/~marta/x");
    expect(absolutePath("/srv/a", "/etc")).toBe("/srv/a");
  });
});
