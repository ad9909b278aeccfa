import { outlineTable } from "../markdown/table.ts";
import type { Reading } from "../reading.ts";
import { corrupt } from "../refuse.ts";
import type { Extracted } from "../types.ts";
import { type NumberLook, numberLook } from "./number-format.ts";
import { mainPart, properties, relatedPart, relationsOf } from "./parts.ts";
import { type CellContext, readSheet } from "./xlsx-sheet.ts";
import { attribute, readXmlPart, relationId } from "./xml.ts";
import { openZip, type ZipPackage } from "./zip.ts";

const MAX_SHEETS = 100;
const MAX_STRINGS = 500_000;
const MAX_STRINGS_LENGTH = 16_000_000;

interface Sheet {
  name: string;
  part: string | undefined;
}

/** A workbook as one Markdown table per sheet, with cached values of formulas; long sheets are outlined. */
export function readXlsx(reading: Reading): Extracted {
  const { name, textLength } = reading;
  const zip = openZip(reading.bytes, name);
  const main = mainPart(zip, name, "xl/workbook.xml");
  if (!zip.has(main)) throw corrupt(name, "spreadsheet", "the part that lists its sheets is missing");
  const relations = relationsOf(zip, main, name);
  const { sheets, from1904 } = readWorkbook(zip, main, name, (id) => relations.get(id)?.target);
  const context: CellContext = {
    strings: readStrings(zip, relatedPart(relations, "sharedStrings") ?? "", name),
    looks: readLooks(zip, relatedPart(relations, "styles") ?? "", name),
    from1904,
  };
  const warnings: string[] = [];
  const parts: string[] = [];
  let left = textLength;
  for (const sheet of sheets.slice(0, MAX_SHEETS)) {
    if (left <= 0 || sheet.part === undefined) break;
    const { rows, totalRows } = readSheet(zip, sheet.part, name, context);
    if (rows.length === 0) continue;
    const captions = captionsOf(rows);
    const below = rows.slice(captions.length);
    const table = outlineTable(below, { totalRows: totalRows - captions.length, maxLength: left });
    if (table.note !== undefined) warnings.push(`Sheet "${sheet.name}": ${table.note}`);
    const shownCaptions = captions.filter((caption) => caption !== sheet.name);
    parts.push([`## ${sheet.name}`, ...shownCaptions, table.markdown].join("\n\n"));
    left -= table.markdown.length;
  }
  if (parts.length < sheets.length && left <= 0)
    warnings.push(`Only ${parts.length} of ${sheets.length} sheets were kept.`);
  const fields = { sheets: sheets.slice(0, MAX_SHEETS).map((sheet) => sheet.name) };
  return { text: parts.join("\n\n"), ...properties(zip, "docProps/core.xml", name), fields, warnings };
}

/** Lines above the table proper: leading rows with one filled cell, where later rows have more. */
function captionsOf(rows: string[][]): string[] {
  const single = rows.findIndex((row) => row.filter((cell) => cell !== "").length > 1);
  return rows.slice(0, Math.max(single, 0)).map((row) => row.find((cell) => cell !== "") ?? "");
}

function readWorkbook(zip: ZipPackage, part: string, name: string, target: (id: string) => string | undefined) {
  const sheets: Sheet[] = [];
  let from1904 = false;
  readXmlPart(zip, part, name, {
    open(element, attributes) {
      if (element === "workbookPr") from1904 = /^(1|true)$/.test(attribute(attributes, "date1904") ?? "");
      if (element !== "sheet" || sheets.length >= 1000) return undefined;
      const sheetName = (attribute(attributes, "name") ?? `Sheet ${sheets.length + 1}`)
        .replace(/\s+/g, " ")
        .slice(0, 100);
      sheets.push({ name: sheetName, part: target(relationId(attributes) ?? "") });
      return undefined;
    },
  });
  return { sheets, from1904 };
}

/** Texts by number; what stands beyond half a million of them is only used by rows that are not shown. */
function readStrings(zip: ZipPackage, part: string, name: string): string[] {
  const strings: string[] = [];
  let text = "";
  let length = 0;
  let inText = false;
  readXmlPart(zip, part, name, {
    open(element) {
      if (element === "rPh") return "skip"; // pronunciation of Japanese names
      if (element === "si") text = "";
      inText = element === "t";
      return undefined;
    },
    close(element) {
      inText = false;
      if (element !== "si") return undefined;
      strings.push(text.slice(0, 32_767));
      length += text.length;
      return strings.length >= MAX_STRINGS || length > MAX_STRINGS_LENGTH ? "stop" : undefined;
    },
    text(piece) {
      if (inText) text += piece;
    },
  });
  return strings;
}

/** The look of numbers by cell style. */
function readLooks(zip: ZipPackage, part: string, name: string): NumberLook[] {
  const codes = new Map<number, string>();
  const looks: NumberLook[] = [];
  let inCells = false;
  readXmlPart(zip, part, name, {
    open(element, attributes) {
      const id = Number(attribute(attributes, "numFmtId"));
      if (element === "numFmt" && codes.size < 10_000) codes.set(id, attribute(attributes, "formatCode") ?? "");
      else if (element === "cellXfs") inCells = true;
      else if (element === "xf" && inCells && looks.length < 100_000) looks.push(numberLook(id, codes.get(id)));
      return undefined;
    },
    close(element) {
      return element === "cellXfs" ? "stop" : undefined;
    },
  });
  return looks;
}
