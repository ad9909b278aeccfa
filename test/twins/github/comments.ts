import type { IssueComment, Reactions } from "./model.ts";
import { forget } from "./rendered.ts";
import type { Repository } from "./repository.ts";
import { commentShape, issueShape } from "./shapes/issue.ts";

export interface CommentText {
  body: string;
  user?: string;
  at?: string;
}

/** Comments of issues and pull requests. */
export class Comments {
  /** Grows with every change of any comment. */
  revision = 0;
  readonly #repository: Repository;
  readonly #all = new Map<number, IssueComment>();

  constructor(repository: Repository) {
    this.#repository = repository;
  }

  /** A new comment moves `updated_at` of its thread. */
  add(issue: number, text: CommentText): IssueComment {
    const { world, owner, issues } = this.#repository;
    const thread = issues.get(issue);
    const at = text.at ?? world.now();
    const comment: IssueComment = {
      id: world.bigId(),
      issue,
      body: text.body,
      user: world.account(text.user ?? owner.login),
      createdAt: at,
      updatedAt: at,
      reactions: {},
    };
    this.#all.set(comment.id, comment);
    this.revision += 1;
    thread.comments += 1;
    issues.touch(thread, at > thread.updatedAt ? at : thread.updatedAt);
    this.#tell(comment, "created");
    return comment;
  }

  /** An edited comment is newer, its thread is not. */
  edit(id: number, body: string): IssueComment {
    const comment = this.get(id);
    comment.body = body;
    this.revision += 1;
    comment.updatedAt = this.#repository.world.now();
    forget(comment);
    this.#tell(comment, "edited");
    return comment;
  }

  react(id: number, reactions: Reactions): void {
    const comment = this.get(id);
    Object.assign(comment.reactions, reactions);
    forget(comment);
  }

  /** Nothing is left of it but a smaller count. */
  delete(id: number): void {
    const comment = this.get(id);
    this.#all.delete(id);
    this.revision += 1;
    const thread = this.#repository.threads.get(comment.issue);
    if (thread !== undefined) {
      thread.comments -= 1;
      forget(thread);
    }
    this.#tell(comment, "deleted");
  }

  get(id: number): IssueComment {
    const comment = this.#all.get(id);
    if (comment === undefined) throw new Error(`${this.#repository.fullName} has no comment ${id}.`);
    return comment;
  }

  find(id: number): IssueComment | undefined {
    return this.#all.get(id);
  }

  all(): IssueComment[] {
    return [...this.#all.values()];
  }

  of(issue: number): IssueComment[] {
    return this.all().filter((comment) => comment.issue === issue);
  }

  dropThread(issue: number): void {
    this.revision += 1;
    for (const comment of this.of(issue)) this.#all.delete(comment.id);
  }

  #tell(comment: IssueComment, action: string): void {
    const repository = this.#repository;
    const thread = repository.threads.get(comment.issue);
    if (thread === undefined) return;
    repository.tell("issue_comment", action, (links) => ({
      issue: issueShape(links, repository, thread, "2022-11-28"),
      comment: commentShape(links, repository, comment),
    }));
  }
}
