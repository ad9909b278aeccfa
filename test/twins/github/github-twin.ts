import type { Twin } from "../../contract/connector.ts";
import { Conformance } from "../conformance.ts";
import { Faults } from "../faults.ts";
import { Listener } from "../listen.ts";
import { Apps } from "./apps.ts";
import { Codeload } from "./codeload.ts";
import { type Contents, expectedItems } from "./expected.ts";
import { graphqlRoute } from "./graphql/route.ts";
import { Hooks } from "./hooks.ts";
import { Limits } from "./limits.ts";
import { OAuth } from "./oauth.ts";
import { Repository, type RepositorySettings } from "./repository.ts";
import { appRoutes } from "./routes/apps.ts";
import { archiveRoutes } from "./routes/archive.ts";
import { commitRoutes } from "./routes/commits.ts";
import { contentRoutes } from "./routes/contents.ts";
import { gitRoutes } from "./routes/git.ts";
import { hookRoutes } from "./routes/hooks.ts";
import { issueRoutes } from "./routes/issues.ts";
import { peopleRoutes } from "./routes/people.ts";
import { pullRoutes } from "./routes/pulls.ts";
import { releaseRoutes } from "./routes/releases.ts";
import { repositoryRoutes } from "./routes/repositories.ts";
import { type SearchState, searchRoutes } from "./routes/search.ts";
import { serviceRoutes } from "./routes/service.ts";
import { seedLarge, seedWorkshop } from "./seed.ts";
import { type Flavour, type Seen, Service } from "./service.ts";
import { type Token, Tokens } from "./tokens.ts";
import { Wikis } from "./wiki.ts";
import { World } from "./world.ts";

export interface GithubOptions {
  /** github.com, or an Enterprise Server. */
  flavour?: Flavour;
  /** The service's clock; give it the test's, where a client waits on that. */
  now?: () => Date;
  /** Lists carry at most so many items, so that a small seed has several pages. By default 100, as the service. */
  pageCap?: number;
  /** Lists of issues longer than this are walked by opaque cursors. */
  largeList?: number;
  /** What the source follows beyond issues, pull requests, discussions and the README. */
  contents?: Partial<Contents>;
  /** Check answers against the vendor's description where it is at hand. By default so; a bench leaves it out. */
  checked?: boolean;
}

/** The first answers of each route and then some: checking takes longer than answering. */
function sampled(check: Service["watch"]): Service["watch"] {
  const seen = new Map<string, number>();
  return (route, answered, call) => {
    const count = seen.get(route.template) ?? 0;
    seen.set(route.template, count + 1);
    if (count < 20 || count % 50 === 0) check(route, answered, call);
  };
}

/**
 * GitHub with real state, written from its documentation and not from our connector. People change it through
 * `repository(…).issues.open(…)` and the like; the connector sees it over HTTP only.
 */
export class GithubTwin implements Twin {
  readonly world: World;
  readonly tokens: Tokens;
  readonly limits: Limits;
  readonly faults = new Faults();
  /** The one that `config` names. */
  readonly token: Token;
  readonly service: Service;
  readonly flavour: Flavour;
  readonly contents: Contents;
  readonly wikis: Wikis;
  readonly codeload = new Codeload();
  readonly apps: Apps;
  readonly oauth: OAuth;
  readonly hooks: Hooks;
  readonly search: SearchState = { incomplete: false };
  /** Answers that the vendor's description does not allow: faults of this twin. A test wants none. */
  readonly violations: string[] = [];
  #listener: Listener | undefined;

  private constructor(options: GithubOptions) {
    this.flavour = options.flavour ?? "dotcom";
    this.contents = { code: false, releases: false, wiki: false, ...options.contents };
    this.world = new World(options.now);
    this.tokens = new Tokens(this.world);
    this.limits = new Limits(this.world);
    this.limits.enabled = this.flavour === "dotcom";
    this.apps = new Apps(this.world, this.tokens);
    this.oauth = new OAuth(this.world, this.tokens);
    this.hooks = new Hooks(this.world, () => ({ api: this.origin, html: this.origin }));
    this.wikis = new Wikis(this.world, this.tokens);
    this.token = this.tokens.issue("marta-quill");
    const description = this.flavour === "dotcom" ? "github.json" : "github-ghes-3.19.json";
    const conformance = options.checked === false ? undefined : Conformance.of(description);
    this.service = new Service({
      world: this.world,
      tokens: this.tokens,
      limits: this.limits,
      flavour: this.flavour,
      pageCap: options.pageCap ?? 100,
      largeList: options.largeList ?? 1000,
      routes: [
        ...repositoryRoutes,
        ...issueRoutes,
        ...pullRoutes,
        ...gitRoutes,
        ...commitRoutes,
        ...contentRoutes,
        ...archiveRoutes(this.codeload),
        ...releaseRoutes,
        ...peopleRoutes,
        ...appRoutes(this.apps),
        ...hookRoutes(() => this.hooks),
        ...searchRoutes(this.search),
        ...serviceRoutes(this.limits, this.flavour),
        graphqlRoute({ limits: this.limits, refuse: (what) => this.service.refusals.push(what) }),
      ],
      appOf: (jwt) => this.apps.prove(jwt),
    });
    if (conformance !== undefined) {
      this.service.watch = sampled((route, answered, call) => {
        // The description is of the version of 2022-11-28.
        if (call.version !== "2022-11-28") return;
        const json = answered.headers["content-type"]?.startsWith("application/json");
        if (!json || answered.body.length === 0) return;
        const body = JSON.parse(answered.body.toString("utf8"));
        const fault = conformance.fault(route.method, route.template, answered.status, body);
        if (fault !== undefined) this.violations.push(fault);
      });
    }
  }

