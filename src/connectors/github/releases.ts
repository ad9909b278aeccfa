import { z } from "zod";
import { ConnectorError, type Draft, type Entry, type Fetched } from "../kit/index.ts";
import { type GithubContext, inRepository } from "./api.ts";
import { authorsOf, facts, times, versioned } from "./items.ts";
import { linksIn } from "./links.ts";
import { Account, type Repository } from "./schema.ts";
import type { Stream, StreamFrom, StreamPage } from "./streams.ts";
import { checkEach } from "./walks/checked.ts";
import { isDayOld } from "./walks/overlap.ts";

const Release = z.object({
  id: z.number(),
  tag_name: z.string(),
  name: z.string().nullish(),
  body: z.string().nullish(),
  html_url: z.string(),
  draft: z.boolean().default(false),
  prerelease: z.boolean().default(false),
  created_at: z.string().nullish(),
  published_at: z.string().nullish(),
  updated_at: z.string().nullish(),
  author: Account,
  assets: z.array(z.object({ name: z.string(), size: z.number().nullish() })).default([]),
});
type Release = z.output<typeof Release>;
const Listed = z.array(z.unknown());

const State = z.object({
  /** Of the first page, which names the newest releases. */
  etag: z.string().optional(),
  /** When all pages were last read, ISO 8601. */
  walkedAt: z.string().optional(),
});
type State = z.output<typeof State>;

const MOST_ASSETS = 100;

/** Releases with their notes. https://docs.github.com/rest/releases/releases, 2026-11. */
export const releasesStream: Stream<State> = {
  name: "releases",
  title: "Releases",
  permission: "Contents: read",
  state: State,
  applies: (config) => config.includeReleases,
  pages,
  ids,
  entries,
  fetch: (ctx, repository, key) => {
    const [, id, tag] = /^(?:#release-(\d+)|@(.+))$/.exec(key) ?? [];
    if (tag !== undefined) return fetchRelease(ctx, repository, `tags/${encodeURIComponent(tag)}`, `tagged ${tag}`);
    return id === undefined ? undefined : fetchRelease(ctx, repository, id, id);
  },
};

async function* pages(
  ctx: GithubContext,
  repository: Repository,
  { state }: StreamFrom<State>,
): AsyncGenerator<StreamPage<State>> {
  const now = ctx.clock.now();
  // The first page tells of what is new; edits of releases behind it are looked for once a day.
  const isDue = isDayOld(state?.walkedAt, now);
  const first = await ctx.http.changed(list(repository), isDue ? undefined : state?.etag, Listed);
  if (first === undefined) return;
  const before: State = { ...(state?.walkedAt !== undefined && { walkedAt: state.walkedAt }) };
  const after: State = { ...(first.etag !== undefined && { etag: first.etag }), walkedAt: now.toISOString() };
  const changes = changesOf(repository, first.body);
  if (first.next === undefined) return yield { ...changes, state: after };
  yield { ...changes, state: before };
  for await (const page of ctx.http.pages({ url: first.next, realm: repository.owner.login }, Listed))
    yield { ...changesOf(repository, page.body), state: page.next === undefined ? after : before };
}

function list(repository: Repository) {
  return inRepository(repository, "/releases", { per_page: 100 });
}

function changesOf(repository: Repository, listed: readonly unknown[]) {
  const { good, failures } = checkEach(Release, listed, (entry) =>
    typeof entry.id === "number" ? releaseId(repository, entry.id) : undefined,
  );
  return { upserts: good.map((release) => releaseItem(repository, release)), failures };
}

async function* ids(ctx: GithubContext, repository: Repository): AsyncGenerator<string[]> {
  const Ids = z.array(z.object({ id: z.number() }));
  for await (const { body } of ctx.http.pages(list(repository), Ids))
    yield body.map(({ id }) => releaseId(repository, id));
}

async function* entries(ctx: GithubContext, repository: Repository): AsyncGenerator<Entry> {
  for await (const { body } of ctx.http.pages(list(repository), Listed)) {
    for (const { id, title, url, updatedAt } of changesOf(repository, body).upserts)
      yield {
        id,
        name: title,
        holds: "nothing",
        kind: "release",
        ...(url && { url }),
        ...(updatedAt && { updatedAt }),
      };
  }
}

async function fetchRelease(ctx: GithubContext, repository: Repository, path: string, name: string): Promise<Fetched> {
  try {
    const { body } = await ctx.http.json(inRepository(repository, `/releases/${path}`), Release);
    return { item: releaseItem(repository, body) };
  } catch (error) {
    if (ConnectorError.from(error).kind !== "not_found") throw error;
    throw new ConnectorError("not_found", `${repository.full_name} has no release ${name}.`, { cause: error });
  }
}

function releaseId(repository: Repository, id: number): string {
  return `${repository.id}#release-${id}`;
}

function releaseItem(repository: Repository, release: Release): Draft {
  const assets = release.assets.slice(0, MOST_ASSETS).map(({ name, size }) => ({ name, bytes: size ?? null }));
  return versioned({
    id: releaseId(repository, release.id),
    kind: "release",
    title: release.name || release.tag_name,
    url: release.html_url,
    container: String(repository.id),
    authors: authorsOf(release.author),
    text: release.body ?? "",
    aliases: [`${repository.full_name}@${release.tag_name}`],
    ...times(
      release.published_at ?? release.created_at,
      release.updated_at ?? release.published_at ?? release.created_at,
    ),
    relations: linksIn(release.body, repository),
    fields: facts({
      tag: release.tag_name,
      draft: release.draft || undefined,
      prerelease: release.prerelease || undefined,
      assets,
    }),
    // GitHub shows drafts to those alone who may write; who they are it does not say.
    ...(release.draft && { access: { allow: [] } }),
  });
}
