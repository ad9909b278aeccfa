import type { Channel, Message, Token } from "./model.ts";
import { FAMILY } from "./model.ts";
import { byTs, channelShape, fileShape, messageShape, repliesOf, userShape } from "./shapes.ts";
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

export interface Method {
  /** Calls a minute, https://docs.slack.dev/apis/web-api/rate-limits. */
  tier: 1 | 2 | 3 | 4;
  args: readonly string[];
  scopes?: (call: Call) => string[];
  kinds?: readonly Token["kind"][];
  post?: boolean;
  answer(call: Call): object;
}

const PAGED = ["limit", "cursor"];
const WINDOW = ["channel", "latest", "oldest", "inclusive", ...PAGED];

/** The methods of the Web API that the twin has, each with its documented arguments, scopes and tier. */
export const METHODS: Readonly<Record<string, Method>> = {
  "auth.test": {
    tier: 4,
    args: [],
    answer: ({ world, token }) => ({
      url: `https://${world.team.domain}.slack.com/`,
      team: world.team.name,
      user: world.users.get(token.user)?.name ?? "headwater",
      team_id: world.team.id,
      user_id: token.user,
      ...(token.kind === "bot" && { bot_id: "B0HEADWATER" }),
      is_enterprise_install: false,
    }),
  },
  "team.info": {
    tier: 3,
    args: ["team"],
    scopes: () => ["team:read"],
    answer: ({ world }) => ({ team: { ...world.team, email_domain: "weirworks.example", icon: {} } }),
  },
  "conversations.list": {
    tier: 2,
    args: ["exclude_archived", "types", "team_id", ...PAGED],
    scopes: readScopes,
    answer: (call) => listed(call, (channel) => channel.kind === "public" || channel.members.has(call.token.user)),
  },
  "users.conversations": {
    tier: 3,
    args: ["exclude_archived", "types", "user", "team_id", ...PAGED],
    scopes: readScopes,
    answer: (call) => listed(call, (channel) => channel.members.has(call.token.user)),
  },
  "conversations.info": {
    tier: 3,
    args: ["channel", "include_locale", "include_num_members"],
    scopes: (call) => [`${FAMILY[seenChannel(call).kind]}:read`],
    answer: (call) => ({ channel: channelShape(call.world, seenChannel(call), call.token.user) }),
  },
  "conversations.members": {
    tier: 4,
    args: ["channel", ...PAGED],
    scopes: (call) => [`${FAMILY[seenChannel(call).kind]}:read`],
    answer: (call) => paged(call, "members", [...seenChannel(call).members]),
  },
  "conversations.join": {
    tier: 3,
    args: ["channel"],
    post: true,
    scopes: () => ["channels:join"],
    answer(call) {
      const channel = seenChannel(call);
      if (channel.archived) throw new Refused("is_archived");
      channel.members.add(call.token.user);
      return { channel: channelShape(call.world, channel, call.token.user) };
    },
  },
  "conversations.history": { tier: 3, args: WINDOW, scopes: historyScopes, answer: history },
  "conversations.replies": { tier: 3, args: [...WINDOW, "ts"], scopes: historyScopes, answer: replies },
  "users.info": {
    tier: 4,
    args: ["user", "include_locale"],
    scopes: () => ["users:read"],
    answer({ world, token, args }) {
      const user = world.users.get(args.get("user") ?? "");
      if (user === undefined) throw new Refused("user_not_found");
      return { user: userShape(world, user, token.scopes.has("users:read.email")) };
    },
  },
  "users.list": {
    tier: 2,
    args: ["include_locale", "team_id", ...PAGED],
    scopes: () => ["users:read"],
    answer: (call) =>
      paged(
        call,
        "members",
        [...call.world.users.values()].map((user) =>
          userShape(call.world, user, call.token.scopes.has("users:read.email")),
        ),
      ),
  },
  "usergroups.list": {
    tier: 2,
    args: ["include_users", "include_count", "include_disabled", "team_id"],
    scopes: () => ["usergroups:read"],
    answer: ({ world }) => ({
      usergroups: [...world.usergroups.values()].map((group) => ({
        ...group,
        team_id: world.team.id,
        is_usergroup: true,
      })),
    }),
  },
  "bots.info": {
    tier: 3,
    args: ["bot", "team_id"],
    scopes: () => ["users:read"],
    answer: ({ args }) => ({
      bot: {
        id: args.get("bot"),
        deleted: false,
        name: "Gauge Alarm",
        updated: 1_700_000_000,
        app_id: "A0GAUGE001",
        icons: {},
      },
    }),
  },
  "files.info": {
    tier: 4,
    args: ["file", "count", "page", ...PAGED],
    scopes: () => ["files:read"],
    answer({ world, token, args, origin }) {
      const file = world.files.get(args.get("file") ?? "");
      const shared = [...world.channels.values()].some(
        (channel) =>
          visible(channel, token) && [...channel.messages.values()].some((one) => one.files?.includes(file?.id ?? "")),
      );
      if (file === undefined || !shared) throw new Refused("file_not_found");
      if (file.mode === "tombstone") throw new Refused("file_deleted");
      return {
        file: { ...fileShape(world, file, origin), ...sharesOf(world, file.id, token) },
        comments: [],
        paging: { count: 100, total: 0, page: 1, pages: 0 },
      };
    },
  },
  "search.messages": {
    tier: 2,
    args: ["query", "count", "page", "sort", "sort_dir", "highlight", "cursor", "team_id"],
    kinds: ["user"],
    scopes: () => ["search:read"],
    answer: search,
  },
  "apps.connections.open": {
    tier: 3,
    args: [],
    kinds: ["app"],
    post: true,
    scopes: () => ["connections:write"],
    answer: ({ socketUrl }) => ({ url: socketUrl() }),
  },
};

