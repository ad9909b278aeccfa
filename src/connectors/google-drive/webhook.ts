import { createHash, timingSafeEqual } from "node:crypto";
import type { Delivery, RawRequest, Webhook } from "../kit/index.ts";
import type { DriveApi, DriveContext } from "./api.ts";
import type { DriveCursor } from "./cursor.ts";
import type { DriveConfig } from "./options.ts";

/**
 * News from Google: no body and no signature, only the text that we gave when the channel was opened.
 * https://developers.google.com/workspace/drive/api/guides/push, checked 2026-11-21.
 */
export const driveWebhook: Webhook<DriveConfig, DriveApi, DriveCursor> = {
  secret: (config) => config.webhookSecret,
  verify({ headers }, secret) {
    const given = headers.get("x-goog-channel-token");
    if (given === null || secret === "") return false;
    const [one, other] = [given, secret].map((text) => createHash("sha256").update(text).digest());
    return timingSafeEqual(one as Buffer, other as Buffer);
  },
  receive,
};

async function receive(ctx: DriveContext, { headers }: RawRequest): Promise<Delivery<DriveCursor>> {
  const state = headers.get("x-goog-resource-state") ?? "";
  const [channel, number] = [headers.get("x-goog-channel-id"), headers.get("x-goog-message-number")];
  const once = channel !== null && number !== null ? { once: `${channel}/${number}` } : {};
  if (state !== "change") return once; // "sync" says that the channel is open
  return { push: { stale: staleIn(ctx, headers.get("x-goog-resource-uri") ?? "") }, ...once };
}

/** The place whose log the channel watches. */
function staleIn({ api }: DriveContext, resource: string): string[] | "all" {
  const drive = URL.canParse(resource) ? new URL(resource).searchParams.get("driveId") : null;
  if (drive !== null) return [drive];
  const own = [...api.places.values()].filter((place) => !place.isShared);
  return own.length === 1 && own[0] !== undefined ? [own[0].id] : "all";
}
