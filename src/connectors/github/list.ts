import { ConnectorError, type Draft, type Entry } from "../kit/index.ts";
import { STREAMS } from "./all-streams.ts";
import type { GithubContext } from "./api.ts";
import { remarksOfDiscussion } from "./discussions/discussions.ts";
import { fetchItem } from "./fetch.ts";
import { locate } from "./locate.ts";
import { listRepositories, repositoryById } from "./repositories/repositories.ts";
import { childrenOf } from "./threads/children.ts";

/** Repositories; what a repository holds; what hangs from a thread. Always asked of the service. */
export async function* list(ctx: GithubContext, parent: string | undefined): AsyncGenerator<Entry> {
  if (parent === undefined) {
    yield* listRepositories(ctx);
    return;
  }
  const native = /^\d+(?=$|#)/.test(parent) ? parent : ((await locate(ctx, parent)) ?? "");
  const place = /^(\d+)(?:#(\d+))?$/.exec(native);
  if (place === null) throw nothingInside(ctx, parent);
  const repository = await repositoryById(ctx, place[1] as string);
  if (place[2] !== undefined) {
    yield* inThread(ctx, native, Number(place[2]));
    return;
  }
  for (const stream of STREAMS) if (stream.applies(ctx.config, repository)) yield* stream.entries(ctx, repository);
}

async function* inThread(ctx: GithubContext, id: string, number: number): AsyncGenerator<Entry> {
  const { item } = await fetchItem(ctx, id);
  const repository = await repositoryById(ctx, item.container as string);
  const children =
    item.kind === "discussion"
      ? await remarksOfDiscussion(ctx, repository, number)
      : await childrenOf(ctx, repository, number, item.kind === "issue" ? "issue" : "pull_request");
  for (const child of children) yield entryOf(child);
}

function entryOf({ id, title, kind, url, updatedAt }: Draft): Entry {
  return { id, name: title, kind, holds: "nothing", ...(url && { url }), ...(updatedAt && { updatedAt }) };
}

function nothingInside(ctx: GithubContext, parent: string): ConnectorError {
  return new ConnectorError("not_found", `Nothing lies inside "${parent.slice(0, 100)}".`, {
    hint: `Repositories and threads hold things. Begin with: headwater list ${ctx.source}`,
  });
}
