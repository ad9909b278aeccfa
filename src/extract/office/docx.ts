import { MarkdownWriter } from "../markdown/writer.ts";
import type { Reading } from "../reading.ts";
import { corrupt } from "../refuse.ts";
import type { Extracted } from "../types.ts";
import { type BodyContext, DocxBody } from "./docx-body.ts";
import { readNumbering, readStyles } from "./docx-styles.ts";
import { mainPart, properties, relatedPart, relationsOf } from "./parts.ts";
import { readXmlPart } from "./xml.ts";
import { openZip, type ZipPackage } from "./zip.ts";

/**
 * A Word document as Markdown: headings, lists, tables, links, foot- and endnotes, text boxes. Deleted text of tracked
 * changes, comments, tables of contents, headers and footers are left out.
 */
export function readDocx(reading: Reading): Extracted {
  const { name, textLength } = reading;
  const zip = openZip(reading.bytes, name);
  const main = mainPart(zip, name, "word/document.xml");
  if (!zip.has(main)) throw corrupt(name, "Word document", "the part that holds its text is missing");
  const relations = relationsOf(zip, main, name);
  const context: BodyContext = {
    relations,
    styles: readStyles(zip, relatedPart(relations, "styles") ?? "word/styles.xml", name),
    numbering: readNumbering(zip, relatedPart(relations, "numbering") ?? "word/numbering.xml", name),
    notes: [],
  };
  const writer = new MarkdownWriter(textLength);
  readXmlPart(zip, main, name, new DocxBody(writer, context));
  const notes = {
    ...readNotes(zip, relatedPart(relations, "footnotes"), name, "footnote", context),
    ...readNotes(zip, relatedPart(relations, "endnotes"), name, "endnote", context),
  };
  context.notes.forEach((note, index) => {
    const text = notes[note];
    if (text !== undefined) writer.block(`[^${index + 1}]: ${text}`);
  });
  return { text: writer.toString(), ...properties(zip, "docProps/core.xml", name), fields: {}, warnings: [] };
}

/** Notes as one-line Markdown, by `footnote:<id>`. */
function readNotes(
  zip: ZipPackage,
  part: string | undefined,
  name: string,
  kind: "footnote" | "endnote",
  context: BodyContext,
): Record<string, string> {
  const notes: Record<string, string> = {};
  if (part === undefined) return notes;
  const noteContext = { ...context, relations: relationsOf(zip, part, name) };
  let writer = new MarkdownWriter(100_000);
  let body = new DocxBody(writer, noteContext);
  let id = "";
  readXmlPart(zip, part, name, {
    open(element, attributes) {
      if (element !== kind) return body.open(element, attributes);
      id = attributes["w:id"] ?? "";
      writer = new MarkdownWriter(100_000);
      body = new DocxBody(writer, noteContext);
      return undefined;
    },
    close(element) {
      if (element === kind) notes[`${kind}:${id}`] = writer.toString().trim().replace(/\s+/g, " ");
      else body.close(element);
    },
    text: (text) => body.text(text),
  });
  return notes;
}
