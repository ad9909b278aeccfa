import type { CommentText } from "./comments.ts";
import type { Discussion, DiscussionComment } from "./model.ts";
import type { Repository } from "./repository.ts";

export interface DiscussionText extends CommentText {
  title?: string;
  category?: string;
  labels?: readonly string[];
}

/** Discussions, their comments and the replies to these. Only GraphQL shows them. */
export class Discussions {
  readonly #repository: Repository;

  constructor(repository: Repository) {
    this.#repository = repository;
  }

  open(text: DiscussionText): Discussion {
    const { world, owner } = this.#repository;
    const at = text.at ?? world.now();
    const discussion: Discussion = {
      id: world.id(),
      number: this.#repository.nextNumber(),
      title: text.title ?? "Untitled",
      body: text.body,
      user: world.account(text.user ?? owner.login),
      category: text.category ?? "General",
      answer: null,
      labels: new Set((text.labels ?? []).map((name) => this.#repository.label(name))),
      closed: false,
      locked: false,
      createdAt: at,
      updatedAt: at,
      comments: [],
      reactions: {},
    };
    this.#repository.discussionsByNumber.set(discussion.number, discussion);
    this.#tell("discussion", "created", discussion);
    return discussion;
  }

  get(number: number): Discussion {
    const discussion = this.#repository.discussionsByNumber.get(number);
    if (discussion === undefined) throw new Error(`${this.#repository.fullName} has no discussion ${number}.`);
    return discussion;
  }

  all(): Discussion[] {
    return [...this.#repository.discussionsByNumber.values()];
  }

  edit(number: number, text: Partial<DiscussionText>): Discussion {
    const discussion = this.get(number);
    if (text.title !== undefined) discussion.title = text.title;
    if (text.body !== undefined) discussion.body = text.body;
    this.#touch(discussion);
    this.#tell("discussion", "edited", discussion);
    return discussion;
  }

  /** A comment, or with `to` a reply to one. Both move the discussion. */
  comment(number: number, text: CommentText & { to?: number }): DiscussionComment {
    const { world, owner } = this.#repository;
    const discussion = this.get(number);
    const at = text.at ?? world.now();
    const comment: DiscussionComment = {
      id: world.id(),
      body: text.body,
      user: world.account(text.user ?? owner.login),
      createdAt: at,
      updatedAt: at,
      replies: [],
      reactions: {},
    };
    const above = text.to === undefined ? undefined : discussion.comments.find((one) => one.id === text.to);
    if (text.to !== undefined && above === undefined) throw new Error(`There is no comment ${text.to} to reply to.`);
    (above?.replies ?? discussion.comments).push(comment);
    if (at > discussion.updatedAt) discussion.updatedAt = at;
    this.#tell("discussion_comment", "created", discussion, { comment: { id: comment.id } });
    return comment;
  }

  /** The comment is newer, its discussion is not. */
  editComment(number: number, id: number, body: string): void {
    const discussion = this.get(number);
    const comment = discussion.comments.flatMap((one) => [one, ...one.replies]).find((one) => one.id === id);
    if (comment === undefined) throw new Error(`Discussion ${number} has no comment ${id}.`);
    comment.body = body;
    comment.updatedAt = this.#repository.world.now();
    this.#tell("discussion_comment", "edited", discussion, { comment: { id } });
  }

  /** Its replies go with it. */
  deleteComment(number: number, id: number): void {
    const discussion = this.get(number);
    discussion.comments = discussion.comments.filter((one) => one.id !== id);
    for (const comment of discussion.comments) comment.replies = comment.replies.filter((one) => one.id !== id);
    this.#tell("discussion_comment", "deleted", discussion, { comment: { id } });
  }

  answer(number: number, comment: number, at?: string): void {
    const discussion = this.get(number);
    discussion.answer = comment;
    discussion.updatedAt = at ?? this.#repository.world.now();
    this.#tell("discussion", "answered", discussion, { answer: { id: comment } });
  }

  delete(number: number): void {
    const discussion = this.get(number);
    this.#repository.discussionsByNumber.delete(number);
    this.#tell("discussion", "deleted", discussion);
  }

  #touch(discussion: Discussion): void {
    discussion.updatedAt = this.#repository.world.now();
  }

  #tell(event: string, action: string, discussion: Discussion, more: Record<string, { id: number }> = {}): void {
    const { number, id } = discussion;
    this.#repository.tell(event, action, () => ({ discussion: { number, id }, ...more }));
  }
}
