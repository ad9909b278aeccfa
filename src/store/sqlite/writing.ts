import { transaction } from "./connect.ts";
import { Courtesy, noAnswering } from "./courtesy.ts";
import type { Connection, Value } from "./driver.ts";
import { damaged } from "./failure.ts";
import { forgetNames, type Names, noNames } from "./names.ts";
import { flushSeen, forgetSeen, noSeen, type Seen } from "./seen.ts";

/** Who writes: told to other processes by the leases. */
export interface Identity {
  /** Differs between two lives of a process, even with the same pid. */
  process: string;
  host: string;
  pid: number;
}

/** The one writer of a process: its connection and what it remembers between transactions. */
export interface Writer {
  readonly connection: Connection;
  readonly file: string;
  readonly identity: Identity;
  readonly courtesy: Courtesy;
  readonly names: Names;
  readonly seen: Seen;
  /** Whether a source has failures. */
  readonly failing: Map<number, boolean>;
  /** Differences of counters in this transaction, `<source> <name>` to number. */
  readonly counts: Map<string, number>;
  /** The next free `items.id` and `changes.seq`; valid inside a transaction. */
  nextRow: number;
  nextSeq: number;
  dataVersion: number;
  damaged: boolean;
}

export function newWriter(connection: Connection, file: string, identity: Identity, answering = noAnswering()): Writer {
  return {
    connection,
    file,
    identity,
    courtesy: new Courtesy(answering),
    names: noNames(),
    seen: noSeen(),
    failing: new Map(),
    counts: new Map(),
    nextRow: 1,
    nextSeq: 1,
    dataVersion: -1,
    damaged: false,
  };
}

/**
 * Runs one transaction of the writer: what it remembers is dropped when another process has written meanwhile and when
 * the transaction fails; counters, seen bits and the next free numbers are written at its end.
 */
export function write<T>(writer: Writer, action: () => T): T {
  if (writer.damaged) throw damaged();
  try {
    return transaction(writer.connection, () => {
      recall(writer);
      const row = writer.nextRow;
      const seq = writer.nextSeq;
      const answer = action();
      flushCounts(writer);
      flushSeen(writer.connection, writer.seen);
      if (writer.nextRow !== row) setNumber(writer.connection, "next_row", writer.nextRow);
      if (writer.nextSeq !== seq) setNumber(writer.connection, "next_seq", writer.nextSeq);
      return answer;
    });
  } catch (error) {
    forget(writer);
    throw error;
  }
}

function recall(writer: Writer): void {
  const version = Number(writer.connection.raw("PRAGMA data_version").get()?.[0]);
  if (version === writer.dataVersion) return;
  forget(writer);
  writer.dataVersion = version;
  writer.nextRow = getNumber(writer.connection, "next_row");
  writer.nextSeq = getNumber(writer.connection, "next_seq");
}

function forget(writer: Writer): void {
  forgetNames(writer.names);
  forgetSeen(writer.seen);
  writer.failing.clear();
  writer.counts.clear();
  writer.dataVersion = -1;
}

function getNumber(connection: Connection, key: string): number {
  return Number(connection.raw("SELECT value FROM meta WHERE key = ?").get(key)?.[0] ?? 1);
}

function setNumber(connection: Connection, key: string, value: Value): void {
  connection
    .prepare("INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value")
    .run(key, value);
}

/** Adds to a counter of a source when the transaction ends. */
export function count(writer: Writer, source: number, name: string, by: number): void {
  if (by === 0) return;
  const key = `${source} ${name}`;
  writer.counts.set(key, (writer.counts.get(key) ?? 0) + by);
}

function flushCounts(writer: Writer): void {
  for (const [key, by] of writer.counts) {
    if (by === 0) continue;
    const blank = key.indexOf(" ");
    writer.connection
      .prepare(
        `INSERT INTO counters (source, name, value) VALUES (?, ?, ?)
         ON CONFLICT (source, name) DO UPDATE SET value = value + excluded.value`,
      )
      .run(Number(key.slice(0, blank)), key.slice(blank + 1), by);
  }
  writer.counts.clear();
}
