import type { Call } from "../exchange.ts";
import type { Repository } from "../repository.ts";
import { accountNode } from "../shapes/user.ts";
import { canSee, mayRead } from "../tokens.ts";
import type { Account } from "../world.ts";
import { failure } from "./connection.ts";

/** Refuses a part of a repository that the token has no permission for. */
export function need(call: Call, repository: Repository, permission: string): void {
  if (mayRead(call.principal, repository, [permission])) return;
  const integration = call.principal.kind === "token" && call.principal.token.kind === "installation";
  throw failure("FORBIDDEN", `Resource not accessible by ${integration ? "integration" : "personal access token"}`);
}

export function seen(call: Call, repository: Repository | undefined): repository is Repository {
  if (repository === undefined || !canSee(call.principal, repository)) return false;
  const { owner } = repository;
  if (owner.sso && call.principal.kind === "token" && !call.principal.token.authorizedFor.has(owner)) {
    throw failure(
      "FORBIDDEN",
      "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.",
    );
  }
  return true;
}

/** Bots lose the `[bot]` that REST shows; a deleted account is nobody. */
export function actor(call: Call, account: Account) {
  if (account.login === "ghost") return null;
  const login = account.login.replace(/\[bot\]$/, "");
  return {
    __typename: account.type,
    id: accountNode(account),
    databaseId: account.id,
    login,
    name: account.name,
    email: account.email ?? "",
    url: `${call.links.html}/${account.type === "Bot" ? "apps/" : ""}${encodeURIComponent(login)}`,
    resourcePath: `/${encodeURIComponent(login)}`,
    avatarUrl: `${call.links.html}/avatars/u/${account.id}`,
  };
}
