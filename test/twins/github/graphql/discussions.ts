import type { Call } from "../exchange.ts";
import type { Discussion, DiscussionComment } from "../model.ts";
import type { Repository } from "../repository.ts";
import { nodeId } from "../world.ts";
import { byId, type ConnectionArgs, connection } from "./connection.ts";
import { repositoryObject } from "./repository.ts";
import { actor } from "./scope.ts";
import { labels } from "./threads.ts";

export function discussionObject(call: Call, repository: Repository, discussion: Discussion): object {
  const answer = discussion.comments
    .flatMap((one) => [one, ...one.replies])
    .find((one) => one.id === discussion.answer);
  return {
    __typename: "Discussion",
    id: nodeId("D", discussion.id),
    databaseId: discussion.id,
    number: discussion.number,
    title: discussion.title,
    body: discussion.body,
    bodyText: discussion.body,
    url: pageOf(call, repository, discussion),
    createdAt: discussion.createdAt,
    updatedAt: discussion.updatedAt,
    author: actor(call, discussion.user),
    category: categoryObject(discussion.category),
    isAnswered: discussion.category === "Q&A" ? answer !== undefined : null,
    answer: () => (answer === undefined ? null : remarkObject(call, repository, discussion, answer)),
    closed: discussion.closed,
    closedAt: null,
    locked: discussion.locked,
    stateReason: discussion.closed ? "RESOLVED" : null,
    upvoteCount: 1,
    repository: () => repositoryObject(call, repository),
    labels: (args: ConnectionArgs) => labels(discussion.labels, args),
    comments: (args: ConnectionArgs) =>
      connection(discussion.comments, args, byId, (one) => remarkObject(call, repository, discussion, one)),
  };
}

/** A comment, or a reply to one. */
export function remarkObject(
  call: Call,
  repository: Repository,
  discussion: Discussion,
  remark: DiscussionComment,
): object {
  const above = discussion.comments.find((one) => one.replies.includes(remark));
  return {
    __typename: "DiscussionComment",
    id: nodeId("DC", remark.id),
    databaseId: remark.id,
    body: remark.body,
    bodyText: remark.body,
    url: `${pageOf(call, repository, discussion)}#discussioncomment-${remark.id}`,
    createdAt: remark.createdAt,
    updatedAt: remark.updatedAt,
    author: actor(call, remark.user),
    isAnswer: discussion.answer === remark.id,
    isMinimized: false,
    upvoteCount: 1,
    replyTo: () => (above === undefined ? null : remarkObject(call, repository, discussion, above)),
    discussion: () => discussionObject(call, repository, discussion),
    replies: (args: ConnectionArgs) =>
      connection(remark.replies, args, byId, (one) => remarkObject(call, repository, discussion, one)),
  };
}

export function categoryObject(name: string): object {
  const slug = name.toLowerCase().replaceAll(/[^a-z]+/g, "-");
  const isAnswerable = name === "Q&A";
  return {
    __typename: "DiscussionCategory",
    id: nodeId("DIC", slug),
    name,
    slug,
    emoji: ":speech_balloon:",
    isAnswerable,
  };
}

function pageOf(call: Call, repository: Repository, discussion: Discussion): string {
  return `${call.links.html}/${repository.fullName}/discussions/${discussion.number}`;
}
