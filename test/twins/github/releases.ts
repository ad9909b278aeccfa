import type { Release } from "./model.ts";
import type { Repository } from "./repository.ts";

export interface ReleaseText {
  tag: string;
  name?: string;
  body?: string;
  user?: string;
  draft?: boolean;
  prerelease?: boolean;
  assets?: readonly { name: string; type: string; bytes: Buffer }[];
  at?: string;
}

/** Releases. They have no time of their last edit, so a changed text shows in nothing but itself. */
export class Releases {
  readonly #repository: Repository;
  readonly #all = new Map<number, Release>();

  constructor(repository: Repository) {
    this.#repository = repository;
  }

  publish(text: ReleaseText): Release {
    const { world, owner, settings } = this.#repository;
    const at = text.at ?? world.now();
    const release: Release = {
      id: world.id(),
      tag: text.tag,
      name: text.name ?? text.tag,
      body: text.body ?? null,
      draft: text.draft ?? false,
      prerelease: text.prerelease ?? false,
      author: world.account(text.user ?? owner.login),
      target: settings.defaultBranch,
      createdAt: at,
      publishedAt: text.draft ? null : at,
      assets: (text.assets ?? []).map((asset) => ({ ...asset, id: world.id(), createdAt: at })),
    };
    this.#all.set(release.id, release);
    this.#tell("published", release);
    return release;
  }

  edit(id: number, text: Partial<Pick<Release, "name" | "body" | "tag" | "prerelease">>): Release {
    const release = this.get(id);
    Object.assign(release, text);
    this.#tell("edited", release);
    return release;
  }

  delete(id: number): void {
    const release = this.get(id);
    this.#all.delete(id);
    this.#tell("deleted", release);
  }

  get(id: number): Release {
    const release = this.#all.get(id);
    if (release === undefined) throw new Error(`${this.#repository.fullName} has no release ${id}.`);
    return release;
  }

  /** Newest first. */
  all(): Release[] {
    return [...this.#all.values()].reverse();
  }

  #tell(action: string, release: Release): void {
    this.#repository.tell("release", action, () => ({ release: { id: release.id, tag_name: release.tag } }));
  }
}
