import { defineConnector } from "../kit/index.ts";
import { DriveApi } from "./api.ts";
import { coversItem } from "./covers.ts";
import { DriveCursor } from "./cursor.ts";
import { fetchItem } from "./fetch.ts";
import { idsOf } from "./ids.ts";
import { list } from "./list.ts";
import { keepChannels } from "./live.ts";
import { locate } from "./locate.ts";
import { DriveConfig } from "./options.ts";
import { searchDrive } from "./search.ts";
import { driveService } from "./service.ts";
import { syncPlace } from "./sync.ts";
import { testAccount } from "./test-account.ts";
import { driveWebhook } from "./webhook.ts";

/** One's own Google Drive, what others share, and shared drives. */
export const googleDrive = defineConnector({
  id: "google-drive",
  title: "Google Drive",
  summary:
    "Files and folders of Google Drive: Docs, Sheets, Slides, PDFs and Office files, with comments and who may read them.",
  reference: "https://developers.google.com/workspace/drive/api/reference/rest/v3",
  config: DriveConfig,
  limits: { concurrency: 4 },
  http: driveService,
  cursor: DriveCursor,
  scope: "container",
  feed: "changes",

  connect: () => new DriveApi(),
  test: testAccount,
  list,
  sync: syncPlace,
  fetch: fetchItem,
  search: searchDrive,
  ids: idsOf,
  live: keepChannels,
  webhook: driveWebhook,
  locate,
  covers: coversItem,
});
