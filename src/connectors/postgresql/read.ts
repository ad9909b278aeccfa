import type { PoolClient, QueryArrayConfig, QueryArrayResult } from "pg";
import type { Context } from "../kit/index.ts";
import { ConnectorError } from "../kit/index.ts";
import type { Dialect, Row, Statement } from "../kit/sql/index.ts";
import type { PostgresApi } from "./api.ts";
import { explained, isRecoveryConflict } from "./explain.ts";
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
  ctx: Pick<PostgresContext, "api" | "signal" | "clock">,
  text: string,
  values: readonly unknown[] = [],
  options: ReadOptions = {},
): Promise<Row[]> {
  return transact(ctx, options, async (ask) => (await ask(text, values)).rows);
}

/** How long is waited before a reading is tried again that a replica broke off: it often does so several times in a row. */
const PAUSES_MS = [100, 300, 1000];

/** Some short statements in one transaction that cannot write; again where a replica broke them off. Throws ConnectorError. */
export async function transact<T>(
  ctx: Pick<PostgresContext, "api" | "signal" | "clock">,
  options: ReadOptions,
  work: (ask: Ask) => Promise<T>,
): Promise<T> {
  for (const pause of PAUSES_MS) {
    try {
      return await transactOnce(ctx, options, work);
    } catch (error) {
      if (!isRecoveryConflict(ConnectorError.from(error))) throw error;
      await ctx.clock.sleep(pause, ctx.signal);
    }
  }
  return await transactOnce(ctx, options, work);
}

async function transactOnce<T>(
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

/** What is read at once, in UTF-16 units: some pages are under way at a time, and memory is to stay flat however long rows are. */
const ENOUGH_TEXT = 1_000_000;
/** Read first, to learn how long rows are. */
const FIRST_ROWS = 100;

/**
 * A long answer through a cursor, at most `rows` at a time, and fewer where they are long: memory stays flat. The next
 * rows are on their way while these are worked on. The transaction ends with the loop, however it ends.
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
    let wanted = Math.min(rows, FIRST_ROWS);
    let next = cursor.read(wanted);
    next.catch(() => {}); // told when its turn comes
    for (;;) {
      const page = await reading.unlessBroken(next);
      const isLast = page.length < wanted;
      if (!isLast) {
        wanted = Math.max(1, Math.min(rows, Math.floor((ENOUGH_TEXT * page.length) / textOf(page))));
        next = cursor.read(wanted);
        next.catch(() => {});
      }
      if (page.length > 0) yield page;
      if (isLast) break;
    }
    isWhole = true;
  } catch (error) {
    throw reading.explain(error);
  } finally {
    if (isWhole) await reading.end().catch(() => reading.drop());
    else reading.drop();
  }
}

/** How long the values of some rows are, in UTF-16 units; never 0. */
function textOf(page: readonly Row[]): number {
  let units = 1;
  for (const row of page) for (const value of row) units += value?.length ?? 0;
  return units;
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
  /**
   * Waits, one at a time, and rejects when the connection is gone: a cursor may never say so (pg-cursor 2.22, between its
   * last row and the end). A race against one promise of the whole transaction would keep every page until its end.
   */
  unlessBroken<T>(answer: Promise<T>): Promise<T>;
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
  let isBroken = false;
  let rejectWaiting: ((error: Error) => void) | undefined;
  const breakOff = () => {
    isBroken = true;
    rejectWaiting?.(new Error("Connection terminated"));
  };
  const unlessBroken = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await new Promise<T>((resolve, reject) => {
        rejectWaiting = reject;
        if (isBroken) breakOff();
        answer.then(resolve, reject);
      });
    } finally {
      rejectWaiting = undefined;
    }
  };
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
  return { client, unlessBroken, end, undo, drop, explain };
}
