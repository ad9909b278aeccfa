import { github } from "../../../src/connectors/github/index.ts";
import { type Twin, testConnector } from "../../contract/connector.ts";
import { GithubTwin } from "../../twins/github/github-twin.ts";
import type { Repository } from "../../twins/github/repository.ts";

const ODD = [
  "docs/ä #1 100% ?.md",
  "docs/new\nline.md",
  "docs/سد 🐟.rst",
  "docs/[x] (y) & 'z' \"q\".md",
  "docs/a+b=c.md",
];

/** A repository of whose life only its files and releases are followed. */
class CodeTwin implements Twin {
  readonly #github: GithubTwin;
  readonly #repository: Repository;

  constructor(github: GithubTwin) {
    this.#github = github;
    this.#repository = github.repository("mill/handbook", { description: "The handbook of the mill." });
  }

  config(): Record<string, unknown> {
    const others = { includeIssues: false, includePrs: false, includeComments: false, includeReviewComments: false };
    return { ...this.#github.config(), ...others, includeDiscussions: false, includeCode: true, includeReleases: true };
  }

  async seed(): Promise<void> {
    const days = Array.from({ length: 230 }, (_, at) => [
      `log/${at % 2}/day-${at}.md`,
      `On day ${at} the gauge stood low.`,
    ]);
    const odd = ODD.map((path) => [path, `What is odd about ${path.length} characters.`]);
    this.#repository.treeLimit = 200; // without an archive, so that there are several pages
    this.#repository.push({ files: Object.fromEntries([...odd, ...days]) });
    this.#repository.push({ files: { "README.md": "# The handbook", "main.ts": "export {};" } });
    this.#repository.releases.publish({ tag: "v1.0", body: "The first one." });
  }

  async expected(): Promise<Map<string, string>> {
    const { git, id, releases } = this.#repository;
    const found = new Map<string, string>();
    for (const [path, { sha }] of git.files(git.refs.get("heads/main") as string))
      if (/\.(md|rst)$/.test(path)) found.set(`${id}:${path}`, git.blobs.get(sha)?.toString() ?? "");
    found.set(`${id}`, "The handbook of the mill.");
    for (const release of releases.all()) found.set(`${id}#release-${release.id}`, release.body ?? "");
    return found;
  }

  async add(text: string): Promise<string> {
    this.#repository.push({ files: { "log/added.md": text } });
    return `${this.#repository.id}:log/added.md`;
  }

  async edit(id: string, text: string): Promise<string> {
    this.#repository.push({ files: { [pathOf(id)]: text } });
    return id;
  }

  async remove(id: string): Promise<void> {
    this.#repository.push({ files: { [pathOf(id)]: null } });
  }

  async close(): Promise<void> {
    await this.#github.close();
  }
}

function pathOf(id: string): string {
  return id.slice(id.indexOf(":") + 1);
}

testConnector(github, async () => new CodeTwin(await GithubTwin.open()));
