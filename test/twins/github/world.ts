import type { Links } from "./links.ts";
import type { Repository } from "./repository.ts";
import type { Team } from "./teams.ts";

/** A person, an organization or a bot. */
export interface Account {
  id: number;
  login: string;
  type: "User" | "Organization" | "Bot";
  name: string | null;
  email: string | null;
  createdAt: string;
  /** Organizations: who belongs to it. */
  members: Set<Account>;
  /** Organizations: tokens must have been authorized for it. */
  sso: boolean;
}

/** Something changed; webhooks listen. `payload` is built when a hook is set only. */
export interface Happening {
  event: string;
  action?: string;
  repository: Repository;
  payload: (links: Links) => Record<string, unknown>;
}

/** What all parts of the service share: time, numbers, accounts and repositories. */
export class World {
  readonly accounts = new Map<string, Account>();
  readonly repositories = new Map<number, Repository>();
  /** Old full names, in lower case, to the repository that had them. */
  readonly formerNames = new Map<string, number>();
  readonly teams: Team[] = [];
  readonly listeners: ((happening: Happening) => void)[] = [];
  /** Counts changes of things that many answers embed: names of accounts and repositories. */
  generation = 0;
  readonly #now: () => Date;
  #serial = 1_000_000;

  constructor(now: () => Date = () => new Date()) {
    this.#now = now;
    this.account("ghost", { id: 10137, at: "2008-05-13T06:14:25Z" });
  }

  /** The service's clock, whole seconds as everywhere in its answers. */
  now(): string {
    return stamp(this.#now());
  }

  milliseconds(): number {
    return this.#now().getTime();
  }

  id(): number {
    this.#serial += 1;
    return this.#serial;
  }

  /** Beyond 32 bits, as the ids of comments and reviews are by now. */
  bigId(): number {
    return this.id() + 3_000_000_000;
  }

  /** The account of that name, made when it is new. */
  account(
    login: string,
    about: Partial<Pick<Account, "id" | "type" | "name" | "email">> & { at?: string } = {},
  ): Account {
    const known = this.accounts.get(login.toLowerCase());
    if (known !== undefined) return known;
    const { at, ...rest } = about;
    const account: Account = {
      id: this.id(),
      login,
      type: login.endsWith("[bot]") ? "Bot" : "User",
      name: null,
      email: null,
      createdAt: at ?? "2019-03-04T09:00:00Z",
      members: new Set(),
      sso: false,
      ...rest,
    };
    this.accounts.set(login.toLowerCase(), account);
    return account;
  }

  organization(login: string, members: readonly string[] = []): Account {
    const organization = this.account(login, { type: "Organization" });
    for (const member of members) organization.members.add(this.account(member));
    return organization;
  }

  team(organization: string, slug: string, members: readonly string[]): Team {
    const team = {
      id: this.id(),
      slug,
      name: slug.replaceAll("-", " "),
      organization: this.organization(organization, members),
      members: new Set(members.map((login) => this.account(login))),
    };
    this.teams.push(team);
    return team;
  }

  /** The account is gone; what it wrote stays and belongs to the ghost. */
  deleteAccount(login: string): void {
    const account = this.account(login);
    this.accounts.delete(login.toLowerCase());
    const ghost = this.account("ghost");
    Object.assign(account, { id: ghost.id, login: ghost.login, name: null, email: null });
    this.generation += 1;
  }

  find(fullName: string): Repository | undefined {
    const wanted = fullName.toLowerCase();
    for (const repository of this.repositories.values()) {
      if (repository.fullName.toLowerCase() === wanted) return repository;
    }
    return undefined;
  }

  tell(happening: Happening): void {
    for (const listener of this.listeners) listener(happening);
  }
}

/** ISO 8601 with seconds, the form of every time in the service's answers. */
export function stamp(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

/** The global id of a thing as GraphQL knows it; opaque to clients. */
export function nodeId(prefix: string, id: number | string): string {
  return `${prefix}_${Buffer.from(`${prefix}:${id}`).toString("base64url")}`;
}
