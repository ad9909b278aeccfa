import { type Call, Refused, visible } from "./call.ts";
import type { Channel, Token } from "./model.ts";
import { permalink } from "./search.ts";

const SCOPES = { public_channel: "public", private_channel: "private", mpim: "mpim", im: "im" } as const;
const KINDS = { public: "public_channel", private: "private_channel", mpim: "mpim", im: "im" } as const;
const MOST = 20;

const listOf = ({ args }: Call, name: string, fallback: string) => (args.get(name) ?? fallback).split(",");

/** A scope for each kind of channel, and one for files. https://docs.slack.dev/apis/web-api/real-time-search-api, 2026-11. */
export function realTimeScopes(call: Call): string[] {
  const places = listOf(call, "channel_types", "public_channel").map((type) => {
    if (!(type in SCOPES)) throw new Refused("invalid_channel_types");
    return `search:read.${SCOPES[type as keyof typeof SCOPES]}`;
  });
  return [...places, ...(listOf(call, "content_types", "messages").includes("files") ? ["search:read.files"] : [])];
}

/** Words of the question by which something is found: a semantic search passes over the small ones. */
function wordsOf(query: string): string[] {
  const small = new Set(["where", "what", "who", "is", "the", "a", "of", "did", "do", "we", "about"]);
  return query
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "" && !small.has(word));
}

/** `assistant.search.context`: a person's token, or an app's with the `action_token` of a message. */
export function realTimeSearch(call: Call): object {
  const { world, args, token } = call;
  if (!world.hasRealTimeSearch) throw new Refused("feature_not_enabled");
  if (token.kind === "bot" && !args.has("action_token")) throw new Refused("missing_action_token");
  const words = wordsOf(args.get("query") ?? "");
  if (words.length === 0) throw new Refused("query_missing");
  const limit = Number(args.get("limit") ?? MOST);
  if (!(limit >= 1 && limit <= MOST)) throw new Refused("invalid_limit");
  const kinds = listOf(call, "channel_types", "public_channel");
  const contents = listOf(call, "content_types", "messages");
  const channels = [...world.channels.values()].filter(
    (channel) => kinds.includes(KINDS[channel.kind]) && visible(channel, token),
  );
  const fits = (text: string) => words.every((word) => text.toLowerCase().includes(word));
  const messages = contents.includes("messages") ? channels.flatMap((channel) => messagesOf(call, channel, fits)) : [];
  const files = contents.includes("files") ? filesOf(call, channels, token, fits) : [];
  const from = Number(
    Buffer.from(args.get("cursor") ?? "", "base64")
      .toString()
      .replace("CURRENT_PAGE:", "") || 0,
  );
  const more = from + limit < messages.length;
  const next_cursor = more ? Buffer.from(`CURRENT_PAGE:${from + limit}`).toString("base64") : "";
  return {
    results: { messages: messages.slice(from, from + limit), files: from === 0 ? files.slice(0, limit) : [] },
    response_metadata: { next_cursor },
  };
}

function messagesOf({ world, args }: Call, channel: Channel, fits: (text: string) => boolean): object[] {
  const found = [...channel.messages.values()].filter(
    (one) => fits(one.text) && (one.bot_id === undefined || args.get("include_bots") === "true"),
  );
  return found.map((one) => ({
    author_name: world.users.get(one.user ?? "")?.realName ?? "",
    author_user_id: one.user ?? "",
    team_id: channel.team ?? world.team.id,
    channel_id: channel.id,
    channel_name: channel.name,
    message_ts: one.ts,
    content: one.text,
    is_author_bot: one.bot_id !== undefined,
    permalink: permalink(world, channel, one),
  }));
}

function filesOf(
  { world }: Call,
  channels: readonly Channel[],
  token: Token,
  fits: (text: string) => boolean,
): object[] {
  const seen = [...world.files.values()].filter((file) =>
    channels.some(
      (channel) =>
        visible(channel, token) &&
        (file.ownCanvasOf === channel.id || [...channel.messages.values()].some((one) => one.files?.includes(file.id))),
    ),
  );
  return seen
    .filter((file) => fits(`${file.title} ${file.content}`))
    .map((file) => ({
      uploader_user_id: file.user,
      author_user_id: file.user,
      author_name: world.users.get(file.user)?.realName ?? "",
      team_id: world.team.id,
      file_id: file.id,
      date_created: file.created,
      date_updated: file.updated ?? file.created,
      title: file.title,
      file_type: file.isCanvas ? "canvas" : (file.name.split(".").at(-1) ?? ""),
      permalink: `https://${world.team.domain}.slack.com/files/${file.user}/${file.id}`,
      content: file.content.toString().slice(0, 200),
    }));
}
