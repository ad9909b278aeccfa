import { type Call, Refused, readableChannel, seenChannel } from "./call.ts";
import { FAMILY, type Message } from "./model.ts";
import { byTs, messageShape, repliesOf } from "./shapes.ts";

export function historyScopes(call: Call): string[] {
  return [`${FAMILY[seenChannel(call).kind]}:history`];
}

/** Newest first, between two moments. The documentation promises no order of `oldest` without `latest`. */
export function history(call: Call): object {
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
export function replies(call: Call): object {
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
