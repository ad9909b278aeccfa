import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import type { Relation } from "../../../src/connectors/postgresql/catalogue.ts";
import { planFor } from "../../../src/connectors/postgresql/containers.ts";
import type { Plan } from "../../../src/connectors/postgresql/plan.ts";
import { tellPace } from "../../../src/connectors/postgresql/test-pace.ts";
import { NOTIFY_FUNCTION } from "../../../src/connectors/postgresql/trigger.ts";
import { rowIds, withPostgres } from "./place.ts";

const TICKETS = "CREATE TABLE tickets (id int PRIMARY KEY, title text, updated_at timestamptz DEFAULT now())";
const role = (name: string) =>
  `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${name}') THEN CREATE ROLE ${name} LOGIN; END IF; END $$`;
const SOON = { timeout: 20_000, interval: 100 };

await withPostgres("the server and who asks it", ({ server, database, source, context }) => {
  it("test names the role, what it may read, and the GRANT for what it may not", async () => {
    const shop = await database(
      role("reader"),
      TICKETS,
      'CREATE TABLE "Secret ""Plans" (id int PRIMARY KEY)',
      "CREATE SCHEMA back; CREATE TABLE back.room (id int PRIMARY KEY)",
      `CREATE TABLE people (id int PRIMARY KEY, name text, salary int, "order" int)`,
      "INSERT INTO people VALUES (1, 'Ada', 7, 1)",
      "GRANT SELECT ON tickets TO reader; GRANT SELECT (id, name) ON people TO reader",
    );
    const place = await source(shop, { user: "reader", schemas: ["public", "back"] });
    const answer = await place.engine.test("shop");
    expect(answer).toMatchObject({ ok: true, warnings: [] });
    expect(answer.account).toMatch(/^reader on shop_\w+ at 127\.0\.0\.1:\d+ \(PostgreSQL 1\d\.\d+\)$/);
    expect(answer.granted).toEqual([
      "public.people (read whole each time)",
      "public.tickets (changes by transaction number)",
    ]);
    expect(answer.missing.map(({ how }) => how)).toEqual([
      "GRANT USAGE ON SCHEMA back TO reader; GRANT SELECT ON back.room TO reader;",
      'GRANT SELECT ON public."Secret ""Plans" TO reader;',
      'GRANT SELECT (salary, "order") ON public.people TO reader;',
    ]);
    await place.sync("shop");
    expect(await place.store.item("shop", "public.people:1", "everything")).toMatchObject({ title: "Ada", fields: {} });
    for (const { how } of answer.missing) await shop.run(how);
    expect((await place.engine.test("shop")).missing).toEqual([]);
  });

  it("a table that the role may not read any more is hidden, not deleted", async () => {
    const shop = await database(
      role("reader"),
      TICKETS,
      "INSERT INTO tickets VALUES (1, 'x')",
      "CREATE TABLE u (id int)",
    );
    await shop.run("GRANT SELECT ON tickets, u TO reader");
    const place = await source(shop, { user: "reader" });
    await place.sync("shop");
    await shop.run("REVOKE SELECT ON tickets FROM reader");
    expect(await place.sync("shop")).toMatchObject({ deleted: 0, lost: 1 });
    await shop.run("GRANT SELECT ON tickets TO reader");
    await place.sync("shop");
    expect([...(await place.stored("shop")).keys()]).toEqual(["public.tickets:1"]);
  });

  it("test warns of what surprises: superusers, writers, rows that are hidden, missing keys and indexes", async () => {
    const shop = await database(
      role("writer"),
      TICKETS,
      "INSERT INTO tickets SELECT n, 'x' FROM generate_series(1, 20000) n",
      "CREATE TABLE log (said text)",
      "ALTER TABLE tickets ENABLE ROW LEVEL SECURITY",
      "GRANT ALL ON tickets, log TO writer",
      "ANALYZE",
    );
    const place = await source(shop, {
      user: "writer",
      incrementalMode: "timestamp",
      tables: ["tickets", "log", "Tickets", "gone"],
    });
    const { warnings, missing, granted } = await place.engine.test("shop");
    expect(granted).toContain("public.tickets (about 20,000 rows, changes by updated_at)");
    const all = warnings.join("\n");
    expect(all).toContain("CREATE INDEX CONCURRENTLY ON public.tickets (updated_at, id);");
    expect(all).toContain("public.log has no primary key");
    expect(all).toContain("Row-level security applies to public.tickets");
    expect(all).toContain("writer may also write");
    expect(all).toContain("GRANT pg_read_all_stats TO writer;");
    expect(missing).toMatchObject([{ what: "Tickets", how: "Did you mean public.tickets?" }, { what: "gone" }]);
    await shop.run("CREATE INDEX CONCURRENTLY ON public.tickets (updated_at, id)");
    expect((await place.engine.test("shop")).warnings.join("\n")).not.toContain("CREATE INDEX");
    const owner = await source(shop, { user: "owner" });
    expect((await owner.engine.test("shop")).warnings.join("\n")).toContain("owner is a superuser");
  });

  it("test says what each sync goes through in vain, and how to spare it", async () => {
    const shop = await database(
      "CREATE TABLE visits (page text)",
      "INSERT INTO visits SELECT 'Page ' || n FROM generate_series(1, 100000) n",
      TICKETS,
      "ANALYZE",
    );
    const { warnings } = await (await source(shop)).engine.test("shop");
    expect(warnings.filter((one) => one.includes("at each sync"))).toEqual([
      "All of public.visits, about 100,000 rows, is read at each sync. With a primary key only changes are; else sync the source less often, such as every: 6h.",
    ]);
    const place = await source(shop, { incrementalMode: "xmin", tables: ["tickets"] });
    const plan = await planFor(await context(place), "public.tickets");
    const large = { ...plan, relation: { ...plan.relation, pages: 400_000 } as Relation };
    const told = (one: Plan): string[] => {
      const found = { account: "", granted: [], missing: [], limits: [], warnings: [] };
      tellPace(one, found);
      return found.warnings;
    };
    expect(told(plan)).toEqual([]);
    expect(told(large)).toEqual([
      "The server looks through all 3.1 GB of public.tickets at each sync. incrementalMode: timestamp spares that; else sync the source less often, such as every: 6h.",
    ]);
    expect(told({ ...large, clock: undefined })[0]).toContain("A column updated_at with an index spares that");
  });

  it("everything is asked by transactions that cannot write, named headwater, and with limits", async () => {
    const shop = await database(TICKETS, "INSERT INTO tickets VALUES (1, 'x')");
    const queries = [{ name: "sneaky", sql: "SELECT nextval('counter') AS id", idColumns: ["id"] }];
    await shop.run("CREATE SEQUENCE counter");
    const place = await source(shop, { queries });
    const report = await place.sync("shop");
    expect(report.failures).toMatchObject([{ container: "query:sneaky", kind: "config" }]);
    expect(report.added).toBe(1);
    const slow = await source(shop, {
      statementTimeoutSeconds: 1,
      tables: ["none"],
      queries: [{ name: "slow", sql: "SELECT 1 AS id, pg_sleep(30)", idColumns: ["id"] }],
    });
    expect((await slow.sync("shop")).failures[0]?.message).toBe(
      "The query slow took longer than statementTimeoutSeconds.",
    );
  });

  it("refusals are told in our words with the next step", async () => {
    const shop = await database(TICKETS);
    const told = async (options: Record<string, unknown>) => {
      const { ok, problem } = await (await source(shop, options)).engine.test("shop");
      return `${ok} ${problem?.kind}: ${problem?.message} ${problem?.hint}`;
    };
    expect(await told({ user: "nobody" })).toMatch(/^false auth: The server did not let nobody in/);
    expect(await told({ database: "nowhere" })).toMatch(/^false config: The server has no database "nowhere"/);
    expect(await told({ port: 1 })).toMatch(/^false unavailable: No PostgreSQL answers at 127\.0\.0\.1:1/);
    expect(await told({ host: "no.such.host.invalid" })).toMatch(/^false unavailable: No server is called/);
    expect(await told({ ssl: "verify-full" })).toMatch(/^false config: .* does not encrypt connections/);
    expect(await told({ ssl: "prefer" })).toMatch(/^true/);
    const wrong = await source(shop, { connectionString: "mysql://x" });
    expect((await wrong.sync("shop")).failures).toMatchObject([
      { kind: "config", message: expect.stringContaining("connectionString cannot be used") },
    ]);
  });

  it("news comes by triggers that test prints: rows at once, and after a lost connection by a sync", async () => {
    const shop = await database(TICKETS, "INSERT INTO tickets SELECT n, 'Old ' || n FROM generate_series(1, 20) n");
    const place = await source(shop, { notifyChannel: "headwater" });
    const printed = (await place.engine.test("shop")).missing.map(({ how }) => how);
    expect(printed).toHaveLength(2);
    await shop.run(...printed);
    expect((await place.engine.test("shop")).missing).toEqual([]);
    await place.sync("shop");
    place.engine.watch();
    const holds = async () => [...(await place.stored("shop")).keys()].sort();
    const settled = () => vi.waitFor(async () => expect(await holds()).toEqual(await rowIds(shop, "tickets")), SOON);
    await vi.waitFor(async () => expect(server.log()).toContain('LISTEN "headwater"'), SOON);
    await shop.run(
      "INSERT INTO tickets VALUES (100, 'New')",
      "DELETE FROM tickets WHERE id = 3",
      "UPDATE tickets SET id = 200 WHERE id = 4",
    );
    await settled();
    await shop.run(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' OR query = 'SELECT 1'",
    );
    await shop.run("INSERT INTO tickets SELECT n, 'Bulk ' || n FROM generate_series(300, 900) n");
    await settled();
    await vi.waitFor(async () => expect(server.log().split('LISTEN "headwater"').length).toBeGreaterThan(2), SOON);
    await shop.run(
      `SELECT pg_notify('headwater', 'not for us'), pg_notify('headwater', '{"table": "public.nope", "operation": "X"}')`,
    );
    await shop.run("DELETE FROM tickets WHERE id = 5", "UPDATE tickets SET title = 'Known 🐟' WHERE id = 6");
    await settled();
    await vi.waitFor(
      async () => expect((await place.stored("shop")).get("public.tickets:6")?.title).toBe("Known 🐟"),
      SOON,
    );
  });

  it("a key too long for a notification fails nobody's transaction", async () => {
    const shop = await database("CREATE TABLE t (id text PRIMARY KEY)", NOTIFY_FUNCTION);
    await shop.run(
      "CREATE TRIGGER n AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION headwater_notify('c', 'public.t', 'id')",
    );
    await shop.run("INSERT INTO t SELECT string_agg(md5(n::text), '') FROM generate_series(1, 80) n");
    expect(await shop.run("SELECT length(id) AS long FROM t")).toEqual([{ long: 2560 }]);
  });

  it("passwords come from a file, read for each connection, or from a .pgpass", async () => {
    const { passwordIn } = await import("../../../src/connectors/postgresql/password.ts");
    const reach = { host: "db.example.com", port: 5432, database: "shop", user: "reader" };
    const place = await source(await database(TICKETS));
    const file = join(place.folder, "password");
    const password = (text: string) => {
      writeFileSync(file, text);
      return passwordIn(file, reach);
    };
    expect(password("fresh-token:with:colons\n")).toBe("fresh-token:with:colons");
    expect(password("# mine\nother:*:*:*:no\ndb.example.com:5432:*:reader:a\\:b\\\\c\n")).toBe("a:b\\c");
    expect(password("other:5432:shop:reader:no\n")).toBeUndefined();
  });
});
