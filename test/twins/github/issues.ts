import type { Issue, Pull, Reactions } from "./model.ts";
import type { PullRequest } from "./pulls.ts";
import { forget } from "./rendered.ts";
import type { Repository } from "./repository.ts";
import { issueShape } from "./shapes/issue.ts";
import { listedPull } from "./shapes/pull.ts";

export interface IssueText {
  title?: string;
  body?: string | null;
  user?: string;
  labels?: readonly string[];
  milestone?: string;
  assignees?: readonly string[];
  parent?: number;
  /** When it happened; by default now. */
  at?: string;
}

/** What people do with issues, and what each deed does to `updated_at`. */
export class Issues {
  /** Grows with every change of any issue. */
  revision = 0;
  readonly #repository: Repository;

  constructor(repository: Repository) {
    this.#repository = repository;
  }

  /** With `pull` it is a pull request. */
  open(text: IssueText = {}, pull: ((issue: Issue) => Pull) | null = null): Issue {
    const repository = this.#repository;
    const at = text.at ?? repository.world.now();
    const issue: Issue = {
      id: repository.world.id(),
      number: repository.nextNumber(),
      title: text.title ?? "Untitled",
      body: text.body ?? null,
      user: repository.world.account(text.user ?? repository.owner.login),
      state: "open",
      stateReason: null,
      labels: new Set((text.labels ?? []).map((name) => repository.label(name))),
      milestone: text.milestone === undefined ? null : repository.milestone(text.milestone),
      assignees: new Set((text.assignees ?? []).map((login) => repository.world.account(login))),
      locked: false,
      createdAt: at,
      updatedAt: at,
      closedAt: null,
      closedBy: null,
      reactions: {},
      comments: 0,
      parent: null,
      children: new Set(),
      pull: null,
    };
    repository.threads.set(issue.number, issue);
    this.revision += 1;
    if (text.parent !== undefined) this.adopt(text.parent, issue.number, at);
    if (pull !== null) issue.pull = pull(issue);
    this.#tell(issue, "opened");
    return issue;
  }

  get(number: number): Issue {
    const issue = this.#repository.threads.get(number);
    if (issue === undefined) throw new Error(`${this.#repository.fullName} has no issue ${number}.`);
    return issue;
  }

  edit(number: number, text: IssueText): Issue {
    const issue = this.get(number);
    if (text.title !== undefined) issue.title = text.title;
    if (text.body !== undefined) issue.body = text.body;
    if (text.labels !== undefined) issue.labels = new Set(text.labels.map((name) => this.#repository.label(name)));
    if (text.milestone !== undefined) issue.milestone = this.#repository.milestone(text.milestone);
    if (text.assignees !== undefined) {
      issue.assignees = new Set(text.assignees.map((login) => this.#repository.world.account(login)));
    }
    this.touch(issue, text.at);
    this.#tell(issue, "edited");
    return issue;
  }

  close(
    number: number,
    how: { reason?: "completed" | "not_planned" | "duplicate"; by?: string; at?: string } = {},
  ): Issue {
    const issue = this.get(number);
    const { world, owner } = this.#repository;
    issue.state = "closed";
    issue.stateReason = issue.pull === null ? (how.reason ?? "completed") : null;
    issue.closedAt = how.at ?? world.now();
    issue.closedBy = world.account(how.by ?? owner.login);
    this.touch(issue, how.at);
    this.#tell(issue, "closed");
    return issue;
  }

  reopen(number: number): Issue {
    const issue = this.get(number);
    issue.state = "open";
    issue.stateReason = issue.pull === null ? "reopened" : null;
    issue.closedAt = null;
    issue.closedBy = null;
    this.touch(issue);
    this.#tell(issue, "reopened");
    return issue;
  }

  /** Reactions are counted in the answer; they do not move `updated_at`. */
  react(number: number, reactions: Reactions): void {
    const issue = this.get(number);
    Object.assign(issue.reactions, reactions);
    forget(issue);
  }

  adopt(parent: number, child: number, at?: string): void {
    const [above, below] = [this.get(parent), this.get(child)];
    above.children.add(child);
    below.parent = parent;
    this.touch(above, at);
    this.touch(below, at);
  }

  /** Asking for it answers 410 from now on; its comments go with it. */
  delete(number: number): void {
    const issue = this.get(number);
    this.#leave(number, "deleted");
    this.#tell(issue, "deleted");
  }

  /** It gets a new number over there, and its comments new ids; the old address leads to it. */
  transfer(number: number, to: Repository): Issue {
    const issue = this.get(number);
    const comments = this.#repository.comments.of(number);
    const moved = to.issues.open({ title: issue.title, body: issue.body, user: issue.user.login });
    for (const comment of comments) {
      to.comments.add(moved.number, { body: comment.body, user: comment.user.login });
    }
    this.#leave(number, { repository: to.id, number: moved.number });
    this.#tell(issue, "transferred", { new_issue: { number: moved.number }, new_repository: { id: to.id } });
    return moved;
  }

  /** The thread changed: `updated_at` moves, and lists show it anew. */
  touch(issue: Issue, at?: string): void {
    issue.updatedAt = at ?? this.#repository.world.now();
    this.revision += 1;
    forget(issue);
  }

  #leave(number: number, where: "deleted" | { repository: number; number: number }): void {
    const { threads, comments, gone } = this.#repository;
    const issue = this.get(number);
    if (issue.parent !== null) threads.get(issue.parent)?.children.delete(number);
    for (const child of issue.children) this.get(child).parent = null;
    threads.delete(number);
    this.revision += 1;
    comments.dropThread(number);
    gone.set(number, where);
  }

  #tell(issue: Issue, action: string, changes?: Record<string, object>): void {
    const repository = this.#repository;
    if (issue.pull === null) {
      repository.tell("issues", action, (links) => ({
        issue: issueShape(links, repository, issue, "2022-11-28"),
        ...(changes !== undefined && { changes }),
      }));
      return;
    }
    const pull = issue as PullRequest;
    repository.tell("pull_request", action, (links) => ({
      number: issue.number,
      pull_request: listedPull(links, repository, pull, "2022-11-28"),
    }));
  }
}
