import { expect, it } from "vitest";
import { nextMark, writtenSince } from "../../../src/connectors/postgresql/moment.ts";
import { rowIds, withPostgres } from "./place.ts";

const TABLE = "CREATE TABLE t (id int PRIMARY KEY, name text, body text, updated_at timestamptz DEFAULT now())";
const fill = (from: number, to: number, at = "now()") =>
  `INSERT INTO t SELECT n, 'Row ' || n, 'Body ' || n, ${at} FROM generate_series(${from}, ${to}) n`;
const QUIET = { state: "succeeded", added: 0, updated: 0, deleted: 0, failed: 0 };

await withPostgres("what changed", ({ server, database, source, context }) => {
  for (const incrementalMode of ["timestamp", "xmin"])
    it(`by ${incrementalMode}: a thousand rows of one time across page borders are all there, and cost nothing again`, async () => {
      const shop = await database(TABLE, fill(1, 1000, "'2026-01-01 10:00:00.123456+00'"));
      const place = await source(shop, { incrementalMode, batchSize: 97 });
      expect(await place.sync("shop")).toMatchObject({ added: 1000 });
      await shop.run("UPDATE t SET updated_at = '2030-01-01 10:00:00.654321+00', body = 'New ' || id");
      expect(await place.sync("shop")).toMatchObject({ added: 0, updated: 1000, deleted: 0 });
      expect(await place.sync("shop")).toMatchObject(QUIET);
    });

  for (const incrementalMode of ["timestamp", "xmin"])
    it(`by ${incrementalMode}: what a long transaction commits late, with an older time, is found`, async () => {
      const shop = await database(TABLE, fill(1, 5));
      const place = await source(shop, { incrementalMode, safetyLagSeconds: 0 });
      await place.sync("shop");
      const late = await server.connect(shop.name);
      await late.query("BEGIN");
      await late.query(fill(6, 6)); // now() is the beginning of this transaction
      await new Promise((resolve) => setTimeout(resolve, 20));
      await shop.run(fill(7, 7));
      expect(await place.sync("shop")).toMatchObject({ added: 1 });
      await shop.run(fill(8, 8));
      expect(await place.sync("shop")).toMatchObject({ added: 1 });
      await late.query("COMMIT");
      await late.end();
      expect(await place.sync("shop")).toMatchObject({ added: 1 });
      expect([...(await place.stored("shop")).keys()].sort()).toEqual(await rowIds(shop, "t"));
      expect(await place.sync("shop")).toMatchObject(QUIET);
    });

  it("by time: a row with an old time, or whose time did not move, is found within six hours", async () => {
    const shop = await database(TABLE, fill(1, 5));
    const place = await source(shop, { incrementalMode: "timestamp" });
    await place.sync("shop");
    await place.sync("shop");
    await shop.run(fill(6, 6, "'2020-01-01'"), "UPDATE t SET body = 'Mended' WHERE id = 1");
    await shop.run("UPDATE t SET updated_at = '2020-01-01' WHERE id = 1");
    place.clock.move(7 * 3_600_000);
    expect(await place.sync("shop")).toMatchObject({ added: 1, updated: 1, mode: "incremental" });
  });

  it("by time: rows without a time are read apart", async () => {
    const shop = await database(TABLE, fill(1, 3, "NULL"));
    const place = await source(shop, { incrementalMode: "timestamp" });
    expect(await place.sync("shop")).toMatchObject({ added: 3 });
    await place.sync("shop");
    await shop.run(fill(4, 4, "NULL"), "UPDATE t SET body = 'New' WHERE id = 1");
    expect(await place.sync("shop")).toMatchObject({ added: 1, updated: 1 });
  });

  it("a row that is marked as deleted goes with the next sync, and comes back when the mark goes", async () => {
    const shop = await database(
      `${TABLE}`,
      "ALTER TABLE t ADD deleted_at timestamptz",
      "INSERT INTO t VALUES (1, 'a'), (2, 'b')",
    );
    const place = await source(shop, { deletedColumn: "deleted_at" });
    expect(await place.sync("shop")).toMatchObject({ added: 2 });
    await shop.run("UPDATE t SET deleted_at = now() WHERE id = 1");
    expect(await place.sync("shop")).toMatchObject({ added: 0, deleted: 1, mode: "incremental" });
    await expect(place.engine.fetch("shop/public.t:1", { live: true })).rejects.toMatchObject({ kind: "not_found" });
    await shop.run("UPDATE t SET deleted_at = NULL WHERE id = 1");
    expect(await place.sync("shop")).toMatchObject({ added: 1, deleted: 0 });
  });

  it("a row that where no longer takes goes with the next sync", async () => {
    const shop = await database(
      "CREATE TABLE t (id int PRIMARY KEY, status text, size int)",
      "INSERT INTO t VALUES (1, 'open', 1), (2, 'open', 9), (3, 'spam', 1), (4, NULL, 1)",
    );
    const place = await source(shop, { where: { "public.t": { status: { not: "spam" }, size: { before: 5 } } } });
    await place.sync("shop");
    expect([...(await place.stored("shop")).keys()].sort()).toEqual(["public.t:1", "public.t:4"]);
    await shop.run("UPDATE t SET status = 'spam' WHERE id = 1", "UPDATE t SET size = 2 WHERE id = 2");
    expect(await place.sync("shop")).toMatchObject({ added: 1, deleted: 1, mode: "incremental" });
  });

  it("deleted rows are found by their keys once a day; many at once only with consent", async () => {
    const shop = await database(TABLE, fill(1, 100));
    const place = await source(shop);
    await place.sync("shop");
    await shop.run("DELETE FROM t WHERE id <= 10");
    expect(await place.sync("shop")).toMatchObject(QUIET);
    place.clock.move(25 * 3_600_000);
    expect(await place.sync("shop")).toMatchObject({ deleted: 10, mode: "full" });
    await shop.run("DELETE FROM t WHERE id <= 60");
    expect(await place.sync("shop", { full: true })).toMatchObject({ deleted: 0, held: [{ missing: 50, total: 90 }] });
    expect(await place.sync("shop", { full: true, acceptDeletions: true })).toMatchObject({ deleted: 50, held: [] });
  });

  it("TRUNCATE is noticed at once, and nothing goes before somebody says yes", async () => {
    const shop = await database(TABLE, fill(1, 20));
    const place = await source(shop);
    await place.sync("shop");
    await shop.run("TRUNCATE t", fill(100, 103));
    expect(await place.sync("shop")).toMatchObject({ added: 4, deleted: 0, mode: "full", held: [{ missing: 20 }] });
    await place.sync("shop", { full: true, acceptDeletions: true });
    expect([...(await place.stored("shop")).keys()].sort()).toEqual(await rowIds(shop, "t"));
  });

  it("a new column, a renamed one and one of another type are read anew, whole", async () => {
    const shop = await database(TABLE, fill(1, 3));
    const place = await source(shop);
    await place.sync("shop");
    await shop.run("ALTER TABLE t ADD mood text DEFAULT 'calm'", "ALTER TABLE t RENAME body TO words");
    expect(await place.sync("shop")).toMatchObject({ updated: 3, added: 0, deleted: 0 });
    expect(await place.store.text("shop", "public.t:1", "everything")).toBe("words: Body 1\nmood: calm");
    await shop.run("ALTER TABLE t ALTER mood DROP DEFAULT, ALTER mood TYPE int USING 7");
    expect(await place.sync("shop")).toMatchObject({ updated: 3 });
    expect(await place.store.item("shop", "public.t:1", "everything")).toMatchObject({ fields: { mood: 7 } });
  });

  it("partitions are read through their table, and a new one is seen", async () => {
    const shop = await database(
      "CREATE TABLE t (id int, day date, body text, PRIMARY KEY (id, day)) PARTITION BY RANGE (day)",
      "CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')",
      "INSERT INTO t VALUES (1, '2026-01-05', 'January')",
    );
    const place = await source(shop);
    await place.sync("shop");
    await shop.run(
      "CREATE TABLE t_2 PARTITION OF t FOR VALUES FROM ('2026-02-01') TO ('2026-03-01')",
      "INSERT INTO t VALUES (2, '2026-02-05', 'February')",
      "UPDATE t SET body = 'January, mended' WHERE id = 1",
    );
    expect(await place.sync("shop")).toMatchObject({ added: 1, updated: 1 });
    expect([...(await place.stored("shop")).keys()].sort()).toEqual(["public.t:1,2026-01-05", "public.t:2,2026-02-05"]);
  });

  it("views, materialized views and queries are followed like tables", async () => {
    const shop = await database(
      TABLE,
      fill(1, 4),
      "CREATE VIEW even AS SELECT * FROM t WHERE id % 2 = 0",
      "CREATE MATERIALIZED VIEW odd AS SELECT id, body FROM t WHERE id % 2 = 1",
    );
    const queries = [
      { name: "big", sql: "SELECT id, body AS words, updated_at FROM t WHERE id > 3 -- all;", idColumns: ["id"] },
    ];
    const place = await source(shop, { tables: ["even", "odd"], queries });
    expect(await place.sync("shop")).toMatchObject({ state: "succeeded", added: 2 + 2 + 1, failures: [] });
    await shop.run("UPDATE t SET body = 'New', updated_at = now() WHERE id = 4", "REFRESH MATERIALIZED VIEW odd");
    expect(await place.sync("shop")).toMatchObject({ updated: 2, added: 0 });
    const text = await place.store.text("shop", "query:big:4", "everything");
    expect(text).toBe("New");
    expect((await place.engine.fetch("shop/query:big:4", { live: true })).item.id).toBe("query:big:4");
  });

  it("a table without a key is read whole, its rows known by all their values", async () => {
    const shop = await database(
      "CREATE TABLE log (said text, n int)",
      "INSERT INTO log VALUES ('a', 1), ('b', NULL), ('b', NULL)",
    );
    const place = await source(shop);
    expect(await place.sync("shop")).toMatchObject({ added: 2 });
    expect(await place.sync("shop")).toMatchObject(QUIET);
    const [id] = [...(await place.stored("shop")).keys()];
    expect((await place.engine.fetch(`shop/${id}`, { live: true })).item.id).toBe(id);
    await shop.run("UPDATE log SET n = 2 WHERE said = 'a'");
    expect(await place.sync("shop", { full: true, acceptDeletions: true })).toMatchObject({ added: 1, deleted: 1 });
  });

  it("rows of a view that share a key, or have none, are named", async () => {
    const shop = await database(
      TABLE,
      fill(1, 3),
      "CREATE VIEW v AS SELECT nullif(id % 2, 0) AS id, body FROM t ORDER BY 1",
    );
    const place = await source(shop, { tables: ["v"] });
    const report = await place.sync("shop");
    expect(report).toMatchObject({ state: "partial", added: 1 });
    expect(report.failures.map((failure) => failure.message).join("\n")).toMatch(/have the same id[\s\S]*id is null/);
  });

  it("tables that come, go and are renamed are containers that come and go", async () => {
    const shop = await database(
      TABLE,
      fill(1, 2),
      "CREATE TABLE other (id int PRIMARY KEY, body text)",
      "INSERT INTO other VALUES (1, 'x')",
    );
    const place = await source(shop);
    await place.sync("shop");
    await shop.run("ALTER TABLE other RENAME TO another");
    expect(await place.sync("shop")).toMatchObject({ added: 1, lost: 1, deleted: 0 });
    await shop.run("ALTER TABLE another RENAME TO other");
    expect(await place.sync("shop")).toMatchObject({ lost: 1, deleted: 0 });
    expect([...(await place.stored("shop")).keys()].sort()).toEqual(["public.other:1", "public.t:1", "public.t:2"]);
  });

  it("a table that the options leave out is hidden at once", async () => {
    const shop = await database(
      TABLE,
      fill(1, 2),
      "CREATE TABLE other (id int PRIMARY KEY, body text)",
      "INSERT INTO other VALUES (1, 'x')",
    );
    const place = await source(shop);
    await place.sync("shop");
    place.sources.configure("shop", { connectionString: shop.url, describeTables: false, excludeTables: ["oth*"] });
    expect(await place.sync("shop")).toMatchObject({ lost: 1 });
    expect([...(await place.stored("shop")).keys()].sort()).toEqual(["public.t:1", "public.t:2"]);
  });

  it("the server's own search answers by a full text index, else by words", async () => {
    const shop = await database(
      "CREATE TABLE a (id int PRIMARY KEY, body text)",
      "CREATE INDEX ON a USING gin (to_tsvector('english', body))",
      "INSERT INTO a VALUES (1, 'The rivers are running high'), (2, 'Nothing here')",
      "CREATE TABLE b (id int PRIMARY KEY, body text)",
      "INSERT INTO b VALUES (1, '100% of the RIVER runs'), (2, '1000 of the river')",
    );
    const place = await source(shop);
    const ctx = await context(place);
    const { connector } = await place.sources.open("shop");
    const search = async (text: string) => (await connector.search?.(ctx, { text, limit: 10 })) ?? [];
    expect((await search("river run")).map((draft) => draft.id)).toEqual(["public.a:1", "public.b:1"]);
    expect((await search("100%")).map((draft) => draft.id)).toEqual(["public.b:1"]);
    expect(await search("'; DROP TABLE a; --")).toEqual([]);
  });
});

it("a floor rises only when the transactions of its moment have ended", () => {
  const at = (floor: string, oldest: bigint, next: bigint) => ({
    floor,
    oldest,
    next,
    readsBlocks: true,
    isReplica: false,
  });
  const first = nextMark({ floor: "1" }, at("2", 100n, 110n));
  expect(first).toMatchObject({ floor: "1", pending: { floor: "2", until: "110" } });
  const second = nextMark(first, at("3", 100n, 120n));
  expect(second).toMatchObject({ floor: "1", pending: { floor: "2", until: "110" } });
  const third = nextMark(second, at("4", 110n, 130n));
  expect(third).toMatchObject({ floor: "2", pending: { floor: "4", until: "130" } });
  expect(nextMark(third, at("5", 140n, 140n))).toMatchObject({ floor: "5", pending: undefined });
});

it("numbers of transactions are compared round the circle of 32 bits, and not over more than half of it", () => {
  const round = 1n << 32n;
  expect(writtenSince(round - 5n, round + 5n)).toContain(`- ${round - 5n} + 4294967296) % 4294967296 < 10`);
  expect(writtenSince(round + 5n, round + 5n + (1n << 31n))).toBeUndefined();
  expect(writtenSince(9n, 5n)).toBeUndefined();
});