  static async open(options: GithubOptions = {}): Promise<GithubTwin> {
    const twin = new GithubTwin(options);
    await twin.codeload.open(twin.faults);
    twin.#listener = await Listener.open(
      twin.faults,
      async (question, origin) =>
        twin.oauth.answer(question) ?? (await twin.wikis.answer(question)) ?? twin.service.answer(question, origin),
    );
    return twin;
  }

  get origin(): string {
    if (this.#listener === undefined) throw new Error("The twin is not open.");
    return this.#listener.origin;
  }

  /** Every request that reached the service, as it was asked. */
  get requests(): readonly Seen[] {
    return this.service.requests;
  }

  /** Questions for routes or parameters that do not exist, and answers that the twin failed to give. A test wants none. */
  get refusals(): readonly string[] {
    return [...this.service.refusals, ...(this.#listener?.errors ?? []).map((error) => `the twin failed: ${error}`)];
  }

  /** How often each route was asked, by its template. */
  counts(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { route, method, url } of this.requests) {
      const name = route ?? `${method} ${url}`;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return counts;
  }

  /** Forgets the requests so far. */
  recount(): void {
    this.service.requests.length = 0;
  }

  /** The repository of that name, made when it is new; its owner too. */
  repository(fullName: string, settings: Partial<RepositorySettings> & { at?: string } = {}): Repository {
    const known = this.world.find(fullName);
    if (known !== undefined) return known;
    const [owner, name] = fullName.split("/") as [string, string];
    return new Repository(this.world, this.world.account(owner), name, settings);
  }

  config(): Record<string, unknown> {
    const { code, releases, wiki } = this.contents;
    return {
      baseUrl: this.flavour === "dotcom" ? this.origin : `${this.origin}/api/v3`,
      accessToken: this.token.value,
      repositories: [...this.world.repositories.values()].map((repository) => repository.fullName),
      ...(code && { includeCode: true }),
      ...(releases && { includeReleases: true }),
      ...(wiki && { includeWikis: true }),
    };
  }

  async seed(): Promise<void> {
    seedWorkshop(this);
  }

  async expected(): Promise<Map<string, string>> {
    return expectedItems(this.world, this.contents);
  }

  async add(text: string): Promise<string> {
    const repository = this.#first();
    return `${repository.id}#${repository.issues.open({ title: "A new sighting", body: text }).number}`;
  }

  async edit(id: string, text: string): Promise<string> {
    const { repository, number, comment } = this.#locate(id);
    if (comment !== undefined) repository.comments.edit(comment, text);
    else repository.issues.edit(number, { body: text });
    return id;
  }

  async remove(id: string): Promise<void> {
    const { repository, number, comment } = this.#locate(id);
    if (comment !== undefined) repository.comments.delete(comment);
    else repository.issues.delete(number);
  }

  /** A long list without much of a story, for figures: ids in order, an hour of work in each item. Quick. */
  seedLarge(counts: { issues: number; comments: number }, fullName = "millrace/ledger"): Repository {
    return seedLarge(this, fullName, counts);
  }

  async close(): Promise<void> {
    await this.hooks.settled();
    await this.#listener?.close();
    await this.codeload.close();
    this.wikis.close();
  }

  #first(): Repository {
    const [first] = this.world.repositories.values();
    return first ?? this.repository(`${this.token.account.login}/sightings`);
  }

  #locate(id: string): { repository: Repository; number: number; comment?: number } {
    const match = /^(\d+)#(issuecomment-)?(\d+)$/.exec(id);
    const repository = this.world.repositories.get(Number(match?.[1]));
    if (match === null || repository === undefined) throw new Error(`The twin cannot change ${id}.`);
    const number = Number(match[3]);
    return match[2] === undefined ? { repository, number } : { repository, number: 0, comment: number };
  }
}
