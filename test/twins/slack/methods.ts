import { type Method, paged, Refused, seenChannel } from "./call.ts";
import { fileInfo, fileList } from "./file-methods.ts";
import { history, historyScopes, replies } from "./history.ts";
import { listed, readScopes } from "./listing.ts";
import { FAMILY, type Token } from "./model.ts";
import { realTimeScopes, realTimeSearch } from "./real-time-search.ts";
import { search } from "./search.ts";
import { channelShape, userShape } from "./shapes.ts";
import type { World } from "./world.ts";

const PAGED = ["limit", "cursor"];
const WINDOW = ["channel", "latest", "oldest", "inclusive", ...PAGED];

/** The methods of the Web API that the twin has, each with its documented arguments, scopes and tier. */
export const METHODS: Readonly<Record<string, Method>> = {
  "auth.test": {
    tier: 4,
    args: [],
    answer: ({ world, token }) => whoIs(world, token),
  },
  "auth.teams.list": {
    tier: 3,
    args: ["include_icon", ...PAGED],
    answer: (call) =>
      paged(
        call,
        "teams",
        (call.token.isOfOrganization ? [...call.world.teams.values()] : [call.world.team]).map(({ id, name }) => ({
          id,
          name,
        })),
      ),
  },
  "team.info": {
    tier: 3,
    args: ["team"],
    scopes: () => ["team:read"],
    answer({ world, args }) {
      const team = world.teams.get(args.get("team") ?? world.team.id);
      if (team === undefined) throw new Refused("team_not_found");
      return { team: { ...team, email_domain: "weirworks.example", icon: {} } };
    },
  },
  "conversations.list": {
    tier: 2,
    wantsTeam: true,
    args: ["exclude_archived", "types", "team_id", ...PAGED],
    scopes: readScopes,
    answer: (call) => listed(call, (channel) => channel.kind === "public" || channel.members.has(call.token.user)),
  },
  "users.conversations": {
    tier: 3,
    wantsTeam: true,
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
    wantsTeam: true,
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
    wantsTeam: true,
    args: ["include_users", "include_count", "include_disabled", "team_id"],
    scopes: () => ["usergroups:read"],
    answer: ({ world, args }) => ({
      usergroups: [...world.usergroups.values()].map((group) => ({
        ...group,
        team_id: args.get("team_id") ?? world.team.id,
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
    answer: fileInfo,
  },
  "files.list": {
    tier: 3,
    args: ["user", "channel", "ts_from", "ts_to", "types", "count", "page", "show_files_hidden_by_limit", "team_id"],
    scopes: () => ["files:read"],
    wantsTeam: true,
    answer: fileList,
  },
  "search.messages": {
    tier: 2,
    args: ["query", "count", "page", "sort", "sort_dir", "highlight", "cursor", "team_id"],
    kinds: ["user"],
    scopes: () => ["search:read"],
    wantsTeam: true,
    answer: search,
  },
  "assistant.search.context": {
    tier: "search",
    args: [
      "query",
      "action_token",
      "content_types",
      "channel_types",
      "context_channel_id",
      "include_bots",
      "include_archived_channels",
      "include_context_messages",
      "disable_semantic_search",
      "before",
      "after",
      "sort",
      "sort_dir",
      ...PAGED,
    ],
    post: true,
    scopes: realTimeScopes,
    answer: realTimeSearch,
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

function whoIs(world: World, token: Token): object {
  const { organization, team } = world;
  const isOfAll = token.isOfOrganization === true && organization !== undefined;
  return {
    url: isOfAll ? `https://${organization.domain}.enterprise.slack.com/` : `https://${team.domain}.slack.com/`,
    team: isOfAll ? organization.name : team.name,
    user: world.users.get(token.user)?.name ?? "headwater",
    team_id: isOfAll ? organization.id : team.id,
    user_id: token.user,
    ...(token.kind === "bot" && { bot_id: "B0HEADWATER" }),
    ...(organization && { enterprise_id: organization.id }),
    is_enterprise_install: isOfAll,
    ...(token.expiresAt !== undefined && { expires_in: Math.round((token.expiresAt - world.now().getTime()) / 1000) }),
  };
}
