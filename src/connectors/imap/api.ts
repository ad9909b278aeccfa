import type { ImapFlow, MailboxObject } from "imapflow";
import type { Context } from "../kit/index.ts";
import { ConnectorError } from "../kit/index.ts";
import { type Connection, openConnection } from "./connection.ts";
import { explained } from "./explain.ts";
import type { ImapConfig } from "./options.ts";

export type Ctx = Context<ImapConfig, ImapApi>;

interface Seat {
  opened: Promise<Connection> | undefined;
  busy: number;
}

/** The connections of an open source: opened when needed, kept while the server does, never more than the options allow. */
export class ImapApi {
  readonly #seats: Seat[];

  constructor({ connectionLimit }: ImapConfig) {
    this.#seats = Array.from({ length: connectionLimit }, () => ({ opened: undefined, busy: 0 }));
  }

  /** Something that needs no folder. */
  use<T>(ctx: Ctx, action: (flow: ImapFlow, connection: Connection) => Promise<T>): Promise<T> {
    return this.#at(this.#seat(), ctx, (connection) => action(connection.flow, connection));
  }

  /**
   * Something inside a folder, opened for reading only. What is told of the folder is as of now. Nobody else uses the
   * connection meanwhile. Throws in our words; a connection that broke is opened anew by the next call.
   */
  inFolder<T>(
    ctx: Ctx,
    path: string,
    action: (flow: ImapFlow, folder: MailboxObject, connection: Connection) => Promise<T>,
  ): Promise<T> {
    return this.#at(this.#seat(), ctx, async (connection) => {
      const { flow } = connection;
      const lock = await flow.getMailboxLock(path, { readOnly: true });
      try {
        const folder = await flow.mailboxOpen(path, { readOnly: true });
        return await action(flow, folder, connection);
      } finally {
        lock.release();
      }
    });
  }

  async close(): Promise<void> {
    await Promise.all(
      this.#seats.map(async (seat) => {
        const { opened } = seat;
        seat.opened = undefined;
        const connection = await opened?.catch(() => undefined);
        await connection?.flow.logout().catch(() => connection.flow.close());
      }),
    );
  }

  /** An open one that nobody uses, else one yet to be opened, else the least busy. */
  #seat(): Seat {
    const free = this.#seats.filter((seat) => seat.busy === 0);
    const ready = free.find((seat) => seat.opened !== undefined) ?? free[0];
    return ready ?? (this.#seats.toSorted((left, right) => left.busy - right.busy)[0] as Seat);
  }

  async #at<T>(seat: Seat, ctx: Ctx, action: (connection: Connection) => Promise<T>): Promise<T> {
    seat.busy += 1;
    let connection: Connection | undefined;
    try {
      ctx.signal.throwIfAborted();
      connection = await this.#connection(seat, ctx);
      return await untilStopped(action(connection), ctx.signal, () => connection?.flow.close());
    } catch (error) {
      if (connection !== undefined && !connection.flow.usable) seat.opened = undefined;
      throw ctx.signal.aborted ? new ConnectorError("cancelled", "Stopped.") : explained(error, ctx.source, ctx.config);
    } finally {
      seat.busy -= 1;
    }
  }

  async #connection(seat: Seat, ctx: Ctx): Promise<Connection> {
    const kept = await seat.opened?.catch(() => undefined);
    if (kept?.flow.usable) return kept;
    const opened = openConnection(ctx, "reading");
    seat.opened = opened;
    opened.catch(() => {
      if (seat.opened === opened) seat.opened = undefined;
    });
    return opened;
  }
}

/** A conversation cannot be stopped in the middle of an answer: the connection goes. */
async function untilStopped<T>(work: Promise<T>, signal: AbortSignal, stop: () => void): Promise<T> {
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await work;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
