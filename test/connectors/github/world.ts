import { github } from "../../../src/connectors/github/index.ts";
import type { SyncReport } from "../../../src/model/index.ts";
import { TestWorkplace } from "../../contract/workplace.ts";
import { type GithubOptions, GithubTwin } from "../../twins/github/github-twin.ts";
import type { Repository } from "../../twins/github/repository.ts";

const HOUR_MS = 3_600_000;

/** A GitHub, a source that follows it, and one clock for both. */
export class GithubWorld {
  readonly twin: GithubTwin;
  readonly place: TestWorkplace;
  readonly docs: Repository;
  #config: Record<string, unknown>;

  private constructor(twin: GithubTwin, place: TestWorkplace, docs: Repository, config: Record<string, unknown>) {
    this.twin = twin;
    this.place = place;
    this.docs = docs;
    this.#config = config;
  }

  /** With one repository, acme/docs, which `fill` fills. */
  static async open(
    fill: (docs: Repository, twin: GithubTwin) => void = () => {},
    options: { twin?: GithubOptions; config?: Record<string, unknown> } = {},
  ): Promise<GithubWorld> {
    let place: TestWorkplace | undefined;
    const twin = await GithubTwin.open({ now: () => place?.clock.now() ?? new Date(), ...options.twin });
    const docs = twin.repository("acme/docs", { description: "The handbook of the mill.", hasWiki: false });
    fill(docs, twin);
    const config = { ...twin.config(), repositories: ["acme/docs"], ...options.config };
    place = await TestWorkplace.open({ id: "work", connector: github, config });
    return new GithubWorld(twin, place, docs, config);
  }

  sync(options: Parameters<TestWorkplace["sync"]>[1] = {}): Promise<SyncReport> {
    return this.place.sync("work", options);
  }

  /** A day later, so that the sync is a full pass. */
  async syncTomorrow(): Promise<SyncReport> {
    this.place.clock.move(25 * HOUR_MS);
    return this.sync();
  }

  later(minutes: number): void {
    this.place.clock.move(minutes * 60_000);
  }

  configure(changes: Record<string, unknown>): void {
    this.#config = { ...this.#config, ...changes };
    this.place.sources.configure("work", this.#config);
  }

  async texts(): Promise<Map<string, string | undefined>> {
    const stored = await this.place.stored("work");
    return new Map([...stored].map(([id, { text }]) => [id.replace(String(this.docs.id), "docs"), text]));
  }

  async ids(): Promise<string[]> {
    return [...(await this.texts()).keys()].sort();
  }

  /** An id in acme/docs. */
  id(key: string): string {
    return `${this.docs.id}${key}`;
  }

  /** What was asked since the last time, as "GET /repos/{owner}/{repo}/issues?page=2 304". */
  asked(): string[] {
    const asked = this.twin.requests.map(
      ({ method, route, status }) => `${method} ${route?.replace(/^\w+ /, "")} ${status}`,
    );
    this.twin.recount();
    return asked;
  }

  async close(): Promise<void> {
    await this.place.close();
    await this.twin.close();
  }
}

/** A moment in 2025, so many minutes after its first day began. */
export function moment(minutes: number): string {
  return new Date(Date.UTC(2025, 0, 1) + minutes * 60_000).toISOString().replace(".000Z", "Z");
}
