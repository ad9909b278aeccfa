import { deflateSync } from "node:zlib";
import type { Hostile } from "./packages.ts";

const FONT = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>";

/** Puts objects 1, 2, 3 … into a PDF with a correct cross-reference table. */
export function pdfFile(objects: (string | Buffer)[], trailer = ""): Buffer {
  const parts: Buffer[] = [Buffer.from("%PDF-1.7\n")];
  const offsets: number[] = [];
  let length = parts[0]!.length;
  objects.forEach((object, index) => {
    const part = Buffer.concat([
      Buffer.from(`${index + 1} 0 obj\n`),
      Buffer.from(object as string),
      Buffer.from("\nendobj\n"),
    ]);
    offsets.push(length);
    parts.push(part);
    length += part.length;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  const xref = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}`;
  parts.push(
    Buffer.from(
      `${xref}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R ${trailer} >>\nstartxref\n${length}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(parts);
}

export function stream(data: Buffer | string, dictionary = ""): Buffer {
  const bytes = Buffer.from(data as string);
  return Buffer.concat([
    Buffer.from(`<< /Length ${bytes.length} ${dictionary} >>\nstream\n`),
    bytes,
    Buffer.from("\nendstream"),
  ]);
}

const page = (contents: Buffer, catalog = "", resources = "") =>
  pdfFile([
    `<< /Type /Catalog /Pages 2 0 R ${catalog} >>`,
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> ${resources} >> >>`,
    contents,
    FONT,
  ]);

const say = (text: string) => `BT /F 12 Tf 50 700 Td (${text}) Tj ET\n`;

/** PDFs that loop, swell, lie and try to act. */
export const PDF: Hostile[] = [
  {
    what: "a page tree that holds itself",
    name: "tree.pdf",
    bytes: () =>
      pdfFile(["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 1000000 >>"]),
    refused: /not a readable PDF/,
  },
  {
    what: "a count of a million pages with one page",
    name: "count.pdf",
    bytes: () =>
      pdfFile([
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1000000 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
        stream(say("eine Seite")),
        FONT,
      ]),
  },
  {
    what: "a page whose text unpacks to 150 MB",
    name: "flate.pdf",
    bytes: () => page(stream(deflateSync(Buffer.alloc(150_000_000, say("wort "))), "/Filter /FlateDecode")),
    refused: /unpacks to more than 24 MB/,
  },
  {
    what: "a page of half a million words, one by one",
    name: "words.pdf",
    bytes: () => page(stream(deflateSync(Buffer.alloc(20_000_000, say("wort "))), "/Filter /FlateDecode")),
  },
  {
    what: "a stream packed five times over",
    name: "filters.pdf",
    bytes: () => {
      let data: Buffer = Buffer.alloc(100_000_000, say("wort "));
      for (let turn = 0; turn < 5; turn++) data = deflateSync(data);
      return page(stream(data, `/Filter [${"/FlateDecode ".repeat(5)}]`));
    },
    refused: /packed several times over/,
  },
  {
    what: "a form that draws itself",
    name: "form.pdf",
    bytes: () =>
      pdfFile([
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>",
        stream("/X Do /X Do"),
        stream("/X Do /X Do", "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >>"),
      ]),
  },
  {
    what: "scripts and launch actions",
    name: "actions.pdf",
    bytes: () =>
      page(
        stream(say("ruhig")),
        "/OpenAction << /S /JavaScript /JS (process.exit\\(7\\); app.launchURL\\('http://127.0.0.1:9/'\\)) >> /AA << /WC << /S /Launch /F (/bin/sh) >> >>",
      ),
  },
  {
    what: "a font whose matrix is code",
    name: "font.pdf",
    bytes: () =>
      Buffer.from(
        page(stream(say("ruhig")))
          .toString("latin1")
          .replace("/Subtype /Type1", "/Subtype /Type1 /FontMatrix [1 2 3 4 5 (0\\); process.exit\\(7\\))]"),
        "latin1",
      ),
  },
  {
    what: "a cross-reference table of four billion objects",
    name: "xref.pdf",
    bytes: () =>
      Buffer.from(
        "%PDF-1.7\nxref\n0 4294967295\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R /Size 4294967295 >>\nstartxref\n9\n%%EOF",
      ),
    refused: /not a readable PDF/,
  },
  {
    what: "cross-references that point at each other",
    name: "prev.pdf",
    bytes: () => pdfFile(["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 0 >>"], "/Prev 9"),
    refused: /not a readable PDF/,
  },
  {
    what: "an object stream that claims to hold itself",
    name: "objstm.pdf",
    bytes: () =>
      pdfFile([
        "<< /Type /Catalog /Pages 2 0 R >>",
        "3 0 R",
        stream(
          "2 0 << /Type /Pages /Kids [3 0 R] /Count 1 /Extends 3 0 R >>",
          "/Type /ObjStm /N 100000000 /First 4 /Extends 3 0 R",
        ),
      ]),
    refused: /not a readable PDF/,
  },
  {
    what: "arrays nested 100,000 deep",
    name: "arrays.pdf",
    bytes: () => pdfFile([`<< /Type /Catalog /Pages ${"[".repeat(100_000)} >>`]),
    refused: /not a readable PDF/,
  },
  {
    what: "an image of ten billion points",
    name: "image.pdf",
    bytes: () => page(stream(`${say("ruhig")} BI /W 100000 /H 100000 /CS /RGB /BPC 8 ID x EI`)),
  },
  {
    what: "noise behind the first line",
    name: "noise.pdf",
    bytes: () => Buffer.concat([Buffer.from("%PDF-1.7\n"), Buffer.alloc(2_000_000, "endobj 1 0 obj ")]),
    refused: /not a readable PDF/,
  },
  { what: "nothing at all", name: "empty.pdf", bytes: () => Buffer.alloc(0), refused: /the file is empty/ },
  {
    what: "half of a file",
    name: "half.pdf",
    bytes: () => page(stream(say("halb"))).subarray(0, 60),
    refused: /cut off before its end/,
  },
];
