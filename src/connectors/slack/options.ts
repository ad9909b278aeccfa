import { z } from "zod";
import { effect, mainOption, secret } from "../kit/index.ts";

const flag = (fallback: boolean, description: string) => z.boolean().default(fallback).describe(description);
const words = (description: string) => z.array(z.string().min(1)).default([]).describe(description);

/** The options of a `slack` source. */
export const SlackConfig = z.object({
  botToken: secret(
    "Bot token of a Slack app (xoxb-…), from OAuth & Permissions. It reads the channels the app was invited to.",
    {
      variables: ["SLACK_BOT_TOKEN", "SLACK_TOKEN"],
    },
  ).optional(),
  userToken: secret(
    "User token of a Slack app (xoxp-…). It reads what you read yourself; direct messages and Slack's own search need it.",
    { variables: ["SLACK_USER_TOKEN"] },
  ).optional(),
  clientId: z
    .string()
    .min(1)
    .optional()
    .describe("Client id of a Slack app with PKCE switched on, for `headwater login`."),
  realTimeSearch: effect(
    flag(
      false,
      "Let `headwater login` also ask for Slack's Real-time Search; the app needs Slack's AI features switched on (Agents & AI Apps).",
    ),
    "cosmetic",
  ),
  channels: mainOption(
    effect(
      words("Channels to follow by name, such as field-ops or #field-ops. Empty: all that the token's owner is in."),
      "widening",
    ),
  ),
  channelIds: effect(words("Channels to follow by id, such as C0123456789: these survive a new name."), "widening"),
  channelPatterns: effect(
    words("Channels to follow by a regular expression for the whole name, such as proj-.*"),
    "widening",
  ),
  excludeChannels: effect(words("Names or ids of channels to leave out, whatever else names them."), "narrowing"),
  includePrivate: effect(
    flag(false, "Also follow private channels; needs groups:read and groups:history."),
    "widening",
  ),
  includeDms: effect(
    flag(
      false,
      "Also follow direct and group messages; needs im:read, im:history, mpim:read and mpim:history, best of a user token.",
    ),
    "widening",
  ),
  includeArchived: effect(
    flag(false, "Also follow channels that were archived before they were first synced."),
    "widening",
  ),
  includeThreads: flag(true, "Take the replies of threads, not only what began them."),
  includeFiles: effect(flag(true, "Take shared files with their text; needs files:read."), "widening"),
  includeBots: flag(
    false,
    "Also take what apps and bots wrote. A thread in which people answered a bot is always taken.",
  ),
  autoJoin: flag(
    false,
    "Let the app join public channels that the options name (the only thing that headwater ever changes in Slack); needs channels:join.",
  ),
  groupBy: z
    .enum(["thread", "message"])
    .default("thread")
    .describe("One item for each thread with all its replies, or one for each message."),
  daysToSync: effect(
    z
      .number()
      .positive()
      .default(90)
      .describe("How far back the first sync reads. Days. What was synced stays when it gets older."),
    "widening",
  ),
  maxMessagesPerChannel: effect(
    z
      .number()
      .int()
      .positive()
      .default(10_000)
      .describe("The first sync reads at most so many messages of a channel, the newest ones."),
    "widening",
  ),
  threadLookbackDays: effect(
    z
      .number()
      .positive()
      .default(14)
      .describe(
        "Every sync looks at conversations that began in so many last days for new replies, edits and deletions; older ones are looked at once a day.",
      ),
    "cosmetic",
  ),
  appDistribution: effect(
    z
      .enum(["internal", "marketplace", "external"])
      .default("internal")
      .describe(
        "Whose app it is: your own, one of Slack's Marketplace, or one sold elsewhere, which Slack lets ask once a minute for 15 messages. That is also noticed by itself.",
      ),
    "cosmetic",
  ),
  signingSecret: effect(
    secret("Signing secret of the app: Slack's Events API then brings changes at once."),
    "cosmetic",
  ).optional(),
  appToken: effect(
    secret(
      "App-level token (xapp-…) with connections:write: Socket Mode then brings changes at once, without a public address.",
    ),
    "cosmetic",
  ).optional(),
  baseUrl: z
    .url()
    .default("https://slack.com/api")
    .describe("Address of the Web API; https://slack-gov.com/api for GovSlack."),
});
export type SlackConfig = z.output<typeof SlackConfig>;
