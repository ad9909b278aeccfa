import type { Channel, Token } from "./model.ts";
import type { World } from "./world.ts";

/** A refusal as Slack says it: status 200 and `ok: false`. */
export class Refused extends Error {
  readonly more: Record<string, unknown>;
  constructor(error: string, more: Record<string, unknown> = {}) {
    super(error);
    this.more = more;
  }
}

export interface Call {
  world: World;
  token: Token;
  args: Map<string, string>;
  origin: string;
  /** Lists never carry more, whatever `limit` says. */
  pageCap: number;
  /** History and replies carry so many, where the app is one that is sold outside the Marketplace. */
  historyCap: number;
  socketUrl: () => string;
}

/** "search" is what the Real-time Search API allows most teams: 10 a minute. */
export type Tier = 1 | 2 | 3 | 4 | "search";

export interface Method {
  /** Calls a minute, https://docs.slack.dev/apis/web-api/rate-limits. */
  tier: Tier;
  args: readonly string[];
  scopes?: (call: Call) => string[];
  kinds?: readonly Token["kind"][];
  post?: boolean;
  /** Tokens of a whole organization have to say which workspace. */
  wantsTeam?: boolean;
  answer(call: Call): object;
}

export function visible(channel: Channel, token: Token): boolean {
  return channel.kind === "public" || channel.members.has(token.user);
}

export function seenChannel({ world, token, args }: Call): Channel {
  const channel = world.channels.get(args.get("channel") ?? "");
  if (channel === undefined || !visible(channel, token)) throw new Refused("channel_not_found");
  return channel;
}

/** A channel whose messages this token may read: a bot must be in it, a person need not be in public ones. */
export function readableChannel(call: Call): Channel {
  const channel = seenChannel(call);
  if (call.token.kind === "bot" && !channel.members.has(call.token.user)) throw new Refused("not_in_channel");
  return channel;
}

export function paged(call: Call, name: string, all: unknown[]): object {
  const limit = Math.min(Number(call.args.get("limit") ?? 100), call.pageCap);
  const from = Number(Buffer.from(call.args.get("cursor") ?? "", "base64").toString() || 0);
  if (!(limit >= 1 && limit <= 1000)) throw new Refused("invalid_limit");
  if (Number.isNaN(from)) throw new Refused("invalid_cursor");
  const more = from + limit < all.length;
  const next_cursor = more ? Buffer.from(String(from + limit)).toString("base64") : "";
  return { [name]: all.slice(from, from + limit), response_metadata: { next_cursor } };
}
