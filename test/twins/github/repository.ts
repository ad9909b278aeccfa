import { type CommitText, GitRepository } from "../git/git-repository.ts";
import type { Commit } from "../git/objects.ts";
import { Comments } from "./comments.ts";
import { Discussions } from "./discussions.ts";
import { Issues } from "./issues.ts";
import type { Discussion, Gone, Issue, Label, Milestone, Role } from "./model.ts";
import { Pulls } from "./pulls.ts";
import { Releases } from "./releases.ts";
import { Reviews } from "./reviews.ts";
import { WIKI_BRANCH } from "./wiki.ts";
import type { Account, Happening, World } from "./world.ts";

export interface RepositorySettings {
  description: string | null;
  visibility: "public" | "private" | "internal";
  archived: boolean;
  fork: boolean;
  homepage: string | null;
  language: string | null;
  license: { key: string; name: string; spdx: string } | null;
  topics: string[];
  stars: number;
  hasIssues: boolean;
  hasWiki: boolean;
  hasDiscussions: boolean;
  /** Switched off by the service: reading it is refused (451 is a takedown). */
  blocked: boolean;
  defaultBranch: string;
}

const PLAIN: RepositorySettings = {
  description: null,
  visibility: "public",
  archived: false,
  fork: false,
  homepage: null,
  language: null,
  license: null,
  topics: [],
  stars: 0,
  hasIssues: true,
  hasWiki: true,
  hasDiscussions: true,
  blocked: false,
  defaultBranch: "main",
};

/** One repository. Its parts are changed through `issues`, `comments`, `pulls`, `reviews` … as people would. */
export class Repository {
  readonly id: number;
  readonly world: World;
  owner: Account;
  name: string;
  settings: RepositorySettings;
  readonly createdAt: string;
  updatedAt: string;
  pushedAt: string;
  readonly labels = new Map<string, Label>();
  readonly milestones = new Map<number, Milestone>();
  readonly threads = new Map<number, Issue>();
  readonly discussionsByNumber = new Map<number, Discussion>();
  readonly gone = new Map<number, Gone>();
  readonly collaborators = new Map<Account, Role>();
  /** Slugs of the owner's teams to what they may do. */
  readonly teams = new Map<string, Role>();
  /** Counts changes of what many answers of this repository embed: labels, milestones, names. */
  generation = 0;
  readonly git: GitRepository;
  readonly wiki: GitRepository;
  /** A recursive tree answers no more entries and says that it was cut. */
  treeLimit = 100_000;
  readonly issues: Issues;
  readonly comments: Comments;
  readonly pulls: Pulls;
  readonly reviews: Reviews;
  readonly discussions: Discussions;
  readonly releases: Releases;
  #number = 0;

  constructor(
    world: World,
    owner: Account,
    name: string,
    settings: Partial<RepositorySettings> & { at?: string } = {},
  ) {
    const { at, ...rest } = settings;
    this.world = world;
    this.id = world.id();
    this.owner = owner;
    this.name = name;
    this.settings = { ...PLAIN, ...rest };
    this.createdAt = at ?? world.now();
    this.updatedAt = this.createdAt;
    this.pushedAt = this.createdAt;
    this.git = new GitRepository(() => world.now());
    this.wiki = new GitRepository(() => world.now());
    this.issues = new Issues(this);
    this.comments = new Comments(this);
    this.pulls = new Pulls(this);
    this.reviews = new Reviews(this);
    this.discussions = new Discussions(this);
    this.releases = new Releases(this);
    world.repositories.set(this.id, this);
    world.formerNames.delete(this.fullName.toLowerCase());
  }

  get fullName(): string {
    return `${this.owner.login}/${this.name}`;
  }

  /** Issues, pull requests and discussions share one row of numbers. */
  nextNumber(): number {
    this.#number += 1;
    return this.#number;
  }

