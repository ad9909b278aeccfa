import { gzipSync } from "node:zlib";
import { type ZipEntry, zipFile } from "./zip-file.ts";

/** A hostile document: reading it ends in a refusal, in text, or in either. */
export interface Hostile {
  what: string;
  name: string;
  bytes: () => Uint8Array;
  /** What its refusal says; undefined when it must be read. */
  refused?: RegExp;
}

const W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
const paragraph = (text: string) => `<w:p><w:r><w:t>${text}</w:t></w:r></w:p>`;
const documentXml = (body: string, doctype = "") =>
  `<?xml version="1.0" encoding="UTF-8"?>${doctype}<w:document ${W}><w:body>${body}</w:body></w:document>`;

function docx(body: string, doctype = "", more: ZipEntry[] = []): Buffer {
  return zipFile([{ name: "word/document.xml", data: documentXml(body, doctype) }, ...more]);
}

const megabytes = (count: number, text = " ") => text.repeat(Math.round((count * 1_000_000) / text.length));
const bombPart = { name: "word/document.xml", data: documentXml(megabytes(80, "<w:p/>")) };

/** Archive bombs. */
export const ARCHIVES: Hostile[] = [
  { what: "a flat zip bomb", name: "flat.docx", bytes: () => zipFile([bombPart]), refused: /200 times its size/ },
  {
    what: "a zip bomb that declares ten bytes",
    name: "lying.docx",
    bytes: () => zipFile([{ ...bombPart, says: { uncompressed: 10 } }]),
    refused: /200 times its size/,
  },
  {
    what: "overlapping entries",
    name: "overlapped.docx",
    bytes: () =>
      zipFile(
        Array.from({ length: 500 }, (_, n) => ({
          ...bombPart,
          data: "x".repeat(5000),
          name: `word/${n}.xml`,
          says: { offset: 0 },
        })),
      ),
    refused: /overlap/,
  },
  {
    what: "a zip in a zip in a zip",
    name: "nested.docx",
    bytes: () =>
      zipFile([
        { name: "word/document.xml", data: zipFile([{ name: "word/document.xml", data: zipFile([bombPart]) }]) },
      ]),
    refused: /XML inside is not in UTF/,
  },
  {
    what: "an entry that is the whole file, like a quine",
    name: "quine.docx",
    bytes: () =>
      zipFile([{ name: "word/document.xml", data: "PK", stored: true, says: { compressed: 0xffff, offset: 0 } }]),
    refused: /points outside/,
  },
  {
    what: "a zip64 count of nine quadrillion entries",
    name: "count64.docx",
    bytes: () => zipFile([bombPart], { zip64: { count: 9_007_199_254_740_991n } }),
    refused: /more than 10,000 parts/,
  },
  {
    what: "a zip64 list of contents beyond the end",
    name: "start64.docx",
    bytes: () => zipFile([bombPart], { zip64: { count: 1n, start: 1n << 60n } }),
    refused: /list of contents is damaged/,
  },
  {
    what: "gzip inside a zip",
    name: "gzip.docx",
    bytes: () => zipFile([{ name: "word/document.xml", data: gzipSync(megabytes(20)) }]),
    refused: /XML inside is not in UTF/,
  },
  {
    what: "gzip under an office name",
    name: "plain.docx",
    bytes: () => gzipSync(megabytes(80)),
    refused: /application\/gzip/,
  },
  {
    what: "an entry longer than the file",
    name: "long.docx",
    bytes: () => zipFile([{ ...bombPart, data: "<a/>", says: { compressed: 0x7fffffff } }]),
    refused: /points outside/,
  },
  {
    what: "sixty thousand entries",
    name: "many.docx",
    bytes: () => zipFile(Array.from({ length: 60_000 }, (_, n) => ({ name: `word/${n}`, data: "", stored: true }))),
    refused: /more than 10,000 parts/,
  },
  {
    what: "a count above the number of entries",
    name: "short.docx",
    bytes: () => zipFile([{ ...bombPart, data: "<a/>" }], { count: 9000 }),
    refused: /list of contents is damaged/,
  },
  {
    what: "an encrypted entry",
    name: "locked.docx",
    bytes: () => zipFile([{ ...bombPart, data: "<a/>", says: { flags: 1 } }]),
    refused: /protected by a password/,
  },
  {
    what: "a packing method from elsewhere",
    name: "lzma.docx",
    bytes: () => zipFile([{ ...bombPart, data: "<a/>", says: { method: 14 } }]),
    refused: /packed in a way/,
  },
  {
    what: "a zip cut in the middle",
    name: "cut.docx",
    bytes: () => docx(paragraph("Text")).subarray(0, 120),
    refused: /cut off/,
  },
  {
    what: "entries named after the prototype",
    name: "proto.docx",
    bytes: () =>
      docx(paragraph("harmlos"), "", [
        { name: "__proto__", data: "x" },
        { name: "constructor", data: "x" },
      ]),
  },
];

