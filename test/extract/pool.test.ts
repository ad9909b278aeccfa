import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { canExtract, extractText, mimeOf } from "../../src/extract/extract.ts";
import { refusalOf, testExtractor } from "./sample.ts";

const page = (body: string) => Buffer.from(`<!doctype html><title>Sommerfest</title><body>${body}`);
const html = { mime: "text/html", name: "fest.html" };

describe("the extractor", () => {
  const extractor = testExtractor({ limits: { inputBytes: 12_000_000, memoryMb: 64 } });

  it("reads a stream of chunks as one document", async () => {
    const chunks = [
      Buffer.from("Grüße aus ").subarray(0, 4),
      Buffer.from("Grüße aus ").subarray(4),
      Buffer.from("Köln 🎡"),
    ];
    const read = await extractor.extract(Readable.from(chunks), { mime: "text/plain", name: "karte.txt" });
    expect(read.text).toBe("Grüße aus Köln 🎡");
  });

  it("leaves the caller's bytes intact", async () => {
    const bytes = new Uint8Array(page("<p>Beginn um acht</p>"));
    const first = await extractor.extract(bytes, html);
    const second = await extractor.extract(bytes, html);
    expect(first).toEqual(second);
    expect(first).toMatchObject({ title: "Sommerfest", text: "Beginn um acht" });
  });

  it("counts the bytes of a stream and refuses more than the limit", async () => {
    const endless = Readable.from(
      (function* () {
        while (true) yield Buffer.alloc(1_000_000, "a");
      })(),
    );
    const refused = await refusalOf(extractor.extract(endless, { mime: "text/plain", name: "endless.log" }));
    expect(refused.kind).toBe("too_large");
    expect(refused.message).toBe('"endless.log" is larger than 12 MB, the most that is read of one file.');
    expect(endless.destroyed).toBe(true);
  });

  it("ends a document that takes too long and reads the next one", async () => {
    const slow = testExtractor({ limits: { timeMs: 3 } });
    const big = page("<p><b>wort</b> ".repeat(500_000));
    const refused = await refusalOf(slow.extract(big, html));
    expect(refused.kind).toBe("too_large");
    expect(refused.message).toContain("took longer than");
    expect((await extractor.extract(page("<h1>Weiter</h1>"), html)).text).toBe("# Weiter");
  });

  it("refuses a document that needs too much memory and reads the next one in a fresh thread", async () => {
    const small = testExtractor({ limits: { memoryMb: 24, textLength: 50_000_000 } });
    const rows = "<tr><td>ein<td>zwei<td>drei".repeat(300_000);
    const refused = await refusalOf(small.extract(page(`<table>${rows}</table>`), html));
    expect(refused.kind).toBe("too_large");
    expect(refused.message).toContain("24 MB of memory");
    expect((await small.extract(page("<p>Danach</p>"), html)).text).toBe("Danach");
  });

  it("stops a waiting and a running document when asked, and only those", async () => {
    const abort = new AbortController();
    const big = page("<p><b>wort</b> ".repeat(300_000));
    const running = refusalOf(extractor.extract(big, { ...html, signal: abort.signal }));
    const waiting = refusalOf(extractor.extract(page("<p>nie</p>"), { ...html, signal: abort.signal }));
    const other = extractor.extract(page("<p>doch</p>"), html);
    abort.abort();
    expect((await running).kind).toBe("cancelled");
    expect((await waiting).kind).toBe("cancelled");
    expect((await other).text).toBe("doch");
  });

  it("refuses work after it is closed", async () => {
    const closed = testExtractor();
    await closed.close();
    expect((await refusalOf(closed.extract(page("<p>spät</p>"), html))).kind).toBe("cancelled");
  });

  it("tells a broken transfer from a broken file", async () => {
    const broken = new Readable({
      read() {
        this.destroy(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }));
      },
    });
    const refused = await refusalOf(extractor.extract(broken, html));
    expect(refused.kind).toBe("unavailable");
    expect(refused.message).not.toContain("ECONNRESET");
  });
});

describe("formats", () => {
  it("are known by name, and by bytes where those disagree", () => {
    expect(mimeOf("Protokoll.DOCX")).toContain("wordprocessingml");
    expect(mimeOf("Protokoll.docx", Buffer.from("%PDF-1.7\n"))).toBe("application/pdf");
    expect(mimeOf("notes.txt", Buffer.from([1, 2, 0, 255, 0, 3]))).toBe("application/octet-stream");
    expect(mimeOf("README", Buffer.from("Install it\n"))).toBe("text/plain");
    expect(mimeOf("constructor.constructor")).toBe("application/octet-stream");
  });

  it("without text are not extractable", () => {
    for (const name of ["a.png", "b.mp4", "c.zip", "d.doc", "e.bin"]) expect(canExtract(mimeOf(name))).toBe(false);
    for (const name of ["a.md", "b.ts", "c.csv", "d.pdf", "e.eml", "f.json", "g.xlsx", "h.html"]) {
      expect(canExtract(mimeOf(name))).toBe(true);
    }
  });

  it("that hold binary data under a text name are refused with a reason", async () => {
    const bytes = Uint8Array.from({ length: 600 }, (_, index) => (index * 7) % 256);
    const read = () => extractText(bytes, { mime: "text/plain", name: "garbage.txt" });
    expect(read).toThrow('"garbage.txt" holds binary data, not text, so there is nothing to read in it.');
  });
});
