import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { connectorsPage } from "../../scripts/docs/connectors-page.mjs";
import { fillCode } from "../../scripts/docs/fill-code.mjs";
import { CONNECTORS } from "../../src/connectors/index.ts";
import { ConfigFile, EngineKeys } from "../../src/sources/config-shape.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string) => readFileSync(root + path, "utf8");

/** The TypeScript files below a folder. */
function sourcesBelow(folder: string): string[] {
  return readdirSync(root + folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => `${folder}/${path}`);
}

/** The fenced blocks of one language in a Markdown page. */
function blocks(markdown: string, language: string): string[] {
  return [...markdown.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(
    ([, text]) => text ?? "",
  );
}

describe("the documents", () => {
  it("list every connector with its options as they are (else run: npm run docs)", async () => {
    const connectors = await Promise.all(Object.values(CONNECTORS).map((load) => load()));
    const { sync, limits } = ConfigFile.parse({});
    const engine = { keys: EngineKeys, defaults: { every: sync.every, limits } };
    expect(read("docs/connectors.md")).toBe(connectorsPage(connectors, root, engine));
  });

  it("show the example's code as it is compiled and tested (else run: npm run docs)", () => {
    const page = read("docs/adding-a-connector.md");
    expect(blocks(page, "ts").length).toBeGreaterThan(12);
    expect(page).toBe(fillCode(page, read));
  });

  it("show the example connector whole and in its order, so that who copies the blocks has the file", () => {
    const shown = blocks(read("docs/adding-a-connector.md"), "ts").join("\n");
    const squeezed = (text: string) => text.replace(/\s+/g, " ");
    const example = read("test/contract/example/fieldnotes.ts").replace("../../../src/connectors/kit/", "../kit/");
    expect(squeezed(shown)).toContain(squeezed(example).trim());
  });

  it("explain only sentences that headwater says", () => {
    const said = sourcesBelow("src").map(read).join("\n");
    const [, table = ""] = read("docs/connectors/github.md").split("| headwater says | do this |\n|---|---|\n");
    const sentences = [...table.matchAll(/^\| (.+?) \| .+ \|$/gm)].map(([, sentence]) => sentence ?? "");
    expect(sentences.length).toBeGreaterThan(15);
    const parts = sentences.flatMap((sentence) => sentence.split("…").map((part) => part.trim()));
    const unsaid = parts.filter((part) => part.length > 3 && !said.includes(part.replaceAll('"', '\\"')) && !said.includes(part));
    expect(unsaid).toEqual([]);
  });

  it("point only at files that exist", () => {
    const pages = [
      ...["README.md", "CONTRIBUTING.md"],
      ...["adding-a-connector", "clients", "connectors", "operations"].map((name) => `docs/${name}.md`),
    ];
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
