import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { expectAsStored } from "../../golden/as-stored.ts";
import { withPostgres } from "./place.ts";

const GOLDEN = fileURLToPath(new URL("../../golden/postgresql", import.meta.url));

/** A help desk, a shop and a clinic in one database, as people keep them. */
const SHOP = `
CREATE TYPE urgency AS ENUM ('low', 'normal', 'urgent');
CREATE TABLE customers (id int PRIMARY KEY, full_name text NOT NULL, city text, since date);
COMMENT ON TABLE customers IS 'Everybody who ever wrote to us.';
CREATE TABLE tickets (
  id bigint PRIMARY KEY, subject text, body text, urgency urgency, labels text[], customer_id int REFERENCES customers,
  reporter_email text, minutes_spent numeric(6,2), closed boolean, created_at timestamptz, updated_at timestamptz, deleted_at timestamptz);
COMMENT ON COLUMN tickets.minutes_spent IS 'By all of us together.';
CREATE TABLE ticket_comments (
  id int PRIMARY KEY, ticket_id bigint REFERENCES tickets, author text, body text, updated_at timestamptz);
CREATE TABLE products (sku text PRIMARY KEY, name text, specs jsonb, price numeric(10,2), in_stock int, tags text[], updated_at timestamp);
CREATE SCHEMA clinic;
CREATE TABLE clinic."Visit Notes" (
  "Patient No." text, visit int, "Seen at" timestamptz, note text, "Blutdruck (mmHg)" text, PRIMARY KEY ("Patient No.", visit));
INSERT INTO customers VALUES (17, 'Ayşe Yılmaz', 'İzmir', '2019-05-01'), (18, 'נועה לוי', 'תל אביב', NULL);
INSERT INTO tickets VALUES
  (4711, 'Printer on floor 3 prints green', E'Since Tuesday everything comes out *green*.\\n\\n1. I changed the cartridge.\\n2. I prayed.\\n\\nError: \`0x1F <toner>\`', 'urgent',
   '{printer,"floor 3","won''t fix?"}', 17, 'ayse@mill.example', 12.50, false, '2026-03-01 09:12:44.123456+00', '2026-03-02 07:00:00+00', NULL),
  (4712, 'שגיאה בהתחברות 😕', 'לא מצליחה להיכנס. The page says "403".', 'normal', '{}', 18, NULL, 0, true, '2026-03-01 10:00:00+00', NULL, NULL),
  (4713, 'Spam', 'Buy now', 'low', NULL, NULL, NULL, NULL, NULL, now(), now(), now());
INSERT INTO ticket_comments VALUES (1, 4711, 'otto', 'Have you tried the *other* tray?', '2026-03-02 07:00:00+00');
INSERT INTO products VALUES
  ('KET-02/b', 'Kettle „Wasserfall“', '{"colour": "teal", "volume_l": 1.70, "warranty": {"years": 2, "parts": ["lid", "cord"]}, "ean": 4006381333931000000001}',
   49.90, 12, '{kitchen,steel}', '2026-02-11 08:30:00');
INSERT INTO clinic."Visit Notes" VALUES
  ('A-9, 3%', 2, '2026-01-15 14:05:00+01', E'Patient reports knee pain (L > R) since ~3 weeks.\\nNo swelling; ROM 0–130°.\\nPlan: rest, review in 14 d.', '128/82');
`;

const OPTIONS = {
  schemas: ["public", "clinic"],
  describeTables: true,
  deletedColumn: "deleted_at",
  tables: [
    "customers",
    {
      name: "tickets",
      titleTemplate: "{subject} (#{id})",
      authorColumn: "reporter_email",
      tagsColumn: "labels",
      urlTemplate: "https://desk.example.com/tickets/{id}",
    },
    { name: "ticket_comments", parentColumn: "ticket_id", authorColumn: "author" },
    { name: "products", contentColumns: ["specs.colour", "specs.warranty.years", "specs"] },
    { name: "clinic.*", timestampColumn: "Seen at" },
  ],
};

await withPostgres("a help desk, a shop and a clinic", ({ database, source }) => {
  it("become the items and texts that were agreed on", async () => {
    const place = await source(await database(SHOP), OPTIONS);
    expect(await place.sync("shop")).toMatchObject({ state: "succeeded", failures: [] });
    const all: string[] = [];
    for await (const { item, text, relations } of place.store.everything({ sources: ["shop"] })) {
      const { version: _version, firstSeenAt: _first, changedAt: _changed, source: _source, ...steady } = item;
      all.push(`${JSON.stringify({ ...steady, relations }, null, 2)}\n\n${text}\n`);
    }
    expectAsStored(join(GOLDEN, "items.txt"), all.sort().join(`\n${"=".repeat(80)}\n\n`));
  });
});
