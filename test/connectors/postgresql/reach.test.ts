import { afterAll, afterEach, expect, it, vi } from "vitest";
import type { Page, Push } from "../../../src/model/index.ts";
import type { TestWorkplace } from "../../contract/workplace.ts";
import { startPgbouncer } from "../../setup/pgbouncer.ts";
import { type PostgresServer, startReplica } from "../../setup/postgres.ts";
import type { Database } from "./database.ts";
import { rowIds, withPostgres } from "./place.ts";

const SOON = { timeout: 20_000, interval: 50 };
const TICKETS =
  "CREATE TABLE tickets (id int PRIMARY KEY, title text, updated_at timestamptz DEFAULT clock_timestamp())";
const fill = (from: number, to: number) =>
  `INSERT INTO tickets SELECT n, 'Ticket ' || n || ' 🐟' FROM generate_series(${from}, ${to}) n`;

let replica: PostgresServer | undefined;
afterAll(() => replica?.close());
afterEach(async () => {
  await replica?.run("postgres", "SELECT pg_wal_replay_resume()");
});

await withPostgres(
  "other ways to the server",
  ({ server, database, source, context }) => {
    /** Everything that is there, and that nothing is left of what we set. */
    const isRead = async (place: TestWorkplace, shop: Database) => {
      expect([...(await place.stored("shop")).keys()].sort()).toEqual(await rowIds(shop, "tickets"));
    };

    it("through a pooler, by transaction and by session: everything is read, and nothing of ours stays in its connections", async () => {
      const shop = await database(TICKETS, fill(1, 500));
      const at = `port=${server.port} dbname=${shop.name} pool_size=1`;
      const bouncer = await startPgbouncer({
        lent: `${at} pool_mode=transaction`,
        held: `${at} pool_mode=session pool_size=6`,
        single: `${at} pool_mode=statement`,
      });
      if (bouncer === undefined) return;
      try {
        for (const [way, incrementalMode] of [
          ["lent", "xmin"],
          ["held", "timestamp"],
        ] as const) {
          const place = await source(shop, { connectionString: bouncer.url(way), batchSize: 50, incrementalMode });
          const { ok, account } = await place.engine.test("shop");
          expect(`${ok} ${account}`).toMatch(
            /^true owner on shop_\w+ at .* \(PostgreSQL 1\d\.\d+, through a pooler\)$/,
          );
          expect(await place.sync("shop")).toMatchObject({ failed: 0 });
          await shop.run(`UPDATE tickets SET title = 'Edited ${way}', updated_at = clock_timestamp() WHERE id <= 3`);
          await shop.run("DELETE FROM tickets WHERE id = (SELECT max(id) FROM tickets)");
          expect(await place.sync("shop")).toMatchObject({ updated: 3, failed: 0 });
          await place.sync("shop", { full: true });
          await isRead(place, shop);
          const { item } = await place.engine.fetch("shop/public.tickets:1", { live: true });
          expect(item.title).toBe(`Edited ${way}`);
        }
        const lent = await source(shop, { connectionString: bouncer.url("lent") });
        const { api } = await context(lent);
        const client = await api.connect();
        const { rows } = await client.query(
          "SELECT current_setting('statement_timeout') || ' ' || current_setting('transaction_read_only') || ' ' || current_setting('DateStyle')",
        );
        client.release();
        expect(Object.values(rows[0])).toEqual(["0 off ISO, MDY"]);
        const told = async (way: string) => {
          const { problem } = await (await source(shop, { connectionString: bouncer.url(way) })).engine.test("shop");
          return `${problem?.kind}: ${problem?.message} ${problem?.hint}`.replace(/127\.0\.0\.1:\d+/, "POOLER");
        };
        expect(await told("single")).toBe(
          "config: The pooler at POOLER lends a connection for one statement only, and headwater reads in transactions. " +
            "Set pool_mode = transaction for this database in pgbouncer.ini, or use the server's own address.",
        );
        expect(await told("other")).toBe(
          'config: The pooler at POOLER has no database "other". Correct database, or add it under [databases] in pgbouncer.ini.',
        );
        expect(await told("lent?options=-c%20work_mem%3D1MB")).toMatch(
          /^config: The pooler at POOLER refuses what connectionString asks for under options\. Leave options out/,
        );
        expect(await told("lent?user=stranger")).toMatch(
          /^auth: The pooler at POOLER does not let stranger in\. Correct/,
        );
      } finally {
        await bouncer.close();
      }
    });

    it("news through a pooler: refused where connections are lent, heard by session, and heard at the server itself", async () => {
      const shop = await database(TICKETS, fill(1, 5));
      const at = `port=${server.port} dbname=${shop.name}`;
      const bouncer = await startPgbouncer({ lent: `${at} pool_mode=transaction`, held: `${at} pool_mode=session` });
      if (bouncer === undefined) return;
      try {
        const news = { notifyChannel: "headwater" };
        const deaf = await source(shop, { ...news, connectionString: bouncer.url("lent") });
        const { missing } = await deaf.engine.test("shop");
        expect(missing).toEqual([
          {
            what: "News at once",
            why: `No news comes through the pooler at 127.0.0.1:${bouncer.port}, which lends a connection for one transaction only.`,
            how: "Set notifyAddress to the server's own, such as db.example.com:5432.",
          },
        ]);
        await expect(firstPush(deaf)).rejects.toMatchObject({ kind: "unsupported" });
        expect(server.log()).not.toContain('LISTEN "headwater"');
        for (const options of [
          { connectionString: bouncer.url("held") },
          { connectionString: `${bouncer.url("lent")}`, notifyAddress: `127.0.0.1:${server.port}/${shop.name}` },
        ]) {
          const place = await source(shop, { ...news, ...options });
          expect((await place.engine.test("shop")).missing.map(({ what }) => what)).toEqual([
            "News: the function that tells of changes",
            "News of public.tickets",
          ]);
          expect(await firstPush(place, () => shop.run("SELECT pg_notify('headwater', '')"))).toEqual({ stale: "all" });
        }
      } finally {
        await bouncer.close();
      }
    });

    it("from a replica: everything is read, test says what it means, and news is heard at the primary", async () => {
      const shop = await database(
        TICKETS,
        fill(1, 200),
        "CREATE UNLOGGED TABLE hasty (id int PRIMARY KEY)",
        `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'reader') THEN CREATE ROLE reader LOGIN; END IF; END $$`,
        "GRANT SELECT ON tickets TO reader",
      );
      replica ??= await startReplica(server, ["max_standby_streaming_delay=0"]);
      const copy = replica;
      const arrived = () => caughtUp(server, copy);
      const reached = { connectionString: copy.url(shop.name), user: "reader" };
      const place = await source(shop, { ...reached, notifyChannel: "headwater" });
      const answer = await place.engine.test("shop");
      expect(answer.account).toMatch(/^reader on shop_\w+ at 127\.0\.0\.1:\d+ \(PostgreSQL 1\d\.\d+, a replica\)$/);
      expect(answer.limits.join("\n")).toMatch(
        /the replica (has all that its primary sent|is \d+ s behind): a change is found/,
      );
      expect(answer.missing.map(({ what, how }) => `${what}: ${how}`)).toEqual([
        "public.hasty: Read it from the primary server, or leave it out: excludeTables.",
        "News at once: Set notifyAddress to the primary's own, such as db.example.com:5432.",
      ]);
      expect(await place.sync("shop")).toMatchObject({ added: 200, failed: 0 });
      await shop.run(
        "UPDATE tickets SET title = 'Edited' WHERE id = 7",
        "DELETE FROM tickets WHERE id = 8",
        fill(201, 210),
      );
      await arrived();
      expect(await place.sync("shop")).toMatchObject({ added: 10, updated: 1, failed: 0 });
      await place.sync("shop", { full: true });
      await isRead(place, shop);
      await expect(firstPush(place)).rejects.toMatchObject({ kind: "unsupported" });

      // News runs ahead of the replica: it is told on once the replica has what it is about.
      const notifyAddress = `127.0.0.1:${server.port}`;
      const heard = await source(shop, { ...reached, notifyChannel: "headwater", notifyAddress });
      const asked = () => copy.log().split("pg_last_wal_replay_lsn() >= $1").length;
      let before = Number.POSITIVE_INFINITY;
      const push = firstPush(heard, async () => {
        await copy.run("postgres", "SELECT pg_wal_replay_pause()");
        before = asked();
        const news = `{"table":"public.tickets","operation":"INSERT","id":["300"]}`;
        await shop.run(fill(300, 300), `SELECT pg_notify('headwater', '${news}')`);
      });
      let isTold = false;
      void push.then(() => {
        isTold = true;
      });
      await vi.waitFor(() => expect(asked()).toBeGreaterThan(before + 2), SOON);
      expect((await place.engine.test("shop")).warnings.join("\n")).toContain("SELECT pg_wal_replay_resume();");
      expect(isTold).toBe(false);
      await copy.run("postgres", "SELECT pg_wal_replay_resume()");
      expect(await push).toEqual({ refresh: ["public.tickets:300"] });
      expect((await heard.engine.fetch("shop/public.tickets:300", { live: true })).item.title).toBe("Ticket 300 🐟");
    });

    it("a replica that cancels a reading, or that is behind another one, costs a moment and no row", async () => {
      const shop = await database(TICKETS, fill(1, 60));
      replica ??= await startReplica(server, ["max_standby_streaming_delay=0"]);
      const copy = replica;
      await caughtUp(server, copy);
      // Slow until the replica has the deletion, for which it has to cancel the reading.
      const slow = (seconds: number) => {
        const pause = `CASE WHEN EXISTS (SELECT FROM tickets WHERE id > 50) THEN ${seconds} ELSE 0 END`;
        const sql = `SELECT id, title FROM tickets WHERE pg_sleep(${pause}) IS NOT NULL`;
        const queries = [{ name: "slow", sql, idColumns: ["id"] }];
        return source(shop, { connectionString: copy.url(shop.name), tables: ["none"], queries });
      };
      const [place, patient] = [await slow(0.2), await slow(8)];
      const syncing = place.sync("shop");
      await vi.waitFor(
        () =>
          expect(copy.log()).toMatch(
            /execute[^\n]*\n?[^\n]*FROM \(\s*SELECT id, title FROM tickets WHERE pg_sleep[\s\S]*LIMIT 20000/,
          ),
        SOON,
      );
      await shop.run("DELETE FROM tickets WHERE id > 50", "VACUUM tickets");
      const report = await syncing;
      expect(copy.log()).toContain("due to conflict with recovery");
      expect(report).toMatchObject({ failures: [] });
      expect((await place.stored("shop")).size).toBe(50);

      // What an assistant asks for is asked once more too.
      await shop.run(fill(51, 60));
      await caughtUp(server, copy);
      const told = (words: string | RegExp) => copy.log().split(words).length;
      const conflicts = () => told("due to conflict with recovery");
      const asked = () => told(/pg_sleep[^\n]*\n?[^\n]*LIMIT 1\b/);
      const before = { conflicts: conflicts(), asked: asked() };
      const seventh = [...(await place.stored("shop")).keys()].find((id) => id.endsWith(":7"));
      const fetching = patient.engine.fetch(`shop/${seventh}`, { live: true });
      fetching.catch(() => {}); // told below
      await vi.waitFor(() => expect(asked()).toBeGreaterThan(before.asked), SOON);
      await shop.run("DELETE FROM tickets WHERE id > 50", "VACUUM tickets");
      expect((await fetching).item.title).toContain("7");
      expect(conflicts()).toBeGreaterThan(before.conflicts);

      // Read at the primary, then at a replica that does not have all of it yet.
      const [ahead, behind] = [await source(shop), await source(shop, { connectionString: copy.url(shop.name) })];
      const read = async (from: TestWorkplace, cursor?: unknown) => {
        const { connector } = await from.sources.open("shop");
        const pages: Page<unknown>[] = [];
        const since = { container: "public.tickets", ...(cursor !== undefined && { cursor }) };
        for await (const page of connector.sync(await context(from), since)) pages.push(page);
        return { ids: pages.flatMap(({ upserts = [] }) => upserts.map(({ id }) => id)), cursor: pages.at(-1)?.cursor };
      };
      const first = await read(ahead);
      await copy.run("postgres", "SELECT pg_wal_replay_pause()");
      await shop.run(...Array.from({ length: 5 }, (_, at) => fill(100 + at, 100 + at)));
      const second = await read(ahead, first.cursor);
      expect(second.ids).toHaveLength(5);
      expect(await read(behind, second.cursor)).toEqual({ ids: [], cursor: second.cursor });
      await copy.run("postgres", "SELECT pg_wal_replay_resume()");
      await shop.run(fill(200, 200));
      await caughtUp(server, copy);
      expect((await read(behind, second.cursor)).ids).toEqual(["public.tickets:200"]);
    });
  },
  ["autovacuum=off", "synchronous_commit=on"],
);

/** The first thing that is told after something happened; the empty one that says it is listened for is passed over. */
async function firstPush(place: TestWorkplace, happens?: () => Promise<unknown>): Promise<Push<unknown> | undefined> {
  const stop = new AbortController();
  const open = await place.sources.open("shop");
  const news = open.connector.live?.(open.context(stop.signal), {});
  try {
    expect((await news?.next())?.value).toEqual({});
    const told = news?.next();
    await happens?.();
    return (await told)?.value as Push<unknown> | undefined;
  } finally {
    stop.abort();
    await news?.return(undefined);
  }
}

async function caughtUp(primary: PostgresServer, replica: PostgresServer): Promise<void> {
  const [at] = await primary.run("postgres", "SELECT pg_current_wal_flush_lsn() AS lsn");
  await vi.waitFor(async () => {
    const [has] = await replica.run("postgres", `SELECT pg_last_wal_replay_lsn() >= '${at?.rows[0].lsn}' AS has`);
    expect(has?.rows[0].has).toBe(true);
  }, SOON);
}
