import { type Call, paged, Refused } from "./call.ts";
import type { Channel } from "./model.ts";
import { channelShape } from "./shapes.ts";

export function readScopes({ args }: Call): string[] {
  const families = { public_channel: "channels", private_channel: "groups", mpim: "mpim", im: "im" } as const;
  const types = (args.get("types") ?? "public_channel").split(",");
  return types.map((type) => {
    if (!(type in families)) throw new Refused("invalid_types");
    return `${families[type as keyof typeof families]}:read`;
  });
}

function isInTeam({ args, world }: Call, { team = world.team.id, sharedTeams = [] }: Channel): boolean {
  const wanted = args.get("team_id");
  return wanted === undefined || wanted === team || sharedTeams.includes(wanted);
}

export function listed(call: Call, isIn: (channel: Channel) => boolean): object {
  const { args, world, token } = call;
  const types = (args.get("types") ?? "public_channel").split(",");
  const kinds = { public: "public_channel", private: "private_channel", mpim: "mpim", im: "im" };
  const wanted = [...world.channels.values()].filter(
    (channel) =>
      types.includes(kinds[channel.kind]) &&
      isInTeam(call, channel) &&
      isIn(channel) &&
      !(args.get("exclude_archived") === "true" && channel.archived),
  );
  return paged(
    call,
    "channels",
    wanted.map((channel) => channelShape(world, channel, token.user)),
  );
}
