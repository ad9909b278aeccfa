import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { INSTRUCTIONS, PER_SOURCE_INSTRUCTIONS } from "../../src/tools/instructions.ts";
import { LISTED_PROMPTS } from "../../src/tools/prompts.ts";
import { buildSurface } from "../../src/tools/surface.ts";
import { expectAsStored } from "../golden/as-stored.ts";

const VERSION = "0.0.0-test";
const SOURCES = ["notes", "mail", "tracker"];

function golden(name: string, actual: string): void {
  expectAsStored(fileURLToPath(new URL(`../golden/tools/${name}`, import.meta.url)), actual);
}

describe("what a client is shown", () => {
  it("tools/list is as stored", () => {
    const { listed } = buildSurface({ version: VERSION, sources: SOURCES });
    golden("tools.json", `${JSON.stringify(listed, null, 2)}\n`);
  });

  it("prompts and instructions are as stored", () => {
    golden("prompts.json", `${JSON.stringify(LISTED_PROMPTS, null, 2)}\n`);
    golden("instructions.md", `${INSTRUCTIONS}\n`);
    golden("instructions-per-source.md", `${PER_SOURCE_INSTRUCTIONS}\n`);
  });

  it("tools/list costs under 3,000 tokens, also with 24 sources", () => {
    const names = Array.from({ length: 24 }, (_, index) => `work-source-${index}`);
    for (const sources of [[], SOURCES, names]) {
      const json = JSON.stringify(buildSurface({ version: VERSION, sources }).listed);
      expect(json.length).toBeLessThanOrEqual(9000);
      expect(json.length / 3.6).toBeLessThan(2500);
    }
  });

  it("the instructions stay under 2,000 characters, where hosts cut", () => {
    for (const words of [INSTRUCTIONS, PER_SOURCE_INSTRUCTIONS]) expect(words.length).toBeLessThan(2000);
  });

  it("nothing a configuration says gets into descriptions or instructions of the default profile", () => {
    const { listed } = buildSurface({ version: VERSION, sources: ["canary-7f3a"] });
    const words = listed.map(({ title, description }) => `${title} ${description}`).join();
    expect(words + INSTRUCTIONS + JSON.stringify(LISTED_PROMPTS)).not.toContain("canary-7f3a");
    expect(JSON.stringify(listed)).toContain("canary-7f3a");
  });

  it("every tool states its effects and only syncing writes", () => {
    const { listed } = buildSurface({ version: VERSION, sources: SOURCES });
    for (const { annotations } of listed) expect(Object.values(annotations!)).toHaveLength(4);
    const writing = listed.filter(({ annotations }) => !annotations!.readOnlyHint).map(({ name }) => name);
    expect(writing).toEqual(["sync_source", "cancel_sync"]);
  });
});

describe("profiles and allow-lists", () => {
  it("serves five tools per source with valid, distinct names", () => {
    const odd = ["notes", "Notes", "my notes", "my.notes", "café", "x".repeat(80), `${"x".repeat(79)}y`];
    const { listed } = buildSurface({ version: VERSION, sources: odd, profile: "per-source" });
    const names = listed.map(({ name }) => name);
    expect(names).toHaveLength(35);
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(35);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    expect(names.slice(0, 5)).toEqual(["notes_test", "notes_list", "notes_search", "notes_sync", "notes_fetch"]);
    expect(JSON.stringify(listed[2]!.inputSchema)).not.toContain('"sources"');
  });

  it("warns above 40 tools and about allowed names that do not exist", () => {
    const sources = Array.from({ length: 9 }, (_, index) => `s${index}`);
    expect(buildSurface({ version: VERSION, sources, profile: "per-source" }).warnings[0]).toContain("45 tools");
    const narrow = buildSurface({ version: VERSION, sources, allow: ["search", "fetsch"] });
    expect(narrow.listed.map(({ name }) => name)).toEqual(["search"]);
    expect(narrow.warnings[0]).toContain('"fetsch"');
  });
});
