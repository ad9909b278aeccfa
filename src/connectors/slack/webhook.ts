import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { Delivery, RawRequest, Webhook } from "../kit/index.ts";
import type { SlackApi, SlackContext } from "./api.ts";
import type { SlackCursor } from "./cursor.ts";
import { Callback, pushOf } from "./events.ts";
import { identityOf } from "./identity.ts";
import type { SlackConfig } from "./options.ts";

/** Older deliveries, and those from the future, are somebody's copies. */
const WINDOW_MS = 5 * 60_000;
const Handshake = z.object({ type: z.literal("url_verification"), challenge: z.string().max(1000) });

/** The Events API: https://docs.slack.dev/apis/events-api and authentication/verifying-requests-from-slack, 2026-11. */
export const slackWebhook: Webhook<SlackConfig, SlackApi, SlackCursor> = {
  secret: ({ signingSecret }) => signingSecret,
  verify({ headers, body }, secret, now) {
    const time = headers.get("x-slack-request-timestamp") ?? "";
    if (secret === "" || !/^\d{1,12}$/.test(time) || Math.abs(now.getTime() - Number(time) * 1000) > WINDOW_MS)
      return false;
    const wanted = createHmac("sha256", secret).update(`v0:${time}:`).update(body).digest("hex");
    const given = Buffer.from(headers.get("x-slack-signature") ?? "");
    const right = Buffer.from(`v0=${wanted}`);
    return given.length === right.length && timingSafeEqual(given, right);
  },
  receive,
};

async function receive(ctx: SlackContext, request: RawRequest): Promise<Delivery<SlackCursor>> {
  const said = parsed(request.body.toString("utf8"));
  const handshake = Handshake.safeParse(said).data;
  if (handshake !== undefined)
    return { reply: { status: 200, body: handshake.challenge, headers: { "content-type": "text/plain" } } };
  return deliveryOf(ctx, said);
}

/** An event in its wrapping, however it came. Events of other workspaces that share the app are not for this source. */
export async function deliveryOf(ctx: SlackContext, said: unknown): Promise<Delivery<SlackCursor>> {
  const callback = Callback.safeParse(said).data;
  if (callback === undefined) return {};
  const { enterprise, teamId } = await identityOf(ctx);
  if (callback.team_id !== undefined && callback.team_id !== teamId && enterprise === undefined) return {};
  const push = await pushOf(ctx, callback.event);
  return { ...(push !== undefined && { push }), once: callback.event_id };
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
