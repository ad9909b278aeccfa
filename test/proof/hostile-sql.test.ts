import { expect, it } from "vitest";
import { withPostgres } from "../connectors/postgresql/place.ts";
import { tellFigure } from "./figure.ts";
import { seededRandom } from "./seeded-random.ts";

const SEED = Number(process.env.HEADWATER_SEED ?? 4711);
const HOSTILE = 1000;

const SEEDS = [
  `"; DROP TABLE tickets; --`,
  `x' OR '1'='1`,
  `public"."tickets`,
  `tickets; COMMIT; DELETE FROM tickets; --`,
  `$1`,
  `$$; DROP TABLE tickets; $$`,
  `1=1) UNION SELECT usename, passwd FROM pg_shadow --`,
  `\\'; COPY tickets TO PROGRAM 'id'; --`,
  `" FROM pg_shadow WHERE "a" = "a`,
  `/* */ id /* `,
  `*; --`,
  `E'\\x27' || pg_sleep(9)`,
  `"a"")" , (SELECT lo_import('/etc/passwd')) AS "b`,
  `שלום"; --`,
  `pg_catalog.pg_shadow`,
  `ｔickets＇；--`,
];

/** Statements that a connector of ours may send: with names of the catalogue in quotes, and values nowhere. */
const NAME = /"(?:[^"]|"")+"/g;
const EXPECTED = [
  /^BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY; SET LOCAL statement_timeout = \d+; (?:SET LOCAL \w+ = (?:\d+|'[\w, ]+')(?:; )?)+$/,
  /^(?:COMMIT|ROLLBACK)$/,
  /^\s*SELECT json_build_object\(\s*'schema', n\.nspname,[\s\S]+ORDER BY n\.nspname, c\.relname$/,
  /^\s*SELECT least\(\s*now\(\) - make_interval\(secs => \$1\)[\s\S]+current_setting\('server_version_num'\), pg_is_in_recovery\(\)$/,
  /^\s*SELECT current_user, current_database\(\)[\s\S]+IS NOT NULL$/,
  /^\s*SELECT t\.oid, pg_catalog\.format_type\(t\.oid, NULL\)[\s\S]+WHERE t\.oid = ANY \(\$1\)$/,
];
/** Of a reading: only quoted names, placeholders, and words of ours. */
const WORDS =
  /^(?:SELECT|FROM|WHERE|ORDER|BY|LIMIT|AND|OR|NOT|IS|IN|NULL|TRUE|true|false|AS|CASE|WHEN|THEN|ELSE|END|left|text|jsonb_pretty|to_json|octet_length|encode|base64|xmin|ctid|bigint|md5|ROW|coalesce|lower|ILIKE|LIKE|AT|TIME|ZONE|DESC|websearch_to_tsquery|ts_rank|IS)$/;

function isReading(statement: string): boolean {
  if (!statement.startsWith("SELECT ")) return false;
  const rest = statement
    .replaceAll(NAME, " ")
    .replaceAll(/'base64'/g, " ")
    .replaceAll(/\$\d+|\d+/g, " ");
  if (/[^\w\s(),.=<>+\-%:@]/.test(rest) || rest.includes("--")) return false;
  return (rest.match(/\w+/g) ?? []).every((word) => WORDS.test(word));
}

await withPostgres("hostile names and filters", ({ server, database, source }) => {
  it("the server's log shows the statements of ours and no other, and nothing was changed", {
    timeout: 120_000,
  }, async () => {
    const random = seededRandom(SEED);
    const hostile = (): string => {
      const [one, other] = [SEEDS[Math.floor(random() * SEEDS.length)], SEEDS[Math.floor(random() * SEEDS.length)]];
      return `${one}${random() < 0.5 ? other : ""}${Math.floor(random() * 100)}`;
    };
    const many = (count: number) => Array.from({ length: count }, hostile);
    // A table whose own names are hostile: these are of the catalogue, and must work.
    const named = (text: string) => `"${text.slice(0, 20).replaceAll('"', '""')}"`;
    const columns = SEEDS.map((seed, at) => `${named(`${at}${seed}`)} text`);
    const shop = await database(
      "CREATE TABLE tickets (id int PRIMARY KEY, title text, body text, updated_at timestamptz DEFAULT now())",
      "INSERT INTO tickets VALUES (1, 'One', 'A body')",
      `CREATE TABLE ${named(SEEDS[0] as string)} (${columns.join(", ")}, ${named("key; --")} text PRIMARY KEY)`,
      `INSERT INTO ${named(SEEDS[0] as string)} (${named("key; --")}) VALUES ('a''; DROP TABLE tickets; --'), ('"b"')`,
    );
    const before = server.log().length;
    let tried = 0;
    for (let round = 0; tried < HOSTILE; round++) {
      const options = {
        tables: round % 2 === 0 ? [] : ["tickets", ...many(8), { name: hostile(), titleColumn: hostile() }],
        ...(round % 3 === 0 && { excludeTables: many(8), schemas: ["public", ...many(4)] }),
        timestampColumn: hostile(),
        primaryKeyColumn: hostile(),
        contentColumns: [...many(4), "body"],
        titleTemplate: `{title}{${hostile().replaceAll(/[{}]/g, "")}}`,
        authorColumn: hostile(),
        deletedColumn: hostile(),
        parentColumn: hostile(),
        where:
          round % 4 === 0
            ? { tickets: { [hostile()]: hostile() } }
            : { tickets: { title: { not: hostile(), like: hostile() } } },
        queries: [{ name: "q", sql: `SELECT id FROM tickets WHERE title = '${hostile()}`, idColumns: [hostile()] }],
      };
      const place = await source(shop, options);
      await place.sync("shop");
      const asks = [
        hostile(),
        `public.tickets:${hostile()}`,
        `public.${hostile()}:1`,
        `query:q:${hostile()}`,
        `query:${hostile()}`,
      ];
      for (const id of asks) await place.engine.fetch(`shop/${id}`, { live: true }).catch(() => {});
      const open = await place.sources.open("shop");
      const ctx = open.context(new AbortController().signal);
      await open.connector.search?.(ctx, { text: hostile(), limit: 5 }).catch(() => {});
      await place.engine.list("shop", { parent: hostile() }).catch(() => {});
      await open.connector.locate?.(ctx, `https://x.example/${hostile()}`);
      tried += 30 + asks.length;
    }
    const plain = await source(shop, {});
    expect(await plain.sync("shop")).toMatchObject({ state: "succeeded", added: 3 });
    const statements = statementsIn(server.log().slice(before));
    const proofs = statements.filter((one) =>
      one.startsWith("DECLARE headwater_proof NO SCROLL CURSOR FOR\nSELECT id FROM tickets WHERE title = '"),
    );
    const expected = statements.filter((one) => EXPECTED.some((form) => form.test(one)) || isReading(one));
    const others = statements.filter((one) => !expected.includes(one) && !proofs.includes(one) && !isFixture(one));
    expect(others.slice(0, 3)).toEqual([]);
    expect(expected.length).toBeGreaterThan(200);
    expect(await shop.run("SELECT count(*)::int AS n, max(body) AS body FROM tickets")).toEqual([
      { n: 1, body: "A body" },
    ]);
    tellFigure(
      "S6",
      "statements that 1,000 hostile names and filters brought to PostgreSQL",
      { tried, unexpected: others.length },
      {
        tried: { least: HOSTILE },
        unexpected: 0,
      },
    );
  });
});

/** What the test itself asks as the owner. */
function isFixture(statement: string): boolean {
  return /^(DROP DATABASE|SELECT 1$)/.test(statement);
}

/** `log_statement = all`: each statement with its lines, also of those that were refused. */
function statementsIn(log: string): string[] {
  const entries = log.split(/^(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ UTC \[\d+\] )/m);
  return entries.flatMap((entry) => {
    const found = /LOG: {2}(?:statement|execute [^:]+): ([\s\S]*)$/.exec(entry);
    return found ? [(found[1] as string).replaceAll("\n\t", "\n").trim()] : [];
  });
}