/** Where a file was shared, as far as the asker may see. */
function sharesOf(world: World, file: string, token: Token): object {
  const shares = { public: {} as Record<string, object[]>, private: {} as Record<string, object[]> };
  for (const channel of world.channels.values()) {
    if (!visible(channel, token)) continue;
    const told = [...channel.messages.values()].filter((one) => one.files?.includes(file));
    const shown = told.map(({ ts, thread_ts }) => ({
      ts,
      ...(thread_ts && { thread_ts }),
      channel_name: channel.name,
    }));
    if (shown.length > 0) shares[channel.kind === "public" ? "public" : "private"][channel.id] = shown;
  }
  return { shares, channels: Object.keys(shares.public), groups: Object.keys(shares.private), ims: [] };
}

function readScopes({ args }: Call): string[] {
  const families = { public_channel: "channels", private_channel: "groups", mpim: "mpim", im: "im" } as const;
  const types = (args.get("types") ?? "public_channel").split(",");
  return types.map((type) => {
    if (!(type in families)) throw new Refused("invalid_types");
    return `${families[type as keyof typeof families]}:read`;
  });
}

function historyScopes(call: Call): string[] {
  return [`${FAMILY[seenChannel(call).kind]}:history`];
}

function visible(channel: Channel, token: Token): boolean {
  return channel.kind === "public" || channel.members.has(token.user);
}

function seenChannel({ world, token, args }: Call): Channel {
  const channel = world.channels.get(args.get("channel") ?? "");
  if (channel === undefined || !visible(channel, token)) throw new Refused("channel_not_found");
  return channel;
}

/** A channel whose messages this token may read: a bot must be in it, a person need not be in public ones. */
function readableChannel(call: Call): Channel {
  const channel = seenChannel(call);
  if (call.token.kind === "bot" && !channel.members.has(call.token.user)) throw new Refused("not_in_channel");
  return channel;
}

function listed(call: Call, isIn: (channel: Channel) => boolean): object {
  const { args, world, token } = call;
  const types = (args.get("types") ?? "public_channel").split(",");
  const kinds = { public: "public_channel", private: "private_channel", mpim: "mpim", im: "im" };
  const wanted = [...world.channels.values()].filter(
    (channel) =>
      types.includes(kinds[channel.kind]) &&
      isIn(channel) &&
      !(args.get("exclude_archived") === "true" && channel.archived),
  );
  return paged(
    call,
    "channels",
    wanted.map((channel) => channelShape(world, channel, token.user)),
  );
}

/** Newest first, between two moments. The documentation promises no order of `oldest` without `latest`. */
function history(call: Call): object {
  const channel = readableChannel(call);
  const { world, origin } = call;
  const all = [...channel.messages.values()].filter(
    (one) => one.thread_ts === undefined || one.thread_ts === one.ts || one.subtype === "thread_broadcast",
  );
  const inside = within(call, all).sort((left, right) => byTs(right, left));
  const shown = inside.filter((one) => Number(one.ts) >= world.visibleSince);
  const { page, next } = slice(call, shown);
  return {
    messages: page.map((one) => messageShape(world, channel, one, origin)),
    has_more: next !== undefined,
    is_limited: shown.length < inside.length,
    pin_count: 0,
    channel_actions_ts: null,
    channel_actions_count: 0,
    ...(next !== undefined && { response_metadata: { next_cursor: next } }),
  };
}