const laughs = Array.from({ length: 10 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join("");

/** Attacks on XML readers, inside packages. */
export const XML: Hostile[] = [
  {
    what: "a billion laughs",
    name: "laughs.docx",
    bytes: () => docx(paragraph("&l10;"), `<!DOCTYPE w [<!ENTITY l0 "ha">${laughs}]>`),
    refused: /declares entities/,
  },
  {
    what: "an entity that names a local file",
    name: "xxe-file.docx",
    bytes: () => docx(paragraph("&x;"), '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/hostname">]>'),
    refused: /declares entities/,
  },
  {
    what: "an entity that names a web address",
    name: "xxe-web.docx",
    bytes: () => docx(paragraph("&x;"), '<!DOCTYPE w [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd">%p;]>'),
    refused: /declares entities/,
  },
  {
    what: "a quadratic blow-up",
    name: "quadratic.docx",
    bytes: () => docx(paragraph("&a;".repeat(50_000)), `<!DOCTYPE w [<!ENTITY a "${"a".repeat(50_000)}">]>`),
    refused: /declares entities/,
  },
  {
    what: "an entity nobody declared",
    name: "unknown.docx",
    bytes: () => docx(paragraph("&constructor;")),
    refused: /malformed/,
  },
  {
    what: "elements 200,000 deep",
    name: "deep.docx",
    bytes: () =>
      zipFile([
        {
          name: "word/document.xml",
          data: documentXml("<w:x>".repeat(200_000) + "</w:x>".repeat(200_000)),
          stored: true,
        },
      ]),
    refused: /nested deeper/,
  },
  {
    what: "a million attributes on one element",
    name: "attributes.docx",
    bytes: () => docx(`<w:p ${Array.from({ length: 1_000_000 }, (_, n) => `a${n}=""`).join(" ")}/>`),
    refused: /longer than 4 million/,
  },
  {
    what: "an attribute of 12 MB",
    name: "value.docx",
    bytes: () =>
      zipFile([
        {
          name: "word/document.xml",
          data: documentXml(`<w:p a="${Buffer.alloc(12_000_000, "abcdefgh").toString()}"/>`),
          stored: true,
        },
      ]),
    refused: /longer than 4 million/,
  },
  {
    what: "a text of 12 MB",
    name: "text.docx",
    bytes: () =>
      zipFile([{ name: "word/document.xml", data: documentXml(paragraph(megabytes(12, "wort "))), stored: true }]),
    refused: /longer than 4 million/,
  },
  {
    what: "a comment of 12 MB",
    name: "comment.docx",
    bytes: () =>
      zipFile([{ name: "word/document.xml", data: documentXml(`<!--${megabytes(12, "wort ")}-->`), stored: true }]),
    refused: /longer than 4 million/,
  },
  {
    what: "tables nested 80 deep",
    name: "tables.docx",
    bytes: () => docx(`${"<w:tbl><w:tr><w:tc>".repeat(80)}${paragraph("innen")}${"</w:tc></w:tr></w:tbl>".repeat(80)}`),
  },
  {
    what: "a heading of three million blanks",
    name: "heading.docx",
    bytes: () => {
      const heading = `<w:p><w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:r><w:t>a${megabytes(3)}b</w:t></w:r></w:p>`;
      return zipFile([{ name: "word/document.xml", data: documentXml(heading), stored: true }]);
    },
  },
  {
    what: "styles based on themselves",
    name: "circle.docx",
    bytes: () =>
      docx(paragraph("rund"), "", [
        {
          name: "word/styles.xml",
          data: `<w:styles ${W}><w:style w:styleId="a"><w:basedOn w:val="b"/></w:style><w:style w:styleId="b"><w:basedOn w:val="a"/></w:style></w:styles>`,
        },
      ]),
  },
  {
    what: "a million paragraphs",
    name: "paragraphs.docx",
    bytes: () =>
      zipFile([{ name: "word/document.xml", data: documentXml(paragraph("a").repeat(600_000)), stored: true }]),
  },
];

const sheet = (rows: string) => `<worksheet><dimension ref="A1:XFD1048576"/><sheetData>${rows}</sheetData></worksheet>`;
const workbook: ZipEntry[] = [
  {
    name: "xl/workbook.xml",
    data: '<workbook xmlns:r="r"><sheets><sheet name="Blatt" r:id="r1"/></sheets></workbook>',
  },
  {
    name: "xl/_rels/workbook.xml.rels",
    data: '<Relationships><Relationship Id="r1" Type="/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
  },
];
const xlsx = (rows: string, more: ZipEntry[] = []) =>
  zipFile([...workbook, { name: "xl/worksheets/sheet1.xml", data: sheet(rows), stored: true }, ...more]);

/** Spreadsheets, presentations and OpenDocument texts out of proportion. */
export const OFFICE: Hostile[] = [
  {
    what: "half a million rows",
    name: "rows.xlsx",
    bytes: () => xlsx("<row><c><v>1</v></c><c><v>2</v></c></row>".repeat(500_000)),
  },
  {
    what: "rows with one cell in the last column",
    name: "wide.xlsx",
    bytes: () =>
      xlsx(
        Array.from(
          { length: 2000 },
          (_, n) => `<row r="${n + 1}"><c r="A${n + 1}"><v>1</v></c><c r="XFD${n + 1}"><v>2</v></c></row>`,
        ).join(""),
      ),
  },
  {
    what: "a row of 400,000 cells",
    name: "row.xlsx",
    bytes: () => xlsx(`<row>${"<c><v>1</v></c>".repeat(400_000)}</row>`),
  },
  {
    what: "two million shared texts",
    name: "strings.xlsx",
    bytes: () =>
      xlsx('<row><c t="s"><v>0</v></c></row>', [
        { name: "xl/sharedStrings.xml", data: `<sst>${"<si><t>x</t></si>".repeat(2_000_000)}</sst>`, stored: true },
      ]),
  },
  {
    what: "references to a text that is not there",
    name: "dangling.xlsx",
    bytes: () => xlsx('<row><c t="s"><v>99999999</v></c><c t="s"><v>-1</v></c><c><v>7</v></c></row>'),
  },
  {
    what: "thirty thousand slides that are all the same part",
    name: "slides.pptx",
    bytes: () =>
      zipFile([
        {
          name: "ppt/presentation.xml",
          data: `<p xmlns:r="r"><sldIdLst>${'<sldId r:id="r1"/>'.repeat(30_000)}</sldIdLst></p>`,
          stored: true,
        },
        {
          name: "ppt/_rels/presentation.xml.rels",
          data: '<R><Relationship Id="r1" Type="/slide" Target="slides/slide1.xml"/></R>',
        },
        { name: "ppt/slides/slide1.xml", data: `<sld><sp><p><r><t>${"Folie ".repeat(20_000)}</t></r></p></sp></sld>` },
      ]),
  },
  {
    what: "a cell repeated a billion times",
    name: "cells.odt",
    bytes: () =>
      zipFile([
        {
          name: "content.xml",
          data: `<o><table>${'<table-row><table-cell number-columns-repeated="1000000000"><p>x</p></table-cell><table-cell><p>y</p></table-cell></table-row>'.repeat(1000)}</table></o>`,
        },
      ]),
  },
];
