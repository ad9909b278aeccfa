import { defineConnector } from "../kit/index.ts";
import { members } from "./access.ts";
import { SlackApi } from "./api.ts";
import { coversItem } from "./covers.ts";
import { SlackCursor } from "./cursor.ts";
import { fetchItem } from "./fetch.ts";
import { idsOf } from "./ids.ts";
import { list } from "./list.ts";
import { live } from "./live.ts";
import { locate } from "./locate.ts";
import { SlackConfig } from "./options.ts";
import { searchSlack } from "./search.ts";
import { slackService } from "./service.ts";
import { syncChannel } from "./sync.ts";
import { testAccount } from "./test-account.ts";
import { slackWebhook } from "./webhook.ts";

/** Channels of a Slack workspace, and direct messages where a person's token may read them. */
export const slack = defineConnector({
  id: "slack",
  title: "Slack",
  summary: "Conversations of Slack channels with their threads and files, and direct messages.",
  reference: "https://docs.slack.dev/reference/methods",
  config: SlackConfig,
  limits: { concurrency: 2 },
  http: slackService,
  cursor: SlackCursor,
  scope: "container",
  feed: "edits",

  connect: () => new SlackApi(),
  test: testAccount,
  list,
  sync: syncChannel,
  fetch: fetchItem,
  search: searchSlack,
  ids: idsOf,
  live,
  webhook: slackWebhook,
  members,
  locate,
  covers: coversItem,
});
