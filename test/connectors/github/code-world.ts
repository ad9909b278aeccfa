import { github } from "../../../src/connectors/github/index.ts";
import type { SyncReport } from "../../../src/model/index.ts";
import { TestWorkplace } from "../../contract/workplace.ts";
import { GithubTwin } from "../../twins/github/github-twin.ts";
import type { Repository } from "../../twins/github/repository.ts";

/** Nothing but the files of repositories. */
const FILES_ONLY = {
  includeIssues: false,
  includePrs: false,
  includeComments: false,
  includeReviewComments: false,
  includeDiscussions: false,
};

/** A repository on the twin, followed by a source. */
export class CodeWorld {
  readonly twin: GithubTwin;
  readonly repository: Repository;
  readonly place: TestWorkplace;

  private constructor(twin: GithubTwin, repository: Repository, place: TestWorkplace) {
    this.twin = twin;
    this.repository = repository;
    this.place = place;
  }

  static async open(options: Record<string, unknown> = {}): Promise<CodeWorld> {
    const twin = await GithubTwin.open();
    const repository = twin.repository("mill/handbook");
    const config = { ...twin.config(), ...FILES_ONLY, includeCode: true, ...options };
    const place = await TestWorkplace.open({ id: "mine", connector: github, config });
    return new CodeWorld(twin, repository, place);
  }

  /** One sync, and what it asked: `ref 1, tree 2`. */
  async sync(options?: Parameters<TestWorkplace["sync"]>[1]): Promise<{ report: SyncReport; asked: string }> {
    this.twin.recount();
    const isKnown = (await this.place.stored("mine")).has(`${this.repository.id}`);
    const report = await this.place.sync("mine", options);
    // The repository itself is an item too.
    return { report: { ...report, added: report.added - (isKnown ? 0 : 1) }, asked: this.asked() };
  }

  asked(): string {
    const names = [...this.twin.counts()].filter(([route]) => route !== "/repos/{owner}/{repo}");
    return names.map(([route, count]) => `${shortOf(route)} ${count}`).join(", ");
  }

  /** Paths of the stored files and their text. */
  async files(): Promise<Record<string, string | undefined>> {
    const stored = await this.place.stored("mine");
    const prefix = `${this.repository.id}:`;
    const own = [...stored].filter(([id]) => id.startsWith(prefix));
    return Object.fromEntries(own.map(([id, { text }]) => [id.slice(prefix.length), text]));
  }

  id(path: string): string {
    return `${this.repository.id}:${path}`;
  }

  async close(): Promise<void> {
    await this.place.close();
    await this.twin.close();
  }
}

function shortOf(route: string): string {
  return route
    .replace(/^\/repos\/\{owner\}\/\{repo\}\//, "")
    .replace(/\/\{.*$/, "")
    .replace(/^git\//, "")
    .replace(/^\//, "");
}
