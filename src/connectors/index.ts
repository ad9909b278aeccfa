import type { Connector } from "./kit/index.ts";

/** Every connector by its folder name: one line each, loaded when a source first needs it. */
export const CONNECTORS: Readonly<Record<string, () => Promise<Connector>>> = {
  files: async () => (await import("./files/index.ts")).files,
  "google-drive": async () => (await import("./google-drive/index.ts")).googleDrive,
  github: async () => (await import("./github/index.ts")).github,
  imap: async () => (await import("./imap/index.ts")).imap,
  postgresql: async () => (await import("./postgresql/index.ts")).postgresql,
  slack: async () => (await import("./slack/index.ts")).slack,
};
