import { z } from "zod";
import type { NativeQuery } from "../kit/index.ts";
import { call, type SlackContext } from "./api.ts";
import { USER } from "./auth.ts";
import { identityOf } from "./identity.ts";
import { ok, Ts } from "./schema.ts";
import type { Hit } from "./search.ts";
import { workspacesOf } from "./workspaces.ts";

const Match = z.object({
  ts: Ts,
  channel: z.object({ id: z.string() }),
  permalink: z.string().nullish().catch(undefined),
});
const Found = ok({ messages: z.object({ matches: z.array(Match) }) });
/** So many channels are named in the question; with more of them the answers are sifted. */
const MOST_NAMED = 10;
/** Of an organization so many workspaces are asked, one after the other. */
const MOST_WORKSPACES = 5;

/** `search.messages`: words alone. https://docs.slack.dev/reference/methods/search.messages, 2026-11. */
export async function messageHits(ctx: SlackContext, { text, container, limit }: NativeQuery): Promise<Hit[]> {
  const places = container === undefined ? [...ctx.api.channels.keys()] : [container];
  const inPlaces = places.length <= MOST_NAMED ? places.map((id) => ` in:<#${id}>`).join("") : "";
  const words = text.replaceAll("?", " ").trim();
  const ask = { query: words + inPlaces, count: Math.min(100, limit * 3), sort: "score" };
  const { isOrganization } = await identityOf(ctx, USER);
  const workspaces = isOrganization
    ? (await workspacesOf(ctx, USER)).slice(0, MOST_WORKSPACES)
    : [{ teamId: undefined }];
  const hits: Hit[] = [];
  for (const { teamId } of workspaces) {
    const how = { bucket: "search", realm: USER } as const;
    const { matches } = (await call(ctx, "search.messages", { ...ask, team_id: teamId }, Found, how)).body.messages;
    for (const { channel, ts, permalink } of matches)
      hits.push({ channel: channel.id, ts, permalink: permalink ?? undefined });
  }
  return hits;
}
