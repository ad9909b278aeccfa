// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of the configuration are written like this.
import { describe, expect, it } from "vitest";
import { CORPUS } from "./corpus.ts";
import { saysOf } from "./says.ts";

describe("a mistake in the configuration is told in one sentence that names the line, the key and what to do", () => {
  it.each(CORPUS)("$about", async ({ yaml, env, says }) => {
    expect(await saysOf(yaml, env)).toEqual(says);
  });

  it("the corpus holds at least 60 different mistakes, each with an answer", () => {
    expect(new Set(CORPUS.map((mistake) => mistake.yaml)).size).toBeGreaterThanOrEqual(60);
    expect(CORPUS.filter((mistake) => mistake.says.length === 0)).toEqual([]);
  });

  it("no sentence shows what a variable holds", async () => {
    const yaml =
      "sources:\n  a: { connector: demo, paths: ['${X}'], maxFileMb: '${X}', mode: '${X}', apiToken: '${X}', depth: '${X}' }\n";
    const told = (await saysOf(yaml, { X: "canary-0815" })).join("\n");
    expect(told).toContain('sources.a.mode must be one of "fast", "thorough", got "${X}"');
    expect(told).not.toContain("canary");
  });

  it("a disabled source may lack its variables", async () => {
    const yaml = "sources:\n  a: { connector: demo, enabled: false, paths: [/x], apiToken: '${NOT_SET}' }\n";
    expect(await saysOf(yaml)).toEqual([]);
  });
});
