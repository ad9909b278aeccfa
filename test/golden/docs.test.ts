import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { connectorsPage } from "../../scripts/docs/connectors-page.mjs";
import { CONNECTORS } from "../../src/connectors/index.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string) => readFileSync(root + path, "utf8");

/** The fenced blocks of one language in a Markdown page. */
function blocks(markdown: string, language: string): string[] {
  return [...markdown.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(
    ([, text]) => text ?? "",
  );
}

describe("the documents", () => {
  it("list every connector with its options as they are (else run: npm run docs)", async () => {
    const connectors = await Promise.all(Object.values(CONNECTORS).map((load) => load()));
    expect(read("docs/connectors.md")).toBe(connectorsPage(connectors, root));
  });

  it("show only code that is compiled and tested in the guide to adding a connector", () => {
    const files = ["jsonlines.ts", "jsonlines.test.ts"].map((name) => read(`test/contract/example/${name}`));
    const shown = blocks(read("docs/adding-a-connector.md"), "ts");
    expect(shown.length).toBeGreaterThan(5);
    for (const block of shown) {
      expect(
        files.some((file) => file.includes(block.trimEnd())),
        block,
      ).toBe(true);
    }
  });

  it("show the example connector whole", () => {
    const shown = blocks(read("docs/adding-a-connector.md"), "ts").join("\n");
    const missing = read("test/contract/example/jsonlines.ts")
      .split("\n")
      .filter((line) => line.trim() !== "" && !shown.includes(line));
    expect(missing).toEqual([]);
  });

  it("point only at files that exist", () => {
    const pages = ["README.md", "CONTRIBUTING.md", "docs/adding-a-connector.md", "docs/operations.md"];
    for (const page of pages) {
      const folder = page.includes("/") ? "docs/" : "";
      for (const [, target] of read(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g)) {
        expect(() => readFileSync(new URL(target ?? "", `file://${root}${folder}`)), `${page} → ${target}`).not.toThrow(
          /ENOENT/,
        );
      }
    }
  });
});
