import { defineConnector } from "../kit/index.ts";
import { FilesApi } from "./api.ts";
import { coversItem } from "./covers.ts";
import { examine } from "./examine.ts";
import { fetchFile } from "./fetch.ts";
import { listFolder } from "./list.ts";
import { watchRoot } from "./live.ts";
import { locateFile } from "./locate.ts";
import { FilesConfig } from "./options.ts";
import { WalkCursor, walk } from "./walk.ts";

/** Folders on this machine: Markdown notes with their links and properties, and every document that holds text. */
export const files = defineConnector({
  id: "files",
  title: "Files and Obsidian vaults",
  summary: "Notes, documents and other files from folders and Obsidian vaults on this machine.",
  reference: "https://help.obsidian.md/data-storage",
  config: FilesConfig,
  limits: { concurrency: 2 },
  cursor: WalkCursor,
  scope: "container",
  feed: "listing",

  connect: (ctx) => new FilesApi(ctx.config),
  test: (ctx) => examine(ctx),
  list: (ctx, parent) => listFolder(ctx, parent),
  async *sync(ctx, from) {
    const root = ctx.api.reopen(ctx.api.rootOf(from.container));
    yield* walk(ctx, root, ctx.api.tags, from);
  },
  fetch: (ctx, id) => fetchFile(ctx, id),
  live: (ctx, from) => watchRoot(ctx, from.container),
  locate: async (ctx, url) => locateFile(ctx.api, url),
  covers: (config, item) => coversItem(config, item),
});
