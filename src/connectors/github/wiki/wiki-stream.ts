import { z } from "zod";
import { ConnectorError, type Entry, type Fetched } from "../../kit/index.ts";
import type { GithubContext } from "../api.ts";
import type { Repository } from "../schema.ts";
import type { Stream, StreamFrom, StreamPage } from "../streams.ts";
import { GitRemote, type PackFilter } from "./git-remote.ts";
import { readPack } from "./read-pack.ts";
import { filesIn, type PackedFile } from "./tree-files.ts";
import { wikiAuthorization, wikiUrlOf } from "./wiki-access.ts";
import { isPage, LARGEST_PAGE, nameKey, pageId, pageNames, wikiPage } from "./wiki-page.ts";

const State = z.object({
  /** The commit that is stored; missing: the wiki has no page. */
  head: z.string().optional(),
  /** Paths of its pages: a wiki that vanished or was rewritten can not be asked what it held. */
  pages: z.array(z.string()).default([]),
});
type State = z.output<typeof State>;

/** Packs hold no blob above the largest page where the server can leave them out; some cannot. Bytes. */
const LARGEST_PACK = 128_000_000;
const LIMITS = { objectBytes: 64_000_000, allBytes: 512_000_000 };
const PAGE = 100;

/** Pages of the wiki, which GitHub gives out through git alone: an unchanged wiki costs one request, a changed one three. */
export const wikiStream: Stream<State> = {
  name: "wiki",
  title: "Wiki",
  permission: "Contents: read",
  state: State,
  applies: (config) => config.includeWikis,
  pages,
  ids: async function* (ctx, repository) {
    const { files } = await wikiOf(ctx, repository, "blob:none");
    yield files.map((file) => pageId(repository, file.path));
  },
  entries,
  fetch: (ctx, repository, key) =>
    key.startsWith(".wiki:") ? fetchPage(ctx, repository, key.slice(".wiki:".length)) : undefined,
};

async function* pages(
  ctx: GithubContext,
  repository: Repository,
  { state }: StreamFrom<State>,
): AsyncGenerator<StreamPage<State>> {
  const before: State = state ?? { pages: [] };
  const remote = await remoteOf(ctx, repository);
  const head = await headOf(ctx, repository, remote);
  if (state !== undefined && head === state.head) return;
  if (head === undefined) return yield withoutPages(repository, before);
  const files = await filesOf(remote, head, `blob:limit=${LARGEST_PAGE}`);
  const paths = files.map((file) => file.path);
  const names = pageNames(repository, paths);
  for (let at = 0; at < files.length; at += PAGE) {
    const upserts = files.slice(at, at + PAGE).map((file) => wikiPage(repository, file, names));
    // What may be stored from now on, should it stop here.
    const reached = [...new Set([...before.pages, ...paths.slice(0, at + PAGE)])];
    yield { upserts, state: { ...before, pages: reached } };
  }
  const left = new Set(paths);
  const gone = before.pages.filter((path) => !left.has(path));
  yield {
    deletes: gone.map((path) => pageId(repository, path)),
    state: { head, pages: paths },
  };
}

/** A wiki that was switched off has no pages. One that only cannot be found may be out of reach for a while. */
function withoutPages(repository: Repository, before: State): StreamPage<State> {
  const ids = before.pages.map((path) => pageId(repository, path));
  return { ...(repository.has_wiki ? { lost: ids } : { deletes: ids }), state: { pages: [] } };
}

async function* entries(ctx: GithubContext, repository: Repository): AsyncGenerator<Entry> {
  const { files } = await wikiOf(ctx, repository, "blob:none");
  for (const file of files) {
    const { id, title, url } = wikiPage(repository, file, new Map());
    yield { id, name: title, holds: "nothing", kind: "wiki_page", ...(url !== undefined && { url }) };
  }
}

/** By its path, or by its name as addresses have it. */
async function fetchPage(ctx: GithubContext, repository: Repository, path: string): Promise<Fetched> {
  const { files } = await wikiOf(ctx, repository, `blob:limit=${LARGEST_PAGE}`);
  const paths = files.map((file) => file.path);
  const names = pageNames(repository, paths);
  const id = paths.includes(path) ? pageId(repository, path) : names.get(nameKey(path));
  const file = files.find((one) => pageId(repository, one.path) === id);
  if (file !== undefined) return { item: wikiPage(repository, file, names) };
  throw new ConnectorError("not_found", `The wiki of ${repository.full_name} has no page ${JSON.stringify(path)}.`);
}

async function wikiOf(
  ctx: GithubContext,
  repository: Repository,
  filter: PackFilter,
): Promise<{ files: PackedFile[] }> {
  const remote = await remoteOf(ctx, repository);
  const head = await headOf(ctx, repository, remote);
  return { files: head === undefined ? [] : await filesOf(remote, head, filter) };
}

async function remoteOf(ctx: GithubContext, repository: Repository): Promise<GitRemote> {
  return new GitRemote(ctx.http, wikiUrlOf(ctx, repository), await wikiAuthorization(ctx, repository));
}

/**
 * A wiki that is switched on but has no page yet is no repository: to somebody logged in GitHub says 404, to anybody else
 * 401, as for everything that may or may not be there. Nothing else says whether a wiki has pages.
 */
async function headOf(ctx: GithubContext, repository: Repository, remote: GitRemote): Promise<string | undefined> {
  if (!repository.has_wiki) return undefined;
  try {
    return await remote.head();
  } catch (thrown) {
    const error = ConnectorError.from(thrown);
    const isAnonymous = (await wikiAuthorization(ctx, repository)) === undefined;
    if (error.status === 404 || (error.status === 401 && isAnonymous)) return undefined;
    if (error.status !== 401 && error.status !== 403) throw error;
    throw new ConnectorError("permission", `The wiki of ${repository.full_name} is closed to this credential.`, {
      hint: "Give it read access to the repository's contents.",
      cause: error,
    });
  }
}

async function filesOf(remote: GitRemote, head: string, filter: PackFilter): Promise<PackedFile[]> {
  const objects = readPack(await remote.pack(head, filter, LARGEST_PACK), LIMITS);
  return [...filesIn(objects, head)]
    .filter((file) => isPage(file.path))
    .map((file) =>
      file.bytes !== undefined && file.bytes.length > LARGEST_PAGE ? { ...file, bytes: undefined } : file,
    );
}
