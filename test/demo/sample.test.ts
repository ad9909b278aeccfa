import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { files } from "../../src/connectors/files/index.ts";
import type { SyncReport } from "../../src/model/index.ts";
import { loadConfig, readConfig } from "../../src/sources/load-config.ts";
import { TestWorkplace } from "../contract/workplace.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const vault = join(root, "examples", "workspace");

describe("the sample vault", () => {
  let place: TestWorkplace;
  let report: SyncReport;
  beforeAll(async () => {
    place = await TestWorkplace.open({ id: "trust", connector: files, config: { paths: vault } });
    report = await place.sync("trust");
  });
  afterAll(() => place.close());

  it("is read without a failure and holds more than seventy notes", async () => {
    expect(report).toMatchObject({ state: "succeeded", failed: 0 });
    const [stats] = await place.store.stats(["trust"]);
    expect(stats?.byKind.note).toBeGreaterThan(70);
    expect(stats?.bodiesDue).toBe(0);
  });

  it("has no wikilink that leads nowhere", async () => {
    const dangling: string[] = [];
    for (const id of (await place.stored("trust")).keys()) {
      const related = await place.store.related("trust", id, "everything", 100);
      for (const { direction, item, target } of related)
        if (direction === "out" && !item && !target?.startsWith("https:")) dangling.push(`${id} → ${target}`);
    }
    expect(dangling).toEqual([]);
  });

  it("tells the same facts in every kind of document", async () => {
    const facts: Record<string, string[]> = {
      "Attachments/ACF award letter.pdf": ["second instalment of £24,000", "30 January 2026"],
      "Attachments/Interim report ACF-2025-118.docx": ["| Trout redds (November) | 3 in 2024 |", "1,846 hours"],
      "Attachments/Budget 2026.xlsx": ["| 2026-02-19 | Grant |", "| Left at the end of 2026 | 2900 |"],
      "Attachments/Fernley second step.eml": ["reads the turbidity meter all day", "Right half, upper two courses"],
      "Attachments/levels-2025-12.csv": ["peak 2.31 m at K2 at 04:15"],
      "Valley.canvas": ["Nine kilometres", "Otter Bend → Tanner's Weir: 1.7 km"],
      "People/山田 遥.md": ["family name first"],
      "Field notes/🦦 Otter Bend sightings.md": ["one mink removed on 4 October"],
    };
    const stored = await place.stored("trust");
    for (const [id, sentences] of Object.entries(facts))
      for (const sentence of sentences) expect(stored.get(id)?.text, id).toContain(sentence);
  });

  it("keeps what authors hid from readers out of the text", async () => {
    expect((await place.stored("trust")).get("Decision log.md")?.text).not.toContain("blue folder");
  });

  it("takes less than one and a half megabytes", () => {
    const all = readdirSync(vault, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const bytes = all.reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
    expect(bytes).toBeLessThan(1_500_000);
  });
});

describe("configurations that we show", () => {
  it("are right in examples/headwater.yaml", async () => {
    const config = await loadConfig({ configPath: join(root, "examples", "headwater.yaml") });
    expect(config.mistakes).toEqual([]);
    expect(config.warnings).toEqual([]);
    expect(config.sources.map(({ entry }) => entry.id)).toEqual(["trust"]);
  });

  it("are right when the parts that are switched off are switched on", async () => {
    const [above, below = ""] = readFileSync(join(root, "examples", "headwater.yaml"), "utf8").split(/(?=^version)/m);
    const text = above + below.replace(/^( *)# (?=papers:|work:| {2,}\w|server:)/gm, "$1");
    const config = await readConfig(text, join(root, "examples", "headwater.yaml"), {
      env: { HEADWATER_TOKEN: "an example token" },
    });
    expect(config.mistakes).toEqual([]);
    expect(config.sources.map(({ entry }) => entry.id)).toEqual(["trust", "papers", "work"]);
    expect(config.server.http.token).toBe("an example token");
  });

  it.each(["README.md", "docs/operations.md", "docs/connectors/files.md"])("are right in %s", async (page) => {
    const blocks = [...readFileSync(join(root, page), "utf8").matchAll(/^( *)```yaml\n([\s\S]*?)^ *```$/gm)];
    expect(blocks.length).toBeGreaterThan(0);
    for (const [, indent = "", block = ""] of blocks) {
      const text = block.replaceAll(new RegExp(`^${indent}`, "gm"), "");
      const env = { LAPTOP_TOKEN: "a token for the laptop", GROUP_TOKEN: "a token for the group" };
      const config = await readConfig(text, join(root, "headwater.yaml"), { env });
      expect(config.mistakes, text).toEqual([]);
      expect(config.warnings, text).toEqual([]);
    }
  });
});
