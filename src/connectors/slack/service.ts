import type { HttpService } from "../kit/index.ts";
import { slackAuth } from "./auth.ts";
import { explain } from "./explain.ts";
import type { SlackConfig } from "./options.ts";

/**
 * How Slack is reached. Each method has a limit of its own for each app and workspace: tier 2 is 20 calls a minute, tier 3 is
 * 50, tier 4 is 100 (https://docs.slack.dev/apis/web-api/rate-limits, 2026-11). A call fewer leaves room for what is on its way.
 */
export const slackService: HttpService<SlackConfig> = {
  baseUrl: ({ baseUrl }) => baseUrl,
  origins: ["https://files.slack.com", "https://files.slack-gov.com"],
  auth: slackAuth,
  buckets: {
    default: { concurrency: 2, perMinute: 48 },
    history: { concurrency: 1, perMinute: 48 },
    replies: { concurrency: 1, perMinute: 48 },
    // Apps that are sold outside the Marketplace: one call a minute since 2025-05-29.
    pacedHistory: { concurrency: 1, perMinute: 1 },
    pacedReplies: { concurrency: 1, perMinute: 1 },
    channels: { concurrency: 1, perMinute: 19 },
    memberships: { concurrency: 1, perMinute: 48 },
    people: { concurrency: 4, perMinute: 96 },
    everybody: { concurrency: 1, perMinute: 19 },
    groups: { concurrency: 1, perMinute: 19 },
    members: { concurrency: 1, perMinute: 96 },
    fileInfo: { concurrency: 2, perMinute: 96 },
    fileList: { concurrency: 1, perMinute: 48 },
    files: { concurrency: 2 },
    search: { concurrency: 1, perMinute: 19 },
    // For most workspaces; large ones may ask more often: https://docs.slack.dev/reference/methods/assistant.search.context, 2026-11.
    realTimeSearch: { concurrency: 1, perMinute: 9 },
    join: { concurrency: 1, perMinute: 48 },
    teams: { concurrency: 1, perMinute: 48 },
    identity: { concurrency: 2 },
    socket: { concurrency: 1 },
  },
  explain,
};
