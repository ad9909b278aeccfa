import { openFiles } from "./files.ts";
import { openGithub } from "./github.ts";
import { openGoogleDrive } from "./google-drive.ts";
import { openImap } from "./imap.ts";
import { openPostgresql } from "./postgresql.ts";
import { openSlack } from "./slack.ts";
import type { World } from "./world.ts";

/** One for every connector, by its name; undefined where this machine has not the server that it needs. */
export const WORLDS: Readonly<Record<string, () => Promise<World | undefined>>> = {
  files: openFiles,
  github: openGithub,
  "google-drive": openGoogleDrive,
  imap: openImap,
  postgresql: openPostgresql,
  slack: openSlack,
};
