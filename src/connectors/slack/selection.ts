import { ConnectorError } from "../kit/index.ts";
import type { SlackConfig } from "./options.ts";
import type { Channel } from "./schema.ts";

/** A group of channels that is listed at once, with the scope it needs. */
export interface Family {
  types: string;
  title: string;
  isPersonal: boolean;
}

const PUBLIC: Family = { types: "public_channel", title: "Public channels", isPersonal: false };
const PRIVATE: Family = { types: "private_channel", title: "Private channels", isPersonal: false };
const DIRECT: Family = { types: "im,mpim", title: "Direct messages", isPersonal: true };

/** Each is asked for by itself: one without its scope must not take the others along. */
export function familiesOf({ includePrivate, includeDms }: SlackConfig): Family[] {
  return [PUBLIC, ...(includePrivate ? [PRIVATE] : []), ...(includeDms ? [DIRECT] : [])];
}

/** Whether the options name channels, rather than take all. */
export function isSelective({ channels, channelIds, channelPatterns }: SlackConfig): boolean {
  return channels.length + channelIds.length + channelPatterns.length > 0;
}

/** By its name or id: what somebody wrote into the options on purpose. */
export function isNamed({ channels, channelIds }: SlackConfig, { id, name, previous_names }: Channel): boolean {
  if (channelIds.includes(id)) return true;
  const written = channels.map(plainName);
  return [id.toLowerCase(), name ?? "", ...(written.includes(name ?? "") ? [] : previous_names)].some(
    (one) => one !== "" && written.includes(one),
  );
}

/** As people write it: `#field-ops`, `Field-Ops`. */
export function plainName(written: string): string {
  return written.trim().replace(/^#/, "").toLowerCase();
}

/** Whether the options take a channel, archived or not. */
export function isWanted(config: SlackConfig, channel: Channel): boolean {
  const excluded = config.excludeChannels.map(plainName);
  if (excluded.includes(channel.name ?? "") || excluded.includes(channel.id.toLowerCase())) return false;
  if (channel.is_im || channel.is_mpim) return config.includeDms || config.channelIds.includes(channel.id);
  if (channel.is_private && !config.includePrivate) return false;
  if (!isSelective(config)) return true;
  return isNamed(config, channel) || patternsOf(config).some((pattern) => pattern.test(channel.name ?? ""));
}

/** Throws `config` for one that is no regular expression. */
export function patternsOf({ channelPatterns }: SlackConfig): RegExp[] {
  return channelPatterns.map((written) => {
    try {
      return new RegExp(`^(?:${written})$`, "iu");
    } catch (cause) {
      throw new ConnectorError("config", `"${written}" in channelPatterns is no regular expression.`, {
        hint: "Write it such as proj-.*, then: headwater config edit",
        cause,
      });
    }
  });
}
