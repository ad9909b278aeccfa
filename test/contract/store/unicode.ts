import * as fc from "fast-check";
import { expect, test } from "vitest";
import { EVERYTHING, note, type Worlds } from "./world.ts";

const STRINGS = [
  "Cafe\u0301 and Café",
  "👩‍👩‍👧 family 🏳️‍🌈 🇩🇪",
  "مرحبا بالعالم",
  "שלום עולם",
  "\u202Eright to left\u202C",
  "漢字仮名交じり文",
  "한국어 문장",
  "ไทย हिन्दी বাংলা தமிழ்",
  "Ελληνικά Кириллица",
  "nul \0 inside",
  "lone \ud800 high",
  "lone \udfff low",
  "\ufeffbyte order mark",
  "İstanbul ı ß ﬁ",
  "line\u2028separator\r\n\ttab",
  "`'\"%_[*?\\ --;/*",
  "",
];

/** Strings are kept as given, whatever they hold. */
export function testUnicode({ world, reopened }: Worlds): void {
  test("ids, titles, names, fields and texts of many scripts come back as given", async () => {
    const w = await world();
    const upserts = STRINGS.map((text, index) =>
      note(`${index} ${text}`, {
        text,
        title: text,
        version: text,
        parent: text,
        url: `https://x.example/${text}`,
        container: `c${text}`,
        authors: [`user:${text}`],
        tags: [text],
        aliases: [`alias ${index} ${text}`],
        fields: { [text]: text },
        relations: [{ rel: "links", id: text, text }],
        handle: `h${text}`,
      }),
    );
    await w.apply({ upserts });
    const again = await reopened(w);
    for (const { item, text } of upserts) {
      expect(await again.get(item.id)).toMatchObject(item);
      expect(await again.text(item.id)).toBe(text);
      expect(await again.get(item.aliases[0] ?? "")).toMatchObject({ id: item.id });
      expect(await again.store.find(item.url ?? "", EVERYTHING)).toHaveLength(1);
      expect(await again.store.compare("notes", [item])).toMatchObject([{ state: "same" }]);
    }
    expect(await again.apply({ upserts })).toMatchObject({ unchanged: STRINGS.length, updated: 0 });
    expect(await again.store.verify("full")).toEqual([]);
  });

  test("any string at all comes back equal", async () => {
    const w = await world();
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", minLength: 1 }), fc.string({ unit: "binary" }), async (id, text) => {
        await w.apply({ upserts: [note(id, { text, title: text, version: text })] });
        expect(await w.text(id)).toBe(text);
        expect(await w.get(id)).toMatchObject({ id, title: text, version: text, textLength: text.length });
      }),
      { numRuns: 150 },
    );
  });

  test("words around odd characters are found", async () => {
    const w = await world();
    await w.apply({ upserts: [note("a", { text: "heron\0otter \ud800 beaver" })] });
    for (const word of ["heron", "otter", "beaver"]) expect(await w.found(word)).toEqual(["a"]);
  });
}
