import { randomBytes } from "node:crypto";
import type { Role } from "./model.ts";
import type { Repository } from "./repository.ts";
import { teamsOf } from "./teams.ts";
import type { Account, World } from "./world.ts";

/** A credential that the service has given out. */
export interface Token {
  value: string;
  kind: "classic" | "fine-grained" | "oauth" | "installation";
  account: Account;
  /** Classic and OAuth tokens. */
  scopes: string[];
  /** Fine-grained and installation tokens; undefined: all of them. */
  permissions: Record<string, string> | undefined;
  /** Fine-grained and installation tokens: full names; undefined: all that the account can reach. */
  repositories: string[] | undefined;
  /** Fine-grained and installation tokens: whose resources. */
  owner: Account | undefined;
  /** Organizations with single sign-on that it was authorized for. */
  authorizedFor: Set<Account>;
  /** ISO 8601. */
  expiresAt: string | undefined;
  revoked: boolean;
}

export interface App {
  id: number;
  slug: string;
  clientId: string;
  /** PEM, RS256. */
  publicKey: string;
  owner: Account;
}

export type Principal = { kind: "anonymous" } | { kind: "token"; token: Token } | { kind: "app"; app: App };

export const ANONYMOUS: Principal = { kind: "anonymous" };

const PREFIX = { classic: "ghp_", "fine-grained": "github_pat_", oauth: "gho_", installation: "ghs_" };

export class Tokens {
  readonly #all = new Map<string, Token>();
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** Gives out a token; by default a classic one that may do everything. */
  issue(login: string, about: Partial<Omit<Token, "account" | "owner">> & { owner?: string } = {}): Token {
    const { owner, ...rest } = about;
    const kind = about.kind ?? "classic";
    const token: Token = {
      value: PREFIX[kind] + randomBytes(20).toString("hex").slice(0, 36),
      kind,
      account: this.#world.account(login),
      scopes: kind === "classic" || kind === "oauth" ? ["repo", "read:org"] : [],
      permissions: undefined,
      repositories: undefined,
      authorizedFor: new Set(),
      expiresAt: undefined,
      revoked: false,
      ...rest,
      owner: owner === undefined ? undefined : this.#world.account(owner),
    };
    this.#all.set(token.value, token);
    return token;
  }

  /** The token of that value, unless it was revoked or is too old. */
  find(value: string): Token | undefined {
    const token = this.#all.get(value);
    if (token === undefined || token.revoked) return undefined;
    if (token.expiresAt !== undefined && Date.parse(token.expiresAt) <= this.#world.milliseconds()) return undefined;
    return token;
  }
}

/** Whether the asker may know that the repository exists. */
export function canSee(principal: Principal, repository: Repository): boolean {
  if (repository.settings.visibility === "public") return true;
  if (principal.kind !== "token") return false;
  const { token } = principal;
  if (!chosen(token, repository)) return false;
  if (token.kind === "installation") return true;
  if ((token.kind === "classic" || token.kind === "oauth") && !token.scopes.includes("repo")) return false;
  return roleOf(token.account, repository) !== "none";
}

/** What the account may do there, by ownership, invitation, team or membership. */
export function roleOf(account: Account, repository: Repository): Role {
  if (account === repository.owner) return "admin";
  const invited = repository.collaborators.get(account);
  if (invited !== undefined) return invited;
  for (const team of teamsOf(repository)) {
    if (team.members.has(account)) return repository.teams.get(team.slug) ?? "pull";
  }
  const reads = repository.settings.visibility === "public" || repository.settings.visibility === "internal";
  if (repository.owner.members.has(account)) return reads ? "push" : "pull";
  return repository.settings.visibility === "public" ? "pull" : "none";
}

/** Whether the token was given for this repository, where tokens are given for some. */
function chosen(token: Token, repository: Repository): boolean {
  if (token.owner !== undefined && token.owner !== repository.owner) return false;
  if (token.repositories === undefined) return true;
  return token.repositories.some((name) => name.toLowerCase() === repository.fullName.toLowerCase());
}

/** Whether the token has one of the permissions; everybody may read what is public. */
export function mayRead(principal: Principal, repository: Repository | undefined, needs: readonly string[]): boolean {
  if (needs.length === 0 || principal.kind !== "token") return true;
  const { token } = principal;
  if (token.permissions === undefined) return true;
  const administrative = needs.includes("administration") || needs.includes("repository_hooks");
  if (repository?.settings.visibility === "public" && !administrative) return true;
  return needs.some((name) => token.permissions?.[name] !== undefined);
}
