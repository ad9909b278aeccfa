import type pg from "pg";
import { expect, it } from "vitest";
import { NOTIFY_FUNCTION, triggersOf } from "../../src/connectors/postgresql/trigger.ts";
import type { SyncReport } from "../../src/model/index.ts";
import type { Database } from "../connectors/postgresql/database.ts";
import { withPostgres } from "../connectors/postgresql/place.ts";
import type { TestWorkplace } from "../contract/workplace.ts";
import { tellFigure } from "./figure.ts";
import { seededRandom } from "./seeded-random.ts";

const SECONDS = Number(process.env.HEADWATER_WRITERS_SECONDS ?? 6);
const SEED = Number(process.env.HEADWATER_SEED ?? Date.now() % 1_000_000);
const WRITERS = 8;
const DAY_MS = 25 * 3_600_000;
const TIES = 1000;

/** One person at work on tickets: times that lie behind, transactions that stay open, some that are rolled back. */
async function writer(connect: () => Promise<pg.Client>, random: () => number, goesOn: () => boolean): Promise<number> {
  let committed = 0;
  let client = await connect();
  while (goesOn()) {
    try {
      await client.query("BEGIN");
      for (let deeds = 1 + random() * 5; deeds > 0; deeds--) await client.query(...deed(random));
      await new Promise((resolve) => setTimeout(resolve, random() * 250));
      if (random() < 0.1) await client.query("ROLLBACK");
      else {
        await client.query("COMMIT");
        committed += 1;
      }
    } catch {
      await client.end().catch(() => {}); // the server was restarted, or two wrote the same row
      await new Promise((resolve) => setTimeout(resolve, 50));
      client = await connect();
    }
  }
  await client.end();
  return committed;
}

function deed(random: () => number): [string, unknown[]] {
  const id = Math.floor(random() * 3000);
  const behind = random() < 0.5 ? 0 : random() * 86_400;
  const body = `Ticket ${id}, said ${random().toString(36).slice(2)} 🛠️`;
  if (random() < 0.2) return ["DELETE FROM tickets WHERE id = $1", [id]];
  return [
    `INSERT INTO tickets VALUES ($1::int, 'Ticket ' || $1::int, $2, now() - make_interval(secs => $3))
     ON CONFLICT (id) DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at`,
    [id, body, behind],
  ];
}

/** The pass of the day, with a person's yes, once a run that news began leaves it its turn: this clock does not wait. */
async function lastSync(place: TestWorkplace): Promise<void> {
  let report: SyncReport | undefined;
  for (let tries = 0; tries < 120; tries++) {
    report = await place.sync("shop", { full: true, acceptDeletions: true });
    if (report.mode === "full" && report.state === "succeeded" && report.held.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`No pass came to its end: ${JSON.stringify(report)}`);
}

/** How many rows the store has, lacks or has otherwise than the table. */
async function differences(database: Database, place: TestWorkplace) {
  const rows = new Map(
    (await database.run("SELECT id, body FROM tickets")).map((row) => [`public.tickets:${row.id}`, row.body]),
  );
  const stored = await place.stored("shop");
  const lacking = [...rows.keys()].filter((id) => !stored.has(id)).length;
  const other = [...rows].filter(([id, body]) => stored.has(id) && stored.get(id)?.text !== body).length;
  const tooMany = [...stored.keys()].filter((id) => !rows.has(id)).length;
  return { rows: rows.size, lacking, other, tooMany };
}

async function hidden(place: TestWorkplace): Promise<number> {
  const [stats] = await place.store.stats();
  return stats?.lost ?? 0;
}

await withPostgres(`eight writers for ${SECONDS} s (seed ${SEED})`, ({ server, database, source }) => {
  it("after the last sync the store is the table, row by row", { timeout: SECONDS * 1000 + 120_000 }, async () => {
    const shop = await database(
      "CREATE TABLE tickets (id int PRIMARY KEY, title text, body text, updated_at timestamptz)",
      "CREATE INDEX ON tickets (updated_at, id)",
      `INSERT INTO tickets SELECT n, 'Ticket ' || n, 'Old ' || n, now() - interval '1 day' FROM generate_series(0, 3999) n`,
      NOTIFY_FUNCTION,
      triggersOf({ container: "public.tickets", key: ["id"] }, "headwater"),
    );
    const options = { batchSize: 100, safetyLagSeconds: 1, notifyChannel: "headwater" };
    const places = [
      await source(shop, { ...options, incrementalMode: "timestamp" }),
      await source(shop, { ...options, incrementalMode: "xmin" }),
    ];
    for (const place of places) {
      await place.sync("shop");
      place.engine.watch();
    }
    const until = Date.now() + SECONDS * 1000;
    let isOpen = true;
    const connect = async (): Promise<pg.Client> => {
      for (;;) {
        try {
          return await server.connect(shop.name);
        } catch {
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
    };
    const random = seededRandom(SEED);
    const writers = Array.from({ length: WRITERS }, (_, at) => writer(connect, seededRandom(SEED + at), () => isOpen));
    const counts = { syncs: 0, restarts: 0, lostConnections: 0, truncated: 0, ties: 0 };
    const deeds = [
      async () => {
        await server.restart();
        counts.restarts += 1;
      },
      async () => {
        await shop.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'headwater'");
        counts.lostConnections += 1;
      },
      async () => {
        await shop.run("TRUNCATE tickets");
        counts.truncated += 1;
      },
      async () => {
        await shop.run(`UPDATE tickets SET updated_at = '2030-01-01 00:00:00.000001+00' WHERE id >= 3000`);
        await shop.run(
          `INSERT INTO tickets SELECT n, 'Tie', 'One of many ' || n, '2030-01-01 00:00:00.000001+00' FROM generate_series(10000, ${9999 + TIES}) n
           ON CONFLICT DO NOTHING`,
        );
        counts.ties = TIES;
      },
    ];
    for (let step = 1; Date.now() < until; step++) {
      await Promise.all(places.map((place) => place.sync("shop")));
      counts.syncs += places.length;
      if (step % 3 === 0) await deeds[(step / 3 + Math.floor(random() * 2)) % deeds.length]?.();
    }
    for (const one of deeds) await one();
    await Promise.all(places.map((place) => place.sync("shop")));
    await new Promise((resolve) => setTimeout(resolve, 2000)); // what is written behind all that counts too
    isOpen = false;
    const committed = (await Promise.all(writers)).reduce((sum, one) => sum + one, 0);
    let [lacking, other, tooMany, rows] = [0, 0, 0, 0];
    for (const place of places) {
      place.clock.move(DAY_MS);
      await lastSync(place);
      const found = await differences(shop, place);
      rows = found.rows;
      lacking += found.lacking;
      other += found.other;
      tooMany += found.tooMany;
      // This clock runs through weeks: of what was hidden, some comes to the end of its grace.
      const before = await hidden(place);
      const { deleted, ...after } = await place.sync("shop");
      expect(after).toMatchObject({ added: 0, updated: 0, lost: 0, failed: 0 });
      expect(deleted).toBe(before - (await hidden(place)));
    }
    const figures = { writers: WRITERS, committed, rows, ...counts, lacking, other, tooMany };
    tellFigure("D1", "rows of a PostgreSQL table that the store lacks, has otherwise or has too many", figures, {
      lacking: 0,
      other: 0,
      tooMany: 0,
      ties: TIES,
      rows: { least: TIES },
      restarts: { least: 1 },
      lostConnections: { least: 1 },
      committed: { least: WRITERS },
    });
    expect({ lacking, other, tooMany }).toEqual({ lacking: 0, other: 0, tooMany: 0 });
  });
});
