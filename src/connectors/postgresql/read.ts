import type { PoolClient, QueryArrayConfig, QueryArrayResult } from "pg";
import type { Context } from "../kit/index.ts";
import { ConnectorError } from "../kit/index.ts";
import type { Dialect, Row, Statement } from "../kit/sql/index.ts";
import type { PostgresApi } from "./api.ts";
import { explained } from "./explain.ts";
import type { PostgresConfig } from "./options.ts";

export type PostgresContext = Context<PostgresConfig, PostgresApi>;

/** https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS */
export const postgres: Dialect = {
  quote: (name) => `"${name.replaceAll('"', '""')}"`,
  placeholder: (position) => `$${position}`,
};

export interface ReadOptions {
  /** What is asked, for sentences about what went wrong. */
  what?: string;
  timeoutSeconds?: number;
}

type Ask = (text: string, values?: readonly unknown[]) => Promise<QueryArrayResult<(string | null)[]>>;

/** The rows of a short answer. Throws ConnectorError. */
export async function readRows(
  ctx: Pick<PostgresContext, "api" | "signal">,
  text: string,
  values: readonly unknown[] = [],
  options: ReadOptions = {},
): Promise<Row[]> {
  return transact(ctx, options, async (ask) => (await ask(text, values)).rows);
}

/** Some short statements in one transaction that cannot write. Throws ConnectorError. */
export async function transact<T>(
  ctx: Pick<PostgresContext, "api" | "signal">,
  options: ReadOptions,
  work: (ask: Ask) => Promise<T>,
): Promise<T> {
  const reading = await begin(ctx, options);
  try {
    const answer = await work((text, values = []) => reading.client.query(one(text, values)));
    await reading.end();
    return answer;
  } catch (error) {
    await reading.undo();
    throw reading.explain(error);
  }
}

/** One statement and never several: the extended protocol takes no more. */
function one(text: string, values: readonly unknown[]): QueryArrayConfig {
  return { text, values: [...values], rowMode: "array", queryMode: "extended" } as QueryArrayConfig;
}

/**
 * A long answer, `rows` at a time, through a cursor: memory stays flat. The next rows are on their way while these are
 * worked on. The transaction ends with the loop, however it ends.
 */
export async function* readPages(
  ctx: Pick<PostgresContext, "api" | "signal">,
  { text, values }: { text: string; values: readonly unknown[] },
  rows: number,
  options: ReadOptions = {},
): AsyncGenerator<Row[]> {
  const { default: Cursor } = await import("pg-cursor");
  const reading = await begin(ctx, options);
  let isWhole = false;
  try {
    const cursor = reading.client.query(new Cursor<Row>(text, [...values], { rowMode: "array", types: AS_TEXT }));
    let next = cursor.read(rows);
    next.catch(() => {}); // told when its turn comes
    for (;;) {
      const page = await Promise.race([next, reading.broken]);
      if (page.length === rows) {
        next = cursor.read(rows);
        next.catch(() => {});
      }
      if (page.length > 0) yield page;
      if (page.length < rows) break;
    }
    isWhole = true;
  } catch (error) {
    throw reading.explain(error);
  } finally {
    if (isWhole) await reading.end().catch(() => reading.drop());
    else reading.drop();
  }
}

const AS_TEXT = { getTypeParser: () => ((value: string) => value) as never };

/** A statement that was put together, read page by page. */
export function pagesOf(
  ctx: PostgresContext,
  statement: Statement,
  text: string,
  options: ReadOptions = {},
): AsyncGenerator<Row[]> {
  return readPages(ctx, { text, values: statement.values }, ctx.config.batchSize, options);
}

interface Reading {
  client: PoolClient;
  end(): Promise<void>;
  /** After a statement that the server refused: the connection is of further use. */
  undo(): Promise<void>;
  /** Rejects when the connection is gone: a cursor may never say so (pg-cursor 2.22, between its last row and the end). */
  broken: Promise<never>;
  /** Closes the connection, whatever it is doing. */
  drop(): void;
  explain(error: unknown): ConnectorError;
}

/**
 * Settings go with the transaction, never with the session: through a pooler the session is somebody else's next.
 * Times are asked for in UTC and ISO form, so that texts are the same whatever the server's and role's settings are.
 */
async function begin({ api, signal }: Pick<PostgresContext, "api" | "signal">, options: ReadOptions): Promise<Reading> {
  signal.throwIfAborted();
  const client = await api.connect();
  let breakOff = () => {};
  const broken = new Promise<never>((_, reject) => {
    breakOff = () => reject(new Error("Connection terminated"));
  });
  broken.catch(() => {}); // told by whoever waits
  let released = false;
  const release = (destroy: boolean) => {
    signal.removeEventListener("abort", drop);
    if (!destroy) client.off("error", breakOff).off("end", breakOff);
    if (!released) client.release(destroy);
    released = true;
  };
  const drop = () => {
    release(true);
    breakOff();
  };
  client.on("error", breakOff).on("end", breakOff);
  signal.addEventListener("abort", drop, { once: true });
  const explain = (error: unknown) =>
    signal.aborted ? new ConnectorError("cancelled", "Stopped.") : explained(error, api, options.what);
  const timeoutMs = (options.timeoutSeconds ?? api.config.statementTimeoutSeconds) * 1000;
  try {
    await client.query(
      `BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY; SET LOCAL statement_timeout = ${timeoutMs}; ` +
        "SET LOCAL lock_timeout = 10000; SET LOCAL idle_in_transaction_session_timeout = 120000; SET LOCAL TimeZone = 'UTC'; " +
        "SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'iso_8601'; SET LOCAL extra_float_digits = 1; " +
        "SET LOCAL bytea_output = 'hex'",
    );
  } catch (error) {
    drop();
    throw explain(error);
  }
  const end = async () => {
    await client.query("COMMIT");
    release(false);
  };
  const undo = async () => {
    if (released) return;
    await client.query("ROLLBACK").then(() => release(false), drop);
  };
  return { client, broken, end, undo, drop, explain };
}
