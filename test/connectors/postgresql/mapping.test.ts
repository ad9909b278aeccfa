import { expect, it } from "vitest";
import { withPostgres } from "./place.ts";

/** One column of each kind that databases hold, with values that readers stumble over. */
const ALL_KINDS = `
  CREATE TYPE mood AS ENUM ('calm', 'בסדר', 'very upset');
  CREATE DOMAIN postcode AS text CHECK (length(VALUE) < 12);
  CREATE TABLE everything (
    id bigint PRIMARY KEY, name text, mood mood, place postcode, small smallint, big bigint, exact numeric, money money,
    ratio double precision, done boolean, day date, at timestamp, at_zone timestamptz, span interval, clock time,
    doc jsonb, raw json, words text[], grid int[][], moods mood[], hours tstzrange, who uuid, net inet, picture bytea,
    words_index tsvector, doubled bigint GENERATED ALWAYS AS (big / 2) STORED, marks xml, updated_at timestamptz(6))`;
const ROW = `
  INSERT INTO everything (id, name, mood, place, small, big, exact, money, ratio, done, day, at, at_zone, span, clock, doc, raw,
    words, grid, moods, hours, who, net, picture, words_index, marks, updated_at) VALUES (
    1, 'Zoë 🐟', 'בסדר', '1010 AB', 7, 9007199254740993, 12345678901234567890.123456789, 12.5, 'NaN', true, '2026-02-28',
    '2026-03-29 02:30:00.123456', '2026-03-29 02:30:00.123456+02', '1 day 02:03:04.5', '25:00:00'::interval::time,
    '{"colour": {"name": "teal"}, "sizes": [1, 2.50], "n": 12345678901234567890}', '{"a":  1}',
    '{"plain","with, comma",NULL,"\\"quoted\\"","{brace}"}', '{{1,2},{3,4}}', '{calm,"very upset"}',
    '[2026-01-01 00:00+00,2026-01-02 00:00+00)', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '10.1.2.3/24', '\\xdeadbeef',
    to_tsvector('a b'), '<m/>', '2026-03-01 09:12:44.123456+00')`;

