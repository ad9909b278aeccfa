import { createHash } from "node:crypto";
import type { IssueText } from "./issues.ts";
import type { Issue, Pull } from "./model.ts";
import type { Repository } from "./repository.ts";

export interface PullText extends IssueText {
  draft?: boolean;
  /** Branch names. */
  head?: string;
  base?: string;
  reviewers?: readonly string[];
}

export type PullRequest = Issue & { pull: Pull };

/** Pull requests: issues with two branches. */
export class Pulls {
  readonly #repository: Repository;

  constructor(repository: Repository) {
    this.#repository = repository;
  }

  open(text: PullText = {}): PullRequest {
    const { world, issues, owner, settings } = this.#repository;
    return issues.open(text, (issue) => {
      const [head, base] = [text.head ?? `topic-${issue.number}`, text.base ?? settings.defaultBranch];
      return {
        id: world.id(),
        draft: text.draft ?? false,
        head: { ref: head, sha: this.#tip(head), label: `${owner.login}:${head}` },
        base: { ref: base, sha: this.#tip(base), label: `${owner.login}:${base}` },
        mergedAt: null,
        mergedBy: null,
        mergeSha: null,
        reviewers: new Set((text.reviewers ?? []).map((login) => world.account(login))),
      };
    }) as PullRequest;
  }

  get(number: number): PullRequest {
    const issue = this.#repository.issues.get(number);
    if (issue.pull === null) throw new Error(`${this.#repository.fullName}#${number} is no pull request.`);
    return issue as PullRequest;
  }

  all(): PullRequest[] {
    return [...this.#repository.threads.values()].filter((issue): issue is PullRequest => issue.pull !== null);
  }

  merge(number: number, how: { by?: string; at?: string } = {}): PullRequest {
    const { world, issues, owner } = this.#repository;
    const issue = this.get(number);
    issue.pull.mergedAt = how.at ?? world.now();
    issue.pull.mergedBy = world.account(how.by ?? owner.login);
    issue.pull.mergeSha = invented(`merge ${issue.id}`);
    issues.close(number, how);
    return issue;
  }

  setDraft(number: number, draft: boolean): void {
    const issue = this.get(number);
    issue.pull.draft = draft;
    this.#repository.issues.touch(issue);
  }

  /** The branch's own tip where it exists; else a hash that leads nowhere, as after a deleted branch. */
  #tip(branch: string): string {
    const { git, id } = this.#repository;
    return git.refs.get(`heads/${branch}`) ?? invented(`${id} ${branch}`);
  }
}

function invented(seed: string): string {
  return createHash("sha1").update(seed).digest("hex");
}
