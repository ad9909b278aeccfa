import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Draft, Item } from "../../src/model/index.ts";
import { usualItem } from "../../src/sync/usual-item.ts";

const text = fc.oneof(fc.string(), fc.constantFrom("", "Ärger im Maschinenraum 🐦", "\uD800half", "שלום"));
const wrong = fc.constantFrom<unknown>("", null, 7, Number.NaN, {}, [], [1], "x", { mime: 1 }, [{ rel: 1 }]);

/** Drafts as connectors write them, some with a value where it does not belong or a key that nobody knows. */
const drafts = fc
  .record(
    {
      id: fc.string({ minLength: 1 }),
      kind: fc.constantFrom("note", "file"),
      title: text,
      version: text,
      url: text,
      container: text,
      parent: text,
      createdAt: text,
      updatedAt: text,
      authors: fc.array(text, { maxLength: 3 }),
      tags: fc.array(text, { maxLength: 3 }),
      text,
      body: fc.record({ mime: text, bytes: fc.double(), else: text }, { requiredKeys: ["mime"] }),
      fields: fc.oneof(fc.constant({}), fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 2 })),
      relations: fc.array(fc.record({ rel: text, id: text, url: text, more: text }, { requiredKeys: ["rel"] }), {
        maxLength: 2,
      }),
      aliases: fc.array(text, { maxLength: 3 }),
      handle: text,
      access: fc.constantFrom(undefined, undefined, "everyone", { allow: ["user:ada@example.org"] }),
      unknown: text,
    },
    { requiredKeys: ["id", "kind", "title", "version"] },
  )
  .chain((draft) =>
    fc
      .tuple(fc.boolean(), fc.constantFrom(...Object.keys(draft)), wrong)
      .map(([spoilt, key, value]) => (spoilt ? { ...draft, [key]: value } : draft)),
  );

describe("the quick check of a draft", () => {
  it("takes nothing that the schema refuses, and makes the same of what it takes", () => {
    let taken = 0;
    fc.assert(
      fc.property(drafts, (draft) => {
        const quick = usualItem(draft as Draft);
        if (quick === undefined) return;
        taken += 1;
        expect(quick).toEqual(Item.parse(draft));
      }),
      { numRuns: 3000 },
    );
    expect(taken).toBeGreaterThan(100);
  });

  it("takes a note as the folder connector lists it", () => {
    const note: Draft = {
      id: "Notes/Graureiher.md",
      kind: "note",
      title: "Graureiher",
      version: "12-1-2-1",
      url: "file:///srv/Notes/Graureiher.md",
      container: "Notes",
      updatedAt: "2026-03-01T10:00:00.000Z",
      aliases: ["Graureiher"],
      handle: "1:2:3",
      body: { mime: "text/markdown", bytes: 12 },
      relations: [{ rel: "links", id: "Wehr", text: "am Wehr" }],
    };
    expect(usualItem(note)).toEqual(Item.parse(note));
  });
});
