import { googleAuth, type HttpService } from "../kit/index.ts";
import { DOCS_ORIGIN, driveAddresses, ENABLE_DRIVE } from "./addresses.ts";
import { explain } from "./explain.ts";
import type { DriveConfig } from "./options.ts";

const READ = "https://www.googleapis.com/auth/drive.readonly";
const READ_NAMES = "https://www.googleapis.com/auth/drive.metadata.readonly";

/**
 * How Drive is reached. Costs of requests and what a minute allows (325,000 units a person, 2026-05) are far above what eight
 * requests at once can spend, so no rate is kept: Google says when it is too much.
 */
export const driveService: HttpService<DriveConfig> = {
  baseUrl: ({ baseUrl }) => driveAddresses(baseUrl).api,
  origins: [DOCS_ORIGIN],
  auth: googleAuth<DriveConfig>({
    scopes: ({ metadataOnly }) => [metadataOnly ? READ_NAMES : READ],
    allows: ({ metadataOnly }) =>
      metadataOnly
        ? "to see names, places and people of the files in your Google Drive, not what is in them."
        : "to see and download the files in your Google Drive. It can change nothing.",
    enable: ENABLE_DRIVE,
  }),
  buckets: {
    default: { concurrency: 8 },
    download: { concurrency: 4 },
  },
  explain,
};
