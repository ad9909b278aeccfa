import { z } from "zod";
import { effect, googleLoginOptions, mainOption, secret } from "../kit/index.ts";

const flag = (fallback: boolean, description: string) => z.boolean().default(fallback).describe(description);
const words = (description: string) => z.array(z.string().min(1)).default([]).describe(description);

/** Kinds of files as people call them. */
export const FILE_TYPES = [
  "document",
  "spreadsheet",
  "presentation",
  "drawing",
  "form",
  "pdf",
  "image",
  "audio",
  "video",
  "text",
  "archive",
] as const;

/** The options of a `google-drive` source. */
export const DriveConfig = z.object({
  ...googleLoginOptions,
  impersonateUsers: effect(
    words("People of your organization whose Drives the service account reads, each as that person sees it."),
    "widening",
  ),
  metadataOnly: flag(
    false,
    "Ask for the right to see names and places only (drive.metadata.readonly): no file is read.",
  ),
  rootFolderId: z
    .string()
    .min(1)
    .default("root")
    .describe("Id or address of one folder to follow with all below it. root: everything."),
  folderIds: mainOption(
    words("Ids or addresses of folders to follow with all below them. Empty: everything you can reach."),
  ),
  includeShared: effect(flag(true, "Also follow what other people share with you."), "widening"),
  includeDomain: effect(
    flag(false, "Also take what everybody in your organization can find, whether you opened it or not."),
    "widening",
  ),
  includeSharedDrives: effect(flag(true, "Also follow shared drives."), "widening"),
  sharedDrives: words("Names or ids of the shared drives to follow. Empty: all of them."),
  useDomainAdminAccess: flag(
    false,
    "Also list shared drives that you administer without being a member; to read in one, become a member.",
  ),
  includeTrashed: effect(flag(false, "Also keep what lies in the bin."), "widening"),
  fileTypes: z
    .array(z.enum(FILE_TYPES))
    .default([])
    .describe(`Take only these kinds of files: ${FILE_TYPES.join(", ")}. Empty: all.`),
  includeMimes: words("Take only files of these mime types, such as application/pdf or text/*. Empty: all."),
  excludeMimes: effect(words("Leave out files of these mime types, such as video/*."), "narrowing"),
  includePaths: words("Take only files whose path matches one of these globs, such as Projects/**."),
  excludePaths: effect(words("Leave out files whose path matches one of these globs, such as **/Old/**."), "narrowing"),
  followShortcuts: effect(flag(true, "Also take what shortcuts lead to."), "widening"),
  includeComments: effect(
    flag(false, "Also take comments with their replies: one more request for each changed file."),
    "widening",
  ),
  maxFileSizeMb: effect(
    z.number().positive().default(100).describe("Larger files are found by name only. Megabytes."),
    "widening",
  ),
  exportFormats: z
    .record(z.string(), z.string())
    .default({})
    .describe(
      "Formats that Google's own files are read in, by kind: {document: text/markdown, presentation: application/pdf}.",
    ),
  webhookUrl: effect(
    z
      .url()
      .optional()
      .describe(
        "Public https address of this source's hook, such as https://mcp.example.com/hooks/drive: Google then tells changes at once.",
      ),
    "cosmetic",
  ),
  webhookSecret: effect(secret("Any long random text, which Google's deliveries then carry.").optional(), "cosmetic"),
});
export type DriveConfig = z.output<typeof DriveConfig>;
