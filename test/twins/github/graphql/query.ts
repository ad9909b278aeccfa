import type { Call } from "../exchange.ts";
import type { Limits } from "../limits.ts";
import type { Repository } from "../repository.ts";
import { issueNode } from "../shapes/issue.ts";
import { repositoryNode } from "../shapes/repository.ts";
import { accountNode } from "../shapes/user.ts";
import { type Account, nodeId, stamp } from "../world.ts";
import { failure } from "./connection.ts";
import { discussionObject, remarkObject } from "./discussions.ts";
import { repositoryObject } from "./repository.ts";
import { actor, seen } from "./scope.ts";
import { commentObject, issueObject, pullObject } from "./threads.ts";

/** The fields that a query begins with. */
export function queryRoot(call: Call, limits: Limits, cost: { points: number; nodes: number }) {
  const { world, principal } = call;
  const account = (login: string, kind: string, types: Account["type"][]) => {
    const found = world.accounts.get(login.toLowerCase());
    if (found !== undefined && types.includes(found.type)) return actor(call, found);
    throw failure("NOT_FOUND", `Could not resolve to ${kind} with the login of '${login}'.`);
  };
  return {
    viewer: () => (principal.kind === "token" ? actor(call, principal.token.account) : null),
    user: ({ login }: { login: string }) => account(login, "a User", ["User"]),
    organization: ({ login }: { login: string }) => account(login, "an Organization", ["Organization"]),
    repositoryOwner: ({ login }: { login: string }) => account(login, "a RepositoryOwner", ["User", "Organization"]),
    repository: ({ owner, name, followRenames }: { owner: string; name: string; followRenames?: boolean }) => {
      const full = `${owner}/${name}`;
      const moved = followRenames === false ? undefined : world.formerNames.get(full.toLowerCase());
      const found = world.find(full) ?? world.repositories.get(moved ?? -1);
      if (seen(call, found)) return repositoryObject(call, found);
      throw failure("NOT_FOUND", `Could not resolve to a Repository with the name '${full}'.`);
    },
    node: ({ id }: { id: string }) => nodeOf(call, id),
    nodes: ({ ids }: { ids: string[] }) => ids.map((id) => nodeOf(call, id)),
    rateLimit: () => {
      const { limit, used, window } = limits.state(principal, "graphql");
      const resetAt = stamp(new Date(window.reset * 1000));
      return { cost: cost.points, nodeCount: cost.nodes, limit, used, remaining: Math.max(0, limit - used), resetAt };
    },
    search: () => {
      throw failure("UNPROCESSABLE", "The twin searches by REST only.");
    },
  };
}

function nodeOf(call: Call, id: string): object | null {
  for (const repository of call.world.repositories.values()) {
    if (!seen(call, repository)) continue;
    const found = inside(call, repository, id);
    if (found !== undefined) return found;
  }
  const owner = [...call.world.accounts.values()].find((one) => accountNode(one) === id);
  if (owner !== undefined) return actor(call, owner);
  throw failure("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'.`);
}

function inside(call: Call, repository: Repository, id: string): object | undefined {
  if (repositoryNode(repository) === id) return repositoryObject(call, repository);
  const kind = id.split("_")[0];
  if (kind === "I" || kind === "PR") {
    const issue = [...repository.threads.values()].find((one) => issueNode(one) === id);
    if (issue === undefined) return undefined;
    return issue.pull === null ? issueObject(call, repository, issue) : pullObject(call, repository, issue);
  }
  if (kind === "IC") {
    const comment = repository.comments.all().find((one) => nodeId("IC", one.id) === id);
    return comment && commentObject(call, repository, comment);
  }
  for (const discussion of repository.discussions.all()) {
    if (nodeId("D", discussion.id) === id) return discussionObject(call, repository, discussion);
    const remark = discussion.comments
      .flatMap((one) => [one, ...one.replies])
      .find((one) => nodeId("DC", one.id) === id);
    if (remark !== undefined) return remarkObject(call, repository, discussion, remark);
  }
  return undefined;
}
