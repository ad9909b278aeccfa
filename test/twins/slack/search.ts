import { type Call, Refused, visible } from "./call.ts";
import type { Channel, Message } from "./model.ts";
import type { World } from "./world.ts";

export function search(call: Call): object {
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
