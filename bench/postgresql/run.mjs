// Row 9 (reading): 100,000 notes of 3.9 KB against psql's COPY of the same columns. Row 16 (a first sync): tickets of 1.2 KB
// against a bare cursor whose rows go straight into SQLite and FTS5. Both on a server of this machine, started here.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import pg from "pg";
import { bundle } from "../../test/setup/bundle.mjs";
import { ROOM } from "../corpus.mjs";
import { median, ratio, seconds, timed, timedNode, whole } from "../measure.mjs";
import { documentAt } from "../text.mjs";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const FLOOR = fileURLToPath(new URL("floor.mjs", import.meta.url));
const PROGRAMS = "/usr/lib/postgresql";
const BYTES = { notes: 3900, tickets: 1170 };
const NOTES = 100_000;
/** A pair over so many rows takes long enough to be a mean by itself. */
const MANY = 500_000;
const MEGABYTES = 200;
/** What the last fifth of a sync may need more than its second fifth: memory that grows with the rows is found by it. */
const GROWTH = 1.15;
/** A sync of fewer rows ends while its process still warms up. */
const LONG = 200_000;

export async function run({ rows: count, say }) {
  const notes = Math.min(NOTES, count);
  const names = [
    `9 reading ${whole(notes)} rows ÷ psql COPY`,
    `16 first sync of ${whole(count)} rows ÷ cursor + raw FTS5`,
  ];
  const { startPostgres } = await load("test/setup/postgres.ts");
  const server = await startPostgres(["log_statement=none"]);
  if (server === undefined) return names.map((name) => ({ name, detail: "PostgreSQL is absent" }));
  const reader = await bundle("bench/postgresql/read-child.ts");
  try {
    say(`filling tables with ${whole(notes)} and ${whole(count)} rows …`);
    await server.run("postgres", "CREATE DATABASE shop TEMPLATE template0");
    await fill(server, "notes", notes);
    await fill(server, "tickets", count);
    const address = server.url("shop");
    const reads = [];
    for (let round = 0; round < 3; round++) {
      say(`reading, round ${round + 1} of 3 …`);
      const copy = await timed(psql(), [address, "-q", "-o", "/dev/null", "-c", COPY]);
      reads.push({ copy, read: await child([reader, address], notes) });
    }
    const syncs = [];
    const pairs = count > MANY ? 1 : 3;
    for (let round = 0; round < pairs; round++) {
      say(`first sync, round ${round + 1} of ${pairs} …`);
      syncs.push({ floor: await floor(address, count), sync: await sync(address, count) });
    }
    return [...readingRows(names[0], notes, reads), ...syncRows(names[1], count, syncs)];
  } finally {
    await server.close();
    rmSync(reader, { force: true });
  }
}

const COPY = "COPY (SELECT id, subject, body, status, priority, updated_at FROM notes) TO STDOUT";

function readingRows(name, count, rounds) {
  const of = (value) => median(rounds.map(value));
  const read = ratio(of(({ copy, read }) => copy.ms / read.told.ms));
  const speeds = [of((one) => one.read.told.ms), of((one) => one.copy.ms)].map((ms) => speed(count, ms));
  const peak = of((one) => one.read.peakMegabytes);
  const detail = `${speeds.join(" against ")}, ${rounds.length} pairs`;
  return [
    { name, value: read, target: "≥ 0.8", met: read >= 0.8, detail },
    { name: "9 memory of the reading process, MB", value: peak, target: MEGABYTES, met: peak <= MEGABYTES },
  ];
}

