import { z } from "zod";
import { effect, mainOption, secret } from "../kit/index.ts";

const flag = (fallback: boolean, description: string) => z.boolean().default(fallback).describe(description);
const words = (fallback: string[], description: string) => z.array(z.string()).default(fallback).describe(description);
const text = (description: string) => z.string().min(1).optional().describe(description);

/** The options of a `github` source. */
export const GithubConfig = z.object({
  accessToken: secret(
    "A fine-grained personal access token (github_pat_…), a classic one (ghp_…) or any other token of GitHub. " +
      "Without one, public repositories are read with 60 requests an hour.",
    { variables: ["GITHUB_TOKEN", "GH_TOKEN"], command: ["gh", "auth", "token"] },
  ).optional(),
  appId: z
    .union([z.string().min(1), z.number().int().positive()])
    .optional()
    .describe("Id or client id of a GitHub App, together with privateKey."),
  privateKey: secret("The private key of the GitHub App: the text of its .pem file.").optional(),
  installationId: z
    .union([z.string().min(1), z.number().int().positive()])
    .optional()
    .describe("One installation of the GitHub App. Default: all of them."),
  clientId: text("Client id of an OAuth App or GitHub App, for `headwater login`."),
  clientSecret: secret("Client secret to clientId; the device code login needs none.").optional(),
  baseUrl: z
    .url()
    .optional()
    .describe(
      "Address of GitHub Enterprise Server or of a data residency host, such as https://github.example.com. Default: github.com.",
    ),
  repositories: mainOption(
    effect(
      words(
        [],
        "Repositories to follow, such as acme/docs. Empty: those of organization or owner, else all you can reach.",
      ),
      "widening",
    ),
  ),
  organization: text("Take the repositories of this organization, such as acme."),
  owner: text("Take the repositories of this user or organization; together with repo, that one repository."),
  repo: text("One repository of owner, such as docs."),
  includeArchived: effect(
    flag(false, "Also follow archived repositories that are not named in repositories."),
    "widening",
  ),
  includeForks: effect(flag(false, "Also follow forks that are not named in repositories."), "widening"),
  includeIssues: effect(flag(true, "Follow issues."), "widening"),
  includePrs: effect(flag(true, "Follow pull requests."), "widening"),
  includeComments: effect(flag(true, "Follow comments on issues, pull requests and discussions."), "widening"),
  includeReviewComments: effect(flag(true, "Follow reviews of pull requests and comments on their code."), "widening"),
  includeDiscussions: effect(
    flag(true, "Follow discussions; needs a token, also for public repositories."),
    "widening",
  ),
  includeReadme: effect(flag(true, "Take the README of each repository."), "widening"),
  includeCode: effect(
    flag(false, "Take files of the repository: those that fileExtensions or filePatterns name."),
    "widening",
  ),
  includeReleases: effect(flag(false, "Follow releases with their notes."), "widening"),
  includeWikis: effect(flag(false, "Follow wikis."), "widening"),
  filterType: z
    .enum(["both", "issues", "prs"])
    .default("both")
    .describe("Narrow what is followed to issues, or to pull requests."),
  state: z.enum(["all", "open", "closed"]).default("all").describe("Take only issues and pull requests in this state."),
  labels: words([], "Take only issues and pull requests with one of these labels."),
  includeBots: effect(flag(true, "Also take what bots wrote, such as dependency updates."), "widening"),
  branch: text("Branch to read files from. Default: the repository's default branch."),
  path: text("Read files only below this folder, such as docs."),
  fileExtensions: effect(words([".md", ".rst"], "Endings of the files to take. Empty: all text files."), "widening"),
  filePatterns: words([], "Glob patterns of the files to take, such as docs/**/*.adoc, in place of fileExtensions."),
  excludePaths: effect(
    words(["node_modules/**", "*.min.js"], "Glob patterns of files to leave out; wins over filePatterns."),
    "narrowing",
  ),
  maxFileSizeKb: effect(
    z.number().positive().default(500).describe("Larger files are left out. Kilobytes."),
    "widening",
  ),
  webhookSecret: secret("The secret of a webhook in GitHub's settings: changes then arrive at once.").optional(),
});
export type GithubConfig = z.output<typeof GithubConfig>;
