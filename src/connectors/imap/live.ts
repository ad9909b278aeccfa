import { ConnectorError, type Push } from "../kit/index.ts";
import type { Ctx } from "./api.ts";
import { type Connection, openConnection } from "./connection.ts";
import type { ImapCursor } from "./cursor.ts";
import { explained } from "./explain.ts";
import { listFolders } from "./folders.ts";

/** One burst is one look. */
const BURST_MS = 300;

/** News of the first folder, as the server tells it (IDLE, RFC 2177), on a connection of its own. Ends with it. */
export async function* hearNews(ctx: Ctx): AsyncGenerator<Push<ImapCursor>> {
  if (!ctx.config.idle) return;
  const connection = await openConnection(ctx, "news");
  const { flow } = connection;
  const hearing = new Hearing(connection);
  const stop = () => flow.close();
  ctx.signal.addEventListener("abort", stop, { once: true });
  try {
    if (ctx.signal.aborted) return;
    const [first] = (await listFolders(flow, ctx.config)).followed;
    if (first === undefined) return;
    await flow.mailboxOpen(first.path, { readOnly: true });
    hearing.listen();
    yield {};
    while (await hearing.next()) {
      await ctx.clock.sleep(BURST_MS, ctx.signal).catch(() => {});
      if (ctx.signal.aborted) return;
      hearing.forget();
      yield { stale: "all" };
    }
    if (!ctx.signal.aborted)
      throw new ConnectorError(
        "unavailable",
        `The connection to ${ctx.config.host} that tells news of ${ctx.source} broke off.`,
      );
  } catch (error) {
    if (!ctx.signal.aborted) throw explained(error, ctx.source, ctx.config);
  } finally {
    ctx.signal.removeEventListener("abort", stop);
    flow.close();
  }
}

/** Waits for the server to say something. */
class Hearing {
  readonly #connection: Connection;
  #heard = false;
  #closed = false;
  #wake = () => {};

  constructor(connection: Connection) {
    this.#connection = connection;
    const { flow } = connection;
    const note = () => {
      this.#heard = true;
      this.#wake();
    };
    for (const event of ["exists", "expunge", "flags"]) flow.on(event, note);
    flow.on("close", () => {
      this.#closed = true;
      this.#wake();
    });
  }

  /** Begins to idle; the library begins anew before the server's patience ends. */
  listen(): void {
    const { flow } = this.#connection;
    void flow
      .idle()
      .catch(() => {})
      .finally(() => flow.close()); // an IDLE that ended hears nothing any more
  }

  /** False when the connection is closed. */
  async next(): Promise<boolean> {
    while (!this.#heard && !this.#closed)
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    return !this.#closed;
  }

  forget(): void {
    this.#heard = false;
  }
}