await withPostgres("what becomes of a row", ({ database, source }) => {
  it("keeps every digit, every microsecond and every element, and leaves out what only machines read", async () => {
    const shop = await source(await database(ALL_KINDS, ROW));
    expect(await shop.sync("shop")).toMatchObject({ state: "succeeded", added: 1, failures: [] });
    const item = await shop.store.item("shop", "public.everything:1", "everything");
    expect(item).toMatchObject({ title: "Zoë 🐟", kind: "row", updatedAt: "2026-03-01T09:12:44.123Z" });
    expect(item?.fields).toEqual({
      mood: "בסדר",
      small: 7,
      big: "9007199254740993",
      exact: "12345678901234567890.123456789",
      money: "$12.50",
      ratio: "NaN",
      done: true,
      day: "2026-02-28",
      at: "2026-03-29T02:30:00.123456Z",
      at_zone: "2026-03-29T00:30:00.123456Z",
      span: "P1DT2H3M4.5S",
      clock: "01:00:00",
      hours: '["2026-01-01 00:00:00+00","2026-01-02 00:00:00+00")',
      who: "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
      net: "10.1.2.3/24",
      doubled: 4503599627370496,
    });
    const text = await shop.store.text("shop", "public.everything:1", "everything");
    expect(text).toBe(
      [
        "mood: בסדר",
        "place: 1010 AB",
        'doc: { "n": 12345678901234567890, "sizes": [ 1, 2.50 ], "colour": { "name": "teal" } }',
        'raw: {"a":  1}',
        'words: plain, with, comma, "quoted", {brace}',
        "grid: 1, 2, 3, 4",
        "moods: calm, very upset",
        "marks: <m/>",
      ].join("\n"),
    );
  });

  it("makes titles, texts, addresses, authors and tags as templates say, each table in its own way", async () => {
    const shop = await source(
      await database(
        `CREATE TABLE articles (slug text PRIMARY KEY, headline text, body text, who text, words text, specs jsonb, public boolean)`,
        `CREATE TABLE notes (id int PRIMARY KEY, name text, body text)`,
        `INSERT INTO articles VALUES ('hoch/wasser ä', 'High water', 'The weir is {closed}.', ' marta@mill.example ', 'river, flood', '{"colour": {"name": "teal"}}', true)`,
        `INSERT INTO notes VALUES (1, 'Plain', 'A plain note.')`,
      ),
      {
        urlTemplate: "https://mill.example/{slug}",
        tables: [
          "notes",
          {
            name: "articles",
            titleTemplate: "{headline} ({specs.colour.name})",
            contentTemplate: "{{{slug}}}\n\n{body} {nothing}",
            authorColumn: "who",
            tagsColumn: "words",
          },
        ],
      },
    );
    await shop.sync("shop");
    const id = "public.articles:hoch/wasser ä";
    const item = await shop.store.item("shop", id, "everything");
    expect(item).toMatchObject({
      title: "High water (teal)",
      url: "https://mill.example/hoch%2Fwasser%20%C3%A4",
      authors: ["user:marta@mill.example"],
      tags: ["river", "flood"],
    });
    expect(await shop.store.text("shop", id, "everything")).toBe("{hoch/wasser ä}\n\nThe weir is {closed}. ");
    const note = await shop.store.item("shop", "public.notes:1", "everything");
    expect(note).toMatchObject({ title: "Plain" });
    expect(note?.url).toBeUndefined();
    expect(await shop.store.text("shop", "public.notes:1", "everything")).toBe("A plain note.");
    const found = await shop.engine.fetch("https://mill.example/hoch%2Fwasser%20%C3%A4");
    expect(found.item.id).toBe(id);
  });

  it("reads an address that is not stored yet back to its row", async () => {
    const desk = await database("CREATE TABLE t (id int PRIMARY KEY, note text)", "INSERT INTO t VALUES (7, 'Seven')");
    const shop = await source(desk, { urlTemplate: "https://desk.example/t/{id}" });
    expect((await shop.engine.fetch("https://desk.example/t/7")).item.id).toBe("public.t:7");
    await expect(shop.engine.fetch("https://desk.example/t/x")).rejects.toMatchObject({ kind: "not_found" });
  });

  it("links rows by their foreign keys, composite ones too, and hangs comments from their ticket", async () => {
    const shop = await source(
      await database(
        "CREATE TABLE shelves (hall text, nr int, label text, PRIMARY KEY (hall, nr))",
        "CREATE TABLE tickets (id int PRIMARY KEY, title text, hall text, nr int, FOREIGN KEY (nr, hall) REFERENCES shelves (nr, hall))",
        "CREATE TABLE comments (id int PRIMARY KEY, ticket_id int REFERENCES tickets, body text, seen boolean)",
        "INSERT INTO shelves VALUES ('A,B', 1, 'Top')",
        "INSERT INTO tickets VALUES (1, 'It leans', 'A,B', 1), (2, 'Half a key', NULL, 1)",
        "INSERT INTO comments VALUES (10, 1, 'It fell.', true)",
      ),
      { tables: ["shelves", "tickets", { name: "comments", parentColumn: "ticket_id" }] },
    );
    await shop.sync("shop");
    const related = async (id: string) =>
      (await shop.store.related("shop", id, "everything")).map((one) => `${one.direction} ${one.rel} ${one.item?.id}`);
    expect(await related("public.tickets:1")).toEqual(
      expect.arrayContaining(["out links public.shelves:A%2CB,1", "in parent public.comments:10"]),
    );
    expect(await related("public.tickets:2")).toEqual([]);
    expect(await shop.store.item("shop", "public.comments:10", "everything")).toMatchObject({
      parent: "public.tickets:1",
    });
  });

  it("turns documents in rows into text", async () => {
    const shop = await source(
      await database(
        "CREATE TABLE files (id int PRIMARY KEY, name text, kind text, data bytea, pages int)",
        `INSERT INTO files VALUES (1, 'minutes.html', 'text/html', convert_to('<h1>Minutes</h1><p>The weir stays open.</p>', 'UTF8'), 2),
          (2, 'empty', NULL, NULL, 0)`,
      ),
      { mimeColumn: "kind" },
    );
    expect(await shop.sync("shop")).toMatchObject({ state: "succeeded", added: 2 });
    expect(await shop.store.text("shop", "public.files:1", "everything")).toContain("The weir stays open.");
    const item = await shop.store.item("shop", "public.files:1", "everything");
    expect(item).toMatchObject({ body: { mime: "text/html", bytes: 43 }, fields: { pages: 2 } });
  });

  it("cuts long values, never in the middle of a character, and says so", async () => {
    const shop = await source(
      await database(
        "CREATE TABLE logs (id int PRIMARY KEY, body text)",
        "INSERT INTO logs VALUES (1, repeat('x', 99) || repeat('🐟', 5000000))",
      ),
      { maxCellChars: 100 },
    );
    await shop.sync("shop");
    const text = await shop.store.text("shop", "public.logs:1", "everything");
    expect(text).toBe(`${"x".repeat(99)}… (cut at 100 characters)`);
  });

  it("reads times without a zone in the zone of the options, and none that no calendar holds", async () => {
    const times = `INSERT INTO t VALUES (1, '2026-07-01 12:00:00.5'), (2, 'infinity'), (3, '0044-03-15 BC'), (4, '2026-01-01 12:00:00')`;
    const desk = await database("CREATE TABLE t (id int PRIMARY KEY, updated_at timestamp)", times);
    const shop = await source(desk, { timeZone: "Europe/Vienna" });
    await shop.sync("shop");
    const updated = async (id: number) => (await shop.store.item("shop", `public.t:${id}`, "everything"))?.updatedAt;
    expect([await updated(1), await updated(2), await updated(3), await updated(4)]).toEqual([
      "2026-07-01T10:00:00.500Z",
      undefined,
      undefined,
      "2026-01-01T11:00:00.000Z",
    ]);
  });

  it("describes each table, so that an assistant knows what there is", async () => {
    const desk = await database(
      "CREATE TABLE owners (id int PRIMARY KEY, name text)",
      "CREATE TABLE boats (id int PRIMARY KEY, owner_id int REFERENCES owners, length_m numeric(4,1))",
      "COMMENT ON TABLE boats IS 'Boats on the river.'; COMMENT ON COLUMN boats.length_m IS 'Over all,\nin metres.'",
    );
    const shop = await source(desk, { describeTables: true });
    await shop.sync("shop");
    expect(await shop.store.text("shop", "public.boats", "everything")).toBe(
      "Boats on the river.\n\nColumns of the table:\n- id: integer\n- owner_id: integer\n- length_m: numeric(4,1): Over all, in metres.\n\nRows are known by id.\n\nowner_id points to public.owners.",
    );
    expect(await shop.sync("shop")).toMatchObject({ added: 0, updated: 0 });
  });
});