/** Oldest first; the root leads the first page. A reply's own ts brings that reply alone. */
function replies(call: Call): object {
  const channel = readableChannel(call);
  const { world, args, origin } = call;
  const root = channel.messages.get(args.get("ts") ?? "");
  if (root === undefined) throw new Refused("thread_not_found");
  const isReply = root.thread_ts !== undefined && root.thread_ts !== root.ts;
  const below = isReply ? [] : within(call, repliesOf(channel, root.ts));
  const { page, next } = slice(call, below);
  return {
    messages: [...(args.has("cursor") ? [] : [root]), ...page].map((one) => messageShape(world, channel, one, origin)),
    has_more: next !== undefined,
    ...(next !== undefined && { response_metadata: { next_cursor: next } }),
  };
}

function within({ args }: Call, messages: Message[]): Message[] {
  const [oldest, latest] = [args.get("oldest"), args.get("latest")];
  for (const [name, value] of [
    ["oldest", oldest],
    ["latest", latest],
  ] as const)
    if (value !== undefined && !/^\d+(\.\d{1,6})?$/.test(value)) throw new Refused(`invalid_ts_${name}`);
  const inclusive = args.get("inclusive") === "true";
  return messages.filter(({ ts }) => {
    const after = oldest === undefined || padded(ts) > padded(oldest) || (inclusive && padded(ts) === padded(oldest));
    const before = latest === undefined || padded(ts) < padded(latest) || (inclusive && padded(ts) === padded(latest));
    return after && before;
  });
}

function padded(ts: string): string {
  const [seconds = "", part = ""] = ts.split(".");
  return `${seconds.padStart(12, "0")}.${part.padEnd(6, "0")}`;
}

/** A page of messages; the cursor names the message that comes next, as `next_ts:` in Base64. */
function slice({ args, historyCap }: Call, messages: Message[]): { page: Message[]; next: string | undefined } {
  const limit = Math.min(Number(args.get("limit") ?? 100), historyCap);
  if (!(limit >= 1 && limit <= 1000)) throw new Refused("invalid_limit");
  const cursor = Buffer.from(args.get("cursor") ?? "", "base64").toString();
  const from = cursor === "" ? 0 : messages.findIndex((one) => `next_ts:${one.ts.replace(".", "")}` === cursor);
  if (from < 0) throw new Refused("invalid_cursor");
  const page = messages.slice(from, from + limit);
  const following = messages[from + limit];
  return { page, next: following && Buffer.from(`next_ts:${following.ts.replace(".", "")}`).toString("base64") };
}

function paged(call: Call, name: string, all: unknown[]): object {
  const limit = Math.min(Number(call.args.get("limit") ?? 100), call.pageCap);
  const from = Number(Buffer.from(call.args.get("cursor") ?? "", "base64").toString() || 0);
  if (!(limit >= 1 && limit <= 1000)) throw new Refused("invalid_limit");
  if (Number.isNaN(from)) throw new Refused("invalid_cursor");
  const more = from + limit < all.length;
  const next_cursor = more ? Buffer.from(String(from + limit)).toString("base64") : "";
  return { [name]: all.slice(from, from + limit), response_metadata: { next_cursor } };
}

function search(call: Call): object {
  const { world, args, token } = call;
  const query = args.get("query") ?? "";
  if (query === "") throw new Refused("No query passed");
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => !word.startsWith("in:"));
  const places = [...query.matchAll(/in:<#(\w+)>/g)].map((match) => match[1]);
  const matches = [...world.channels.values()]
    .filter((channel) => visible(channel, token) && (places.length === 0 || places.includes(channel.id)))
    .flatMap((channel) =>
      [...channel.messages.values()]
        .filter((one) => words.every((word) => one.text.toLowerCase().includes(word)))
        .map((one) => ({
          iid: one.ts,
          team: world.team.id,
          channel: {
            id: channel.id,
            name: channel.name,
            is_private: channel.kind !== "public",
            is_mpim: false,
            is_shared: false,
            is_org_shared: false,
            is_ext_shared: false,
            pending_shared: [],
            is_pending_ext_shared: false,
          },
          type: "message",
          user: one.user ?? "",
          username: world.users.get(one.user ?? "")?.name ?? one.username ?? "",
          ts: one.ts,
          text: one.text,
          permalink: permalink(world, channel, one),
        })),
    );
  const count = Number(args.get("count") ?? 20);
  const shown = matches.slice(0, count);
  const pages = Math.ceil(matches.length / count);
  return {
    query,
    messages: {
      total: matches.length,
      matches: shown,
      paging: { count, page: 1, pages, total: matches.length },
      pagination: {
        first: 1,
        last: shown.length,
        page: 1,
        page_count: pages,
        per_page: count,
        total_count: matches.length,
      },
    },
  };
}

export function permalink(world: World, channel: Channel, { ts, thread_ts }: Message): string {
  const address = `https://${world.team.domain}.slack.com/archives/${channel.id}/p${ts.replace(".", "")}`;
  return thread_ts === undefined || thread_ts === ts ? address : `${address}?thread_ts=${thread_ts}&cid=${channel.id}`;
}
