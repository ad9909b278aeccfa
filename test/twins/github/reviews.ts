import type { Review, ReviewComment, ReviewState } from "./model.ts";
import { forget } from "./rendered.ts";
import type { Repository } from "./repository.ts";
import { listedPull, reviewCommentShape, reviewShape } from "./shapes/pull.ts";
import type { Happening } from "./world.ts";

export interface ReviewText {
  body?: string;
  user?: string;
  state?: ReviewState;
  at?: string;
}

export interface ReviewCommentText {
  body: string;
  user?: string;
  path?: string;
  line?: number;
  diffHunk?: string;
  review?: number;
  inReplyTo?: number;
  at?: string;
}

/** Reviews of pull requests and their remarks on lines. */
export class Reviews {
  readonly #repository: Repository;
  readonly #reviews = new Map<number, Review>();
  readonly #comments = new Map<number, ReviewComment>();

  constructor(repository: Repository) {
    this.#repository = repository;
  }

  /** A review moves `updated_at` of its pull request. */
  submit(pull: number, text: ReviewText = {}): Review {
    const { world, pulls, owner } = this.#repository;
    const request = pulls.get(pull);
    const review: Review = {
      id: world.bigId(),
      pull,
      body: text.body ?? "",
      user: world.account(text.user ?? owner.login),
      state: text.state ?? "COMMENTED",
      submittedAt: text.at ?? world.now(),
      commit: request.pull.head.sha,
    };
    this.#reviews.set(review.id, review);
    this.#touchPull(pull, review.submittedAt);
    this.#tell("pull_request_review", "submitted", pull, (links) => ({
      review: reviewShape(links, this.#repository, review),
    }));
    return review;
  }

  dismiss(id: number): void {
    const review = this.review(id);
    review.state = "DISMISSED";
    forget(review);
    this.#touchPull(review.pull);
    this.#tell("pull_request_review", "dismissed", review.pull, (links) => ({
      review: reviewShape(links, this.#repository, review),
    }));
  }

  /** A remark on a line; it belongs to a review, its own when none is named. It moves the pull request. */
  comment(pull: number, text: ReviewCommentText): ReviewComment {
    const { world, owner } = this.#repository;
    const at = text.at ?? world.now();
    const user = text.user ?? owner.login;
    const first =
      text.inReplyTo === undefined ? undefined : this.comments(pull).find((one) => one.id === text.inReplyTo);
    const review = text.review ?? first?.review ?? this.submit(pull, { user, at }).id;
    const comment: ReviewComment = {
      id: world.bigId(),
      pull,
      review,
      body: text.body,
      user: world.account(user),
      path: text.path ?? first?.path ?? "README.md",
      line: text.line ?? first?.line ?? 1,
      diffHunk: text.diffHunk ?? first?.diffHunk ?? "@@ -1,1 +1,2 @@\n # Notes\n+A line more",
      inReplyTo: text.inReplyTo ?? null,
      commit: this.review(review).commit,
      createdAt: at,
      updatedAt: at,
      reactions: {},
    };
    this.#comments.set(comment.id, comment);
    this.#touchPull(pull, at);
    this.#tell("pull_request_review_comment", "created", pull, (links) => ({
      comment: reviewCommentShape(links, this.#repository, comment),
    }));
    return comment;
  }

  editComment(id: number, body: string): ReviewComment {
    const comment = this.#comments.get(id);
    if (comment === undefined) throw new Error(`There is no review comment ${id}.`);
    comment.body = body;
    comment.updatedAt = this.#repository.world.now();
    forget(comment);
    this.#tell("pull_request_review_comment", "edited", comment.pull, (links) => ({
      comment: reviewCommentShape(links, this.#repository, comment),
    }));
    return comment;
  }

  deleteComment(id: number): void {
    const comment = this.#comments.get(id);
    if (comment === undefined) throw new Error(`There is no review comment ${id}.`);
    this.#comments.delete(id);
    this.#tell("pull_request_review_comment", "deleted", comment.pull, (links) => ({
      comment: reviewCommentShape(links, this.#repository, comment),
    }));
  }

  review(id: number): Review {
    const review = this.#reviews.get(id);
    if (review === undefined) throw new Error(`There is no review ${id}.`);
    return review;
  }

  find(id: number): Review | undefined {
    return this.#reviews.get(id);
  }

  findComment(id: number): ReviewComment | undefined {
    return this.#comments.get(id);
  }

  /** Oldest first, as the service lists them. */
  of(pull: number): Review[] {
    return this.all().filter((review) => review.pull === pull);
  }

  all(): Review[] {
    return [...this.#reviews.values()];
  }

  comments(pull?: number): ReviewComment[] {
    return [...this.#comments.values()].filter((comment) => pull === undefined || comment.pull === pull);
  }

  #touchPull(pull: number, at?: string): void {
    const { issues, pulls } = this.#repository;
    const issue = pulls.get(pull);
    issues.touch(issue, at !== undefined && at < issue.updatedAt ? issue.updatedAt : at);
  }

  #tell(event: string, action: string, pull: number, more: Happening["payload"]): void {
    const repository = this.#repository;
    repository.tell(event, action, (links) => ({
      pull_request: listedPull(links, repository, repository.pulls.get(pull), "2022-11-28"),
      ...more(links),
    }));
  }
}
