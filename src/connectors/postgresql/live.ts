import type { Client } from "pg";
import { z } from "zod";
import { ConnectorError, type Push } from "../kit/index.ts";
import { keyText, parseName } from "../kit/sql/index.ts";
import { coversContainer } from "./containers.ts";
import type { PostgresCursor } from "./cursor.ts";
import { explained } from "./explain.ts";
import { caughtUp, hearingTrouble } from "./hearing.ts";
import type { PostgresContext } from "./read.ts";
import { postgres } from "./read.ts";

/** A connection that is silent for so long is asked whether it still is one. */
const KEEP_ALIVE_MS = 30_000;
const ANSWER_MS = 10_000;
/** More rows of one table at once are found by a sync of the table. */
const MOST_ROWS = 200;

const News = z.object({ table: z.string(), operation: z.string(), id: z.array(z.string()).optional() });

/**
 * What triggers tell on `notifyChannel`, on a connection of its own. A notification only says where to look: the row is read
 * again, or found to be gone. What is told while we are not connected is lost; the engine syncs after each connection.
 */
export async function* listen(ctx: PostgresContext): AsyncGenerator<Push<PostgresCursor>> {
  const { notifyChannel } = ctx.config;
  if (notifyChannel === undefined) return;
  const client = await ctx.api.connectAlone();
  const told: string[] = [];
  const waking = { up: () => {}, broken: false };
  const wake = () => waking.up();
  client.on("notification", ({ payload }) => {
    told.push(payload ?? "");
    wake();
  });
  client.on("end", () => {
    waking.broken = true;
    wake();
  });
  ctx.signal.addEventListener("abort", wake, { once: true });
  try {
    await subscribe(ctx, client, notifyChannel);
    yield {};
    while (!ctx.signal.aborted) {
      if (told.length === 0 && !waking.broken) await silence(ctx, client, waking);
      if (ctx.signal.aborted) return;
      const news = told.splice(0);
      if (news.length > 0) await caughtUp(ctx, client);
      const push = pushOf(ctx, news);
      if (push !== undefined) yield push;
      else if (waking.broken && told.length === 0) throw broken(ctx);
    }
  } finally {
    ctx.signal.removeEventListener("abort", wake);
    await client.end().catch(() => {});
  }
}

/** No setting is changed: behind a pooler the connection may be somebody else's too. */
async function subscribe(ctx: PostgresContext, client: Client, channel: string): Promise<void> {
  try {
    const trouble = await hearingTrouble(ctx, client);
    if (trouble !== undefined) {
      ctx.log.warn("news.refused", { why: trouble.message });
      throw trouble;
    }
    await client.query(`LISTEN ${postgres.quote(channel)}`);
    await caughtUp(ctx, client);
  } catch (error) {
    throw explained(error, { reach: ctx.api.newsReach }, "Listening");
  }
}

/** Until something is told; every half minute the server is asked whether it is still there. */
async function silence(
  ctx: PostgresContext,
  client: Client,
  waking: { up: () => void; broken: boolean },
): Promise<void> {
  const stop = new AbortController();
  const news = new Promise<"news">((resolve) => {
    waking.up = () => resolve("news");
  });
  const pause = ctx.clock.sleep(KEEP_ALIVE_MS, AbortSignal.any([ctx.signal, stop.signal])).then(
    () => "silence" as const,
    () => "news" as const,
  );
  const woken = await Promise.race([news, pause]);
  stop.abort();
  if (woken === "news" || waking.broken) return;
  // Its own bound: a connection that broke without a word would else be waited for.
  const asked = { text: "SELECT 1", query_timeout: ANSWER_MS } as { text: string };
  await client.query(asked).catch(() => {
    waking.broken = true;
  });
}

function broken(ctx: PostgresContext): ConnectorError {
  const { host, port } = ctx.api.newsReach;
  return new ConnectorError("unavailable", `The connection to ${host}:${port} that news comes by broke.`);
}

/** What some notifications mean together; undefined when none of them is about us. */
function pushOf(ctx: PostgresContext, payloads: string[]): Push<PostgresCursor> | undefined {
  const stale = new Set<string>();
  const rows = new Map<string, Set<string>>();
  for (const payload of payloads) {
    if (payload === "") return { stale: "all" }; // NOTIFY by hand
    const news = newsIn(payload);
    if (news === undefined || !isFollowed(ctx, news.table)) {
      ctx.log.debug("notification.ignored", { bytes: payload.length });
    } else if (news.id === undefined) {
      stale.add(news.table);
    } else {
      const ids = rows.get(news.table) ?? new Set();
      rows.set(news.table, ids.add(`${news.table}:${keyText(news.id)}`));
    }
  }
  const refresh: string[] = [];
  for (const [table, ids] of rows) {
    if (ids.size > MOST_ROWS) stale.add(table);
    else refresh.push(...ids);
  }
  if (stale.size === 0 && refresh.length === 0) return undefined;
  return { ...(stale.size > 0 && { stale: [...stale] }), ...(refresh.length > 0 && { refresh }) };
}

function isFollowed(ctx: PostgresContext, table: string): boolean {
  return parseName(table)?.parts.length === 2 && coversContainer(ctx.config, table);
}

function newsIn(payload: string): z.output<typeof News> | undefined {
  try {
    return News.safeParse(JSON.parse(payload)).data;
  } catch {
    return undefined;
  }
}
