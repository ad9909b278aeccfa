import { z } from "zod";
import { ConnectorError } from "../kit/index.ts";
import { call, callPages, realmOf, type SlackContext } from "./api.ts";
import { type Checked, checkedMessages } from "./checked.ts";
import { type Channel, type Message, paged } from "./schema.ts";

/** As many as Slack gives at once, and as apps get that are sold outside its Marketplace. */
const MOST = 999;
const MOST_PACED = 15;

const Page = paged({
  messages: z.array(z.unknown()),
  has_more: z.boolean().nullish(),
  is_limited: z.boolean().nullish(),
});

export interface HistoryPage extends Checked {
  isLast: boolean;
  /** Slack's free plan hides what is older. */
  isLimited: boolean;
}

/** What began conversations in a channel between two moments, the newest first. */
export async function* history(
  ctx: SlackContext,
  channel: Channel,
  oldest: string,
  latest: string,
): AsyncGenerator<HistoryPage> {
  const limit = isPaced(ctx) ? MOST_PACED : MOST;
  const query = { channel: channel.id, oldest, latest, inclusive: true, limit };
  const how = { bucket: isPaced(ctx) ? "pacedHistory" : "history", realm: realmOf(ctx, channel) } as const;
  // How much the first page brings tells the pace: only then the next one is asked for.
  const { body: first } = await call(ctx, "conversations.history", query, Page, how);
  const page = pageOf(channel, first);
  const isCut = !page.isLast && first.messages.length === MOST_PACED && limit > MOST_PACED;
  if (isCut) noticePace(ctx);
  yield page;
  if (page.isLast) return;
  if (isCut) throw changedPace();
  const rest = { ...query, cursor: first.response_metadata };
  for await (const body of callPages(ctx, "conversations.history", rest, Page, how)) yield pageOf(channel, body);
}

function pageOf(channel: Channel, body: z.output<typeof Page>): HistoryPage {
  const isLast = body.has_more !== true || body.response_metadata === undefined;
  return { ...checkedMessages(channel.id, body.messages), isLast, isLimited: body.is_limited === true };
}

export interface Thread {
  root: Message;
  replies: Message[];
  failures: Checked["failures"];
}

/** A conversation with all its replies, the oldest first. A reply's own ts brings that reply alone. Throws `not_found`. */
export async function readThread(ctx: SlackContext, channel: Channel, ts: string): Promise<Thread> {
  const query = { channel: channel.id, ts, limit: isPaced(ctx) ? MOST_PACED : MOST };
  const how = { bucket: isPaced(ctx) ? "pacedReplies" : "replies", realm: realmOf(ctx, channel) } as const;
  const met = new Map<string, Message>();
  const failures: Checked["failures"] = [];
  for await (const page of callPages(ctx, "conversations.replies", query, Page, how)) {
    const checked = checkedMessages(channel.id, page.messages);
    for (const message of checked.good) met.set(message.ts, message);
    failures.push(...checked.failures);
  }
  const root = met.get(ts);
  if (root === undefined)
    throw failures[0]?.error ?? new ConnectorError("not_found", "There is no such message any more.");
  met.delete(ts);
  return { root, replies: [...met.values()], failures };
}

export function isPaced({ api, config }: SlackContext): boolean {
  return api.isPaced || config.appDistribution === "external";
}

function noticePace(ctx: SlackContext): void {
  if (!ctx.api.isPaced) ctx.log.warn("pace.noticed", { why: "Slack gives this app 15 messages a minute" });
  ctx.api.isPaced = true;
}

/** The rest of the walk goes on from the committed page, at the other pace. */
function changedPace(): ConnectorError {
  return new ConnectorError("rate_limited", "Slack lets this app ask once a minute for 15 messages.", {
    hint: "Make an app of your own at https://api.slack.com/apps: it may ask fifty times a minute.",
    retryAfterMs: 60_000,
  });
}
