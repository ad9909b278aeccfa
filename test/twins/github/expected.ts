import type { GitRepository } from "../git/git-repository.ts";
import type { Repository } from "./repository.ts";
import { WIKI_BRANCH } from "./wiki.ts";
import type { World } from "./world.ts";

/** What a source follows beyond the default. */
export interface Contents {
  code: boolean;
  releases: boolean;
  wiki: boolean;
}

/** What a complete sync must hold: ids as GITHUB items have them, and words of each text. Issues come first. */
export function expectedItems(world: World, contents: Contents): Map<string, string> {
  const found = new Map<string, string>();
  for (const repository of world.repositories.values()) addThreads(found, repository);
  for (const repository of world.repositories.values()) {
    found.set(`${repository.id}`, repository.settings.description ?? "");
    for (const comment of repository.comments.all()) {
      found.set(`${repository.id}#issuecomment-${comment.id}`, comment.body);
    }
    for (const discussion of repository.discussions.all()) {
      found.set(`${repository.id}#${discussion.number}`, discussion.body);
      for (const remark of discussion.comments.flatMap((one) => [one, ...one.replies])) {
        found.set(`${repository.id}#discussioncomment-${remark.id}`, remark.body);
      }
    }
    for (const review of repository.reviews.all()) {
      if (review.body !== "" || review.state !== "COMMENTED")
        found.set(`${repository.id}#pullrequestreview-${review.id}`, review.body);
    }
    for (const comment of repository.reviews.comments()) {
      found.set(`${repository.id}#discussion_r${comment.id}`, comment.body);
    }
    for (const [path, words] of filesOf(repository, contents.code)) found.set(`${repository.id}:${path}`, words);
    if (contents.wiki)
      for (const [path, words] of firstLines(repository.wiki, WIKI_BRANCH, /./)) {
        found.set(`${repository.id}.wiki:${path}`, words);
      }
    if (contents.releases) {
      for (const release of repository.releases.all()) {
        found.set(`${repository.id}#release-${release.id}`, release.body ?? "");
      }
    }
  }
  return found;
}

/** The README, and with code all Markdown and reStructuredText. */
function filesOf({ git, settings }: Repository, code: boolean): [string, string][] {
  return firstLines(git, settings.defaultBranch, code ? /\.(md|rst)$/i : /^readme\.md$/i);
}

function firstLines(git: GitRepository, branch: string, wanted: RegExp): [string, string][] {
  const head = git.refs.get(`heads/${branch}`);
  if (head === undefined) return [];
  const files = [...git.files(head)].filter(([path]) => wanted.test(path));
  return files.map(([path, { sha }]) => {
    const text = (git.blobs.get(sha) ?? Buffer.alloc(0)).toString("utf8");
    return [path, (text.split("\n")[0] ?? "").replace(/^#+ /, "")];
  });
}

/** Those that nothing hangs on stand first: a test edits the first and removes the second. */
function addThreads(found: Map<string, string>, repository: Repository): void {
  const threads = [...repository.threads.values()];
  const plain = threads.filter((issue) => issue.pull === null && issue.comments === 0 && issue.children.size === 0);
  for (const issue of [...plain, ...threads]) found.set(`${repository.id}#${issue.number}`, issue.body ?? "");
}
