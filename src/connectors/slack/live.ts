import { z } from "zod";
import { ConnectorError, type Push, type Socket } from "../kit/index.ts";
import type { SlackContext } from "./api.ts";
import { APP } from "./auth.ts";
import type { SlackCursor } from "./cursor.ts";
import { ok } from "./schema.ts";
import { deliveryOf, parsed } from "./webhook.ts";

const Opened = ok({ url: z.string() });
const Envelope = z.object({
  type: z.string(),
  envelope_id: z.string().optional(),
  payload: z.unknown().optional(),
  reason: z.string().optional(),
});
/** Ids of events that were told lately: what is not acknowledged in time comes again. */
const MOST_RECENT = 2_000;
/**
 * Socket Mode: https://docs.slack.dev/apis/events-api/using-socket-mode, 2026-11. Every envelope is acknowledged before it is
 * understood. Slack closes a connection every few hours; what came between two of them is found by the sync that follows.
 */
export async function* live(ctx: SlackContext): AsyncGenerator<Push<SlackCursor>> {
  if (ctx.config.appToken === undefined) return;
  const heard: Heard = { before: false, recent: new Set() };
  while (!ctx.signal.aborted) yield* told(ctx, await connect(ctx), heard);
}

/** What the connections so far have told. */
interface Heard {
  before: boolean;
  readonly recent: Set<string>;
}

async function connect(ctx: SlackContext): Promise<Socket> {
  const request = { url: "/apps.connections.open", method: "POST", reads: true, realm: APP, bucket: "socket" } as const;
  const { url } = (await ctx.http.json(request, Opened)).body;
  return ctx.http.socket(url);
}

/** What one connection tells, until Slack asks for another one. */
async function* told(ctx: SlackContext, socket: Socket, heard: Heard): AsyncGenerator<Push<SlackCursor>> {
  try {
    for await (const text of socket.texts) {
      const envelope = Envelope.safeParse(parsed(text)).data;
      if (envelope === undefined) continue;
      if (envelope.envelope_id !== undefined) socket.send(JSON.stringify({ envelope_id: envelope.envelope_id }));
      if (envelope.type === "disconnect") return closing(envelope.reason);
      if (envelope.type === "hello") yield greeted(heard);
      const { push, once } = envelope.type === "events_api" ? await deliveryOf(ctx, envelope.payload) : {};
      if (push !== undefined && isNew(heard, once)) yield push;
    }
  } finally {
    socket.close();
  }
  if (!ctx.signal.aborted)
    throw new ConnectorError("unavailable", `Slack closed the live connection of ${ctx.source}.`);
}

/** The first connection begins to listen; a later one has what was missed between the two looked at. */
function greeted(heard: Heard): Push<SlackCursor> {
  const { before } = heard;
  heard.before = true;
  return before ? { stale: "all" } : {};
}

function isNew({ recent }: Heard, once: string | undefined): boolean {
  if (once === undefined) return true;
  if (recent.has(once)) return false;
  recent.add(once);
  if (recent.size > MOST_RECENT) recent.delete(recent.values().next().value as string);
  return true;
}

/** Slack wants another connection, or none at all any more. */
function closing(reason: string | undefined): void {
  if (reason !== "link_disabled") return;
  throw new ConnectorError("unsupported", "Socket Mode was switched off for the app.", {
    hint: "Switch it on under Socket Mode at https://api.slack.com/apps, or take appToken out of the source.",
  });
}
