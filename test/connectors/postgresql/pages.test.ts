import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { readPages } from "../../../src/connectors/postgresql/read.ts";
import { withPostgres } from "./place.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const LETTERS = `CREATE TABLE letters AS SELECT n AS id, CASE WHEN n <= 2000 THEN 'short' ELSE repeat('Ünterwegs 🌊 ', 5000) END AS body
  FROM generate_series(1, 2600) n`;
const ALL = { text: "SELECT id, body FROM letters ORDER BY id", values: [] };

await withPostgres("reading page by page", ({ database, source, context }) => {
  it("no page is kept once it was worked on, however long the transaction", async () => {
    const ctx = await context(await source(await database(LETTERS)));
    const pages: WeakRef<object>[] = [];
    for await (const rows of readPages(ctx, ALL, 50)) {
      pages.push(new WeakRef(rows));
      if (pages.length < 30) continue;
      await new Promise(setImmediate); // a WeakRef holds what it was made of until the turn is over
      collect();
      expect(pages.filter((page) => page.deref() !== undefined).length).toBeLessThan(5);
      break;
    }
    expect(pages).toHaveLength(30);
  });

  it("holds fewer rows where they are long, and misses none", async () => {
    const ctx = await context(await source(await database(LETTERS)));
    const [sizes, ids]: [number[], string[]] = [[], []];
    for await (const rows of readPages(ctx, ALL, 1000)) {
      sizes.push(rows.length);
      ids.push(...rows.map(([id]) => String(id)));
    }
    expect(ids).toEqual(Array.from({ length: 2600 }, (_, at) => String(at + 1)));
    expect(Math.max(...sizes)).toBe(1000); // of short ones
    expect(sizes.at(-2)).toBeLessThan(20);
  });
});
