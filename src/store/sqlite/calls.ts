import { ConnectorError } from "../../model/errors.ts";
import { applyBatch } from "./apply.ts";
import { firstDelivery } from "./deliveries.ts";
import { releaseLease, renewLease, takeLease } from "./leases.ts";
import { prune, purgeLost, resetSource, setContainers, setMembers, tidy } from "./maintain.ts";
import { remember } from "./memory.ts";
import { migrate } from "./migrations.ts";
import { beginPass, dropPass, endPass, sighted } from "./passes.ts";
import { setPause } from "./pauses.ts";
import { register, unregister } from "./register.ts";
import { requestCancel, saveRun } from "./runs.ts";
import type { Writer } from "./writing.ts";

/** Every call the writer thread answers, by name; the first parameter is filled in by the thread. */
export const CALLS = {
  migrate: (writer: Writer) => migrate(writer.connection, writer.file),
  apply: applyBatch,
  takeLease,
  renewLease,
  releaseLease,
  beginPass,
  sighted,
  endPass,
  dropPass,
  prune,
  purgeLost,
  setContainers,
  setMembers,
  saveRun,
  requestCancel,
  remember,
  firstDelivery,
  setPause,
  resetSource,
  tidy,
  register,
  unregister,
  /** Moves what the log holds into the store's file as far as readers let it. */
  checkpoint: (writer: Writer) => {
    const { connection } = writer;
    connection.exec("PRAGMA busy_timeout = 0");
    try {
      connection.raw("PRAGMA wal_checkpoint(TRUNCATE)").all();
    } finally {
      connection.exec("PRAGMA busy_timeout = 5000");
    }
  },
  /** Tells the thread that a check found damage: it writes no more. */
  markDamaged: (writer: Writer) => {
    writer.damaged = true;
  },
} satisfies Record<string, (writer: Writer, ...parameters: never[]) => unknown>;

export type CallName = keyof typeof CALLS;
type Rest<Parameters extends unknown[]> = Parameters extends [Writer, ...infer Others] ? Others : never;
export type CallParameters<Name extends CallName> = Rest<Parameters<(typeof CALLS)[Name]>>;
export type CallAnswer<Name extends CallName> = Awaited<ReturnType<(typeof CALLS)[Name]>>;

/** A call as it crosses to the thread, and what comes back. */
export interface CallMessage {
  id: number;
  name: CallName | "close";
  parameters: unknown[];
}
export type AnswerMessage = { id: number } & ({ value: unknown } | { problem: ProblemMessage });

/** An error as it crosses a thread. */
export interface ProblemMessage {
  kind: ConnectorError["kind"];
  message: string;
  hint?: string;
  /** SQLite's own words, for the log; never shown. */
  cause?: string;
}

export function problemMessage(error: ConnectorError): ProblemMessage {
  const cause = error.cause instanceof Error ? error.cause.message : undefined;
  return { kind: error.kind, message: error.message, hint: error.hint, cause };
}

export function errorOf({ kind, message, hint, cause }: ProblemMessage): ConnectorError {
  return new ConnectorError(kind, message, { hint, ...(cause !== undefined && { cause: new Error(cause) }) });
}
