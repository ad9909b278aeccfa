import { describe, expect, it } from "vitest";
import { extractText } from "../../src/extract/extract.ts";

const read = (bytes: Uint8Array | string, name: string, mime = "text/plain") =>
  extractText(Buffer.from(bytes as string), { mime, name })!;

describe("plain text", () => {
  it("is read in UTF-8 with a byte order mark and Windows line ends", () => {
    expect(read("\ufeffZeile eins\r\nZeile zwei\rdrei", "a.txt").text).toBe("Zeile eins\nZeile zwei\ndrei");
  });

  it("is read in UTF-16 with and without a mark", () => {
    expect(read(Buffer.from("\ufeffpřílohy", "utf16le"), "a.txt").text).toBe("přílohy");
    expect(read(Buffer.from("plain letters", "utf16le"), "a.txt").text).toBe("plain letters");
    expect(read(Buffer.from("plain letters", "utf16le").swap16(), "a.txt").text).toBe("plain letters");
  });

  it("falls back to the Windows Latin alphabet, or the declared one", () => {
    expect(read(Buffer.from([0x93, 0x46, 0xfc, 0x72, 0x94, 0x20, 0x80]), "a.txt").text).toBe("“Für” €");
    const russian = Buffer.from([0xf0, 0xd2, 0xc9, 0xd7, 0xc5, 0xd4]);
    expect(read(russian, "a.txt", "text/plain; charset=koi8-r").text).toBe("Привет");
  });

  it("loses control characters but keeps emoji and right-to-left letters", () => {
    expect(read("a\u0007b\u001b[31mc 👩‍🔬 שלום", "a.txt").text).toBe("ab[31mc 👩‍🔬 שלום");
  });

  it("names the language of source code and keeps the code as it is", () => {
    const code = "def f(x):\n\treturn x ** 2\n";
    expect(read(code, "f.py")).toEqual({ text: code, fields: { language: "python" }, warnings: [] });
  });

  it("is cut at the limit with a warning", () => {
    const long = "Satz für Satz.\n".repeat(1000);
    const cut = extractText(Buffer.from(long), { mime: "text/plain", name: "a.txt" }, { textLength: 5000 })!;
    expect(cut.text.length).toBeLessThanOrEqual(5000);
    expect(cut.text.endsWith("Satz.")).toBe(true);
    expect(cut.warnings).toEqual([`Only the first ${cut.text.length.toLocaleString("en-US")} characters were kept.`]);
  });
});

describe("a table of values", () => {
  it("becomes a Markdown table, quoted line breaks and pipes included", () => {
    const csv = 'Name,Note,Amount\r\n"Müller, Jan","two\nlines",3\r\nÇelik,"a|b ""c""",4\r\n';
    expect(read(csv, "a.csv", "text/csv")).toEqual({
      text: '| Name | Note | Amount |\n| --- | --- | --- |\n| Müller, Jan | two lines | 3 |\n| Çelik | a\\|b "c" | 4 |',
      fields: { rows: 2, columns: 3 },
      warnings: [],
    });
  });

  it("may be split by semicolons or tabs", () => {
    expect(read("Ort;Wert\nKöln;1,5\nBonn;2,5\n", "a.csv").text).toContain("| Köln | 1,5 |");
    expect(read("Ort\tWert\nKöln\t1,5\n", "a.tsv").text).toContain("| Köln | 1,5 |");
  });

  it("without a header gets column letters", () => {
    expect(read("1,2\n3,4\n", "a.csv").text).toBe("| A | B |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |");
  });

  it("of many rows is outlined", () => {
    const csv = `id,city\n${Array.from({ length: 8000 }, (_, row) => `${row},Stadt ${row}`).join("\n")}`;
    const { text, fields, warnings } = read(csv, "a.csv");
    expect(fields).toEqual({ rows: 8000, columns: 2 });
    expect(warnings).toEqual(["Only the first 5,000 of 8,000 rows are shown."]);
    expect(text.split("\n")).toHaveLength(5004);
  });

  it("with a quote that never closes is still read", () => {
    expect(read('a,b\n1,"open\n2,3\n', "a.csv").fields).toEqual({ rows: 1, columns: 2 });
  });
});
