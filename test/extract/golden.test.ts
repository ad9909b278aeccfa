import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { cleanText } from "../../src/extract/clean-text.ts";
import { mimeOf } from "../../src/extract/extract.ts";
import { expectAsStored } from "../golden/as-stored.ts";
import { EXAMPLES, workbook } from "./examples.ts";
import { fixture, refusalOf, testExtractor } from "./sample.ts";

const folder = fileURLToPath(new URL("../golden/extract/", import.meta.url));
const extractor = testExtractor();

/** What the document becomes, text first, then everything else that was found. */
async function rendered(name: string, bytes: Uint8Array): Promise<string> {
  const { text, ...facts } = await extractor.extract(bytes, { mime: mimeOf(name), name });
  expect(cleanText(text)).toBe(text);
  // LibreOffice writes the time of the conversion; it differs from build to build.
  const stable = { ...facts, ...(name.startsWith("trip") && { createdAt: undefined, updatedAt: undefined }) };
  return `${text}\n\n<!--\n${JSON.stringify(stable, null, 2)}\n-->\n`;
}

function expectGolden(name: string, actual: string): void {
  expectAsStored(`${folder}${name}.md`, actual);
}

describe("a document made by LibreOffice becomes the Markdown that was agreed on", () => {
  it.each(["trip.docx", "trip.odt", "trip.rtf", "trip.pdf", "levels.xlsx"])("%s", async (name) => {
    expectGolden(name, await rendered(name, fixture(name)));
  });

  it("unless it is protected by a password", async () => {
    const refused = await refusalOf(
      extractor.extract(fixture("locked.pdf"), { mime: "application/pdf", name: "locked.pdf" }),
    );
    expect(refused.kind).toBe("unsupported");
    expect(refused.message).toBe('"locked.pdf" is protected by a password, so its text cannot be read.');
    expect(refused.hint).toBe("Save a copy without the password, and sync once more.");
  });
});

describe("a document as the usual programs write it becomes the Markdown that was agreed on", () => {
  it.each(Object.keys(EXAMPLES))("%s", async (name) => {
    expectGolden(name, await rendered(name, EXAMPLES[name]!()));
  });
});

describe("a workbook of many rows", () => {
  it("is cut, with a word about it", async () => {
    const { text, warnings } = await extractor.extract(workbook(6000), {
      mime: mimeOf("trips.xlsx"),
      name: "trips.xlsx",
    });
    expect(text).toContain("| 5000 | Eintrag 5000 |");
    expect(text).not.toContain("Eintrag 5001");
    expect(warnings).toEqual(['Sheet "Log": Only the first 5,000 of 6,000 rows are shown.']);
  });
});