function syncRows(name, count, rounds) {
  const of = (value) => median(rounds.map(value));
  const ingest = ratio(of(({ floor, sync }) => floor.told.ms / sync.runMs));
  const [ms, floorMs] = [of((one) => one.sync.runMs), of((one) => one.floor.told.ms)];
  const cpu = ratio(of(({ floor, sync }) => floor.cpuMs / sync.cpuMs));
  const detail = `${speed(count, ms)}, ${seconds(ms)} against ${seconds(floorMs)}, ${rounds.length} pairs; processor time ${cpu}`;
  const { peaks } = rounds.at(-1).sync;
  const growth = peaks.length > 0 ? ratio(peaks.at(-1) / peaks[1]) : undefined;
  return [
    { name, value: ingest, target: "≥ 0.7", met: ingest >= 0.7, detail },
    {
      name: "16 memory of the sync, last fifth of its time ÷ second",
      value: growth,
      target: GROWTH,
      met: growth && count >= LONG ? growth <= GROWTH : undefined,
      detail: `at most ${peaks.join(", ")} MB in each fifth`,
    },
  ];
}

function speed(count, ms) {
  return `${whole((count / ms) * 1000)} rows/s`;
}

async function fill(server, table, count) {
  const client = new pg.Client({ connectionString: server.url("shop") });
  await client.connect();
  await client.query(
    `CREATE UNLOGGED TABLE ${table} (id bigint, subject text, body text, status text, priority int, updated_at timestamptz)`,
  );
  let written;
  for (let from = 0; from < count; from += 5000) {
    const documents = Array.from({ length: Math.min(5000, count - from) }, (_, at) =>
      documentAt(from + at, BYTES[table]),
    );
    const columns = [documents.map(({ title }) => title), documents.map(({ text }) => text)];
    await written; // the server works on these while the next ones are made
    written = client.query(
      `INSERT INTO ${table} SELECT ${from} + n, title, body, CASE n % 3 WHEN 0 THEN 'open' ELSE 'closed' END, n % 5,
        timestamptz '2026-01-01' + make_interval(secs => ${from} + n)
       FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS d (title, body, n)`,
      columns,
    );
  }
  await written;
  await client.query(`ALTER TABLE ${table} ADD PRIMARY KEY (id)`);
  await client.query(`VACUUM ANALYZE ${table}`);
  await client.end();
}

async function floor(address, count) {
  const file = join(ROOM, "postgresql-floor.db");
  const remove = () => {
    for (const end of ["", "-wal", "-shm"]) rmSync(file + end, { force: true });
  };
  remove();
  const run = await child([FLOOR, address, file], count);
  remove();
  return run;
}

/** headwater as a user runs it, into a new store. */
async function sync(address, count) {
  const home = join(ROOM, "postgresql");
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  const config = join(home, "headwater.yaml");
  const options = {
    connector: "postgresql",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference in the configuration's own language.
    connectionString: "${BENCH_DATABASE}",
    tables: ["tickets"],
    describeTables: false,
  };
  writeFileSync(config, JSON.stringify({ sources: { shop: options } }));
  const parameters = [CLI, "sync", "--config", config, "--data", join(home, "data"), "--json"];
  const run = await timedNode(parameters, { room: home, env: { BENCH_DATABASE: address } });
  const [report] = JSON.parse(run.stdout).reports;
  if (report.added !== count)
    throw new Error(`The sync brought ${report.added} of ${count}: ${JSON.stringify(report)}`);
  rmSync(home, { recursive: true, force: true });
  return { ...run, runMs: Date.parse(report.endedAt) - Date.parse(report.startedAt) };
}

async function child(parameters, count) {
  const run = await timedNode(parameters, { room: ROOM });
  const told = JSON.parse(run.stdout);
  if (told.count !== count) throw new Error(`${told.count} rows instead of ${count}.`);
  return { ...run, told };
}

function psql() {
  const versions = existsSync(PROGRAMS)
    ? readdirSync(PROGRAMS).sort((left, right) => Number(right) - Number(left))
    : [];
  return join(PROGRAMS, versions[0] ?? "", "bin", "psql");
}

async function load(path) {
  const program = await bundle(path);
  return import(pathToFileURL(program).href).finally(() => rmSync(program));
}