  set(changes: Partial<RepositorySettings>): void {
    Object.assign(this.settings, changes);
    this.updatedAt = this.world.now();
    this.generation += 1;
    this.tell("repository", "edited");
  }

  /** The old name leads here until someone takes it. */
  rename(name: string): void {
    this.world.formerNames.set(this.fullName.toLowerCase(), this.id);
    this.name = name;
    this.#moved("renamed");
  }

  transfer(owner: string): void {
    this.world.formerNames.set(this.fullName.toLowerCase(), this.id);
    this.owner = this.world.account(owner);
    this.#moved("transferred");
  }

  delete(): void {
    this.world.repositories.delete(this.id);
    this.tell("repository", "deleted");
  }

  /** A commit on a branch, by default on the default one; with `onto` the branch is forced there first. */
  push(text: CommitText): Commit {
    const branch = text.branch ?? this.settings.defaultBranch;
    const before = this.git.refs.get(`heads/${branch}`);
    const commit = this.git.commit({ ...text, branch });
    this.pushedAt = this.world.now();
    this.tell("push", undefined, () => ({ ref: `refs/heads/${branch}`, before, after: commit.sha }));
    return commit;
  }

  /** Sets a branch to a commit that exists, forwards or back. */
  reset(branch: string, sha: string): void {
    this.git.refs.set(`heads/${branch}`, sha);
    this.pushedAt = this.world.now();
    this.tell("push", undefined, () => ({ ref: `refs/heads/${branch}`, forced: true, after: sha }));
  }

  /** Writes wiki pages; null removes one. */
  writeWiki(files: Record<string, string | null>, message = "Update the wiki", at?: string): Commit {
    const commit = this.wiki.commit({ branch: WIKI_BRANCH, files, message, ...(at !== undefined && { at }) });
    this.tell("gollum", undefined, () => ({ pages: Object.keys(files).map((page_name) => ({ page_name })) }));
    return commit;
  }

  label(name: string, about: Partial<Label> = {}): Label {
    const known = this.labels.get(name.toLowerCase());
    if (known !== undefined) return known;
    const label = { id: this.world.id(), name, color: "ededed", description: null, ...about };
    this.labels.set(name.toLowerCase(), label);
    return label;
  }

  /** Renaming a label changes what its issues show, not when they were changed. */
  renameLabel(from: string, to: string): void {
    const label = this.label(from);
    this.labels.delete(from.toLowerCase());
    label.name = to;
    this.labels.set(to.toLowerCase(), label);
    this.generation += 1;
    this.tell("label", "edited", () => ({ label: { id: label.id, name: to }, changes: { name: { from } } }));
  }

  /** As with a label: its issues show another title and no newer time. */
  renameMilestone(from: string, to: string): void {
    const milestone = this.milestone(from);
    milestone.title = to;
    this.generation += 1;
    this.tell("milestone", "edited", () => ({ milestone: { number: milestone.number, title: to } }));
  }

  milestone(title: string, about: Partial<Milestone> = {}): Milestone {
    const known = [...this.milestones.values()].find((one) => one.title === title);
    if (known !== undefined) return known;
    const now = this.world.now();
    const milestone: Milestone = {
      id: this.world.id(),
      number: this.milestones.size + 1,
      title,
      description: null,
      state: "open",
      dueOn: null,
      createdAt: now,
      updatedAt: now,
      creator: this.owner,
      ...about,
    };
    this.milestones.set(milestone.number, milestone);
    return milestone;
  }

  invite(login: string, role: Role = "pull"): void {
    this.collaborators.set(this.world.account(login), role);
  }

  tell(event: string, action?: string, payload: Happening["payload"] = () => ({})): void {
    this.world.tell({ event, repository: this, payload, ...(action !== undefined && { action }) });
  }

  #moved(action: string): void {
    this.updatedAt = this.world.now();
    this.generation += 1;
    this.world.generation += 1;
    this.tell("repository", action);
  }
}
