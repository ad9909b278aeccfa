import { defineConnector } from "../kit/index.ts";
import { testAccount } from "./account/test-account.ts";
import { GithubApi } from "./api.ts";
import { coversItem } from "./covers.ts";
import { fetchItem } from "./fetch.ts";
import { idsOf } from "./ids.ts";
import { list } from "./list.ts";
import { locate } from "./locate.ts";
import { GithubConfig } from "./options.ts";
import { searchGithub } from "./search/search.ts";
import { githubService } from "./service.ts";
import { GithubCursor } from "./streams.ts";
import { syncRepository } from "./sync.ts";
import { githubWebhook } from "./webhook.ts";

/** Repositories of github.com, of a data residency host or of an Enterprise Server. */
export const github = defineConnector({
  id: "github",
  title: "GitHub",
  summary: "Issues, pull requests, reviews, discussions, files, releases and wikis of GitHub repositories.",
  reference: "https://docs.github.com/rest",
  config: GithubConfig,
  limits: { concurrency: 4 },
  http: githubService,
  cursor: GithubCursor,
  scope: "container",
  feed: "edits",

  connect: () => new GithubApi(),
  test: testAccount,
  list,
  sync: syncRepository,
  fetch: fetchItem,
  search: searchGithub,
  ids: idsOf,
  webhook: githubWebhook,
  locate,
  covers: coversItem,
});
