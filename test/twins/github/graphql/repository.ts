import type { Call } from "../exchange.ts";
import type { Issue } from "../model.ts";
import type { Repository } from "../repository.ts";
import { repositoryNode } from "../shapes/repository.ts";
import { type ConnectionArgs, connection, failure, moment } from "./connection.ts";
import { categoryObject, discussionObject } from "./discussions.ts";
import { gitObject, refObject } from "./git.ts";
import { actor, need } from "./scope.ts";
import { issueObject, pullObject } from "./threads.ts";

interface Ordered extends ConnectionArgs {
  orderBy?: { field: "CREATED_AT" | "UPDATED_AT" | "COMMENTS"; direction: "ASC" | "DESC" };
  states?: string[];
  labels?: string[];
  filterBy?: { since?: string; states?: string[]; labels?: string[] };
}

const CATEGORIES = ["Announcements", "General", "Ideas", "Q&A", "Show and tell"];

export function repositoryObject(call: Call, repository: Repository): object {
  const { settings } = repository;
  return {
    __typename: "Repository",
    id: repositoryNode(repository),
    databaseId: repository.id,
    name: repository.name,
    nameWithOwner: repository.fullName,
    owner: actor(call, repository.owner),
    description: settings.description,
    url: `${call.links.html}/${repository.fullName}`,
    createdAt: repository.createdAt,
    updatedAt: repository.updatedAt,
    pushedAt: repository.pushedAt,
    isArchived: settings.archived,
    isEmpty: repository.git.empty,
    isFork: settings.fork,
    isPrivate: settings.visibility !== "public",
    visibility: settings.visibility.toUpperCase(),
    hasIssuesEnabled: settings.hasIssues,
    hasDiscussionsEnabled: settings.hasDiscussions,
    hasWikiEnabled: settings.hasWiki,
    stargazerCount: settings.stars,
    ...threads(call, repository),
    ...discussions(call, repository),
    defaultBranchRef: () => {
      need(call, repository, "contents");
      return refObject(call, repository, `heads/${settings.defaultBranch}`);
    },
    ref: ({ qualifiedName }: { qualifiedName: string }) => {
      need(call, repository, "contents");
      return refObject(call, repository, qualifiedName.replace(/^refs\//, ""));
    },
    object: (args: { expression?: string; oid?: string }) => {
      need(call, repository, "contents");
      return gitObject(call, repository, args);
    },
  };
}

function threads(call: Call, repository: Repository) {
  const one = (kind: "Issue" | "PullRequest", number: number) => {
    need(call, repository, kind === "Issue" ? "issues" : "pull_requests");
    const issue = repository.threads.get(number);
    const fits = issue !== undefined && (issue.pull !== null) === (kind === "PullRequest");
    if (fits) return kind === "Issue" ? issueObject(call, repository, issue) : pullObject(call, repository, issue);
    throw failure(
      "NOT_FOUND",
      `Could not resolve to ${kind === "Issue" ? "an Issue" : "a PullRequest"} with the number of ${number}.`,
    );
  };
  return {
    issue: ({ number }: { number: number }) => one("Issue", number),
    pullRequest: ({ number }: { number: number }) => one("PullRequest", number),
    issues: (args: Ordered) => {
      need(call, repository, "issues");
      const found = settingsAllow(repository)
        ? [...repository.threads.values()].filter((issue) => issue.pull === null)
        : [];
      const state = (issue: Issue) => issue.state.toUpperCase();
      return listed(chosen(found, args, state), args, (issue) => issueObject(call, repository, issue));
    },
    pullRequests: (args: Ordered) => {
      need(call, repository, "pull_requests");
      const state = (issue: Issue) => (issue.pull?.mergedAt ? "MERGED" : issue.state.toUpperCase());
      return listed(chosen(repository.pulls.all(), args, state), args, (issue) => pullObject(call, repository, issue));
    },
  };
}

function settingsAllow({ settings }: Repository): boolean {
  return settings.hasIssues;
}

function chosen(issues: Issue[], { states, labels, filterBy }: Ordered, stateOf: (issue: Issue) => string): Issue[] {
  const wantedStates = filterBy?.states ?? states ?? [];
  const wantedLabels = filterBy?.labels ?? labels ?? [];
  return issues.filter(
    (issue) =>
      (wantedStates.length === 0 || wantedStates.includes(stateOf(issue))) &&
      (wantedLabels.length === 0 || [...issue.labels].some((label) => wantedLabels.includes(label.name))) &&
      (!filterBy?.since || issue.updatedAt >= filterBy.since),
  );
}

function listed<T extends { id: number; createdAt: string; updatedAt: string }>(
  items: T[],
  args: Ordered,
  shape: (item: T) => object,
) {
  const { field = "CREATED_AT", direction = "ASC" } = args.orderBy ?? {};
  if (field === "COMMENTS") throw failure("UNPROCESSABLE", "The twin does not order by comments.");
  return connection(
    items,
    args,
    moment(field === "UPDATED_AT" ? "updatedAt" : "createdAt"),
    shape,
    direction === "DESC",
  );
}

function discussions(call: Call, repository: Repository) {
  return {
    discussions: (args: Ordered & { answered?: boolean }) => {
      need(call, repository, "discussions");
      const found = repository.settings.hasDiscussions ? repository.discussions.all() : [];
      const fitting = found.filter(
        (one) =>
          (!args.states?.length || args.states.includes(one.closed ? "CLOSED" : "OPEN")) &&
          (args.answered == null || args.answered === (one.answer !== null)),
      );
      return listed(fitting, args, (one) => discussionObject(call, repository, one));
    },
    discussion: ({ number }: { number: number }) => {
      need(call, repository, "discussions");
      const found = repository.discussionsByNumber.get(number);
      if (found !== undefined) return discussionObject(call, repository, found);
      throw failure("NOT_FOUND", `Could not resolve to a Discussion with the number of ${number}.`);
    },
    discussionCategories: (args: ConnectionArgs) =>
      connection(
        CATEGORIES,
        args,
        (name) => name,
        (name) => categoryObject(name),
      ),
  };
}
