import type { From } from "../kit/index.ts";
import { STREAMS } from "./all-streams.ts";
import type { GithubContext } from "./api.ts";
import { repositoryById } from "./repositories/repositories.ts";

/** All that a repository holds, by ids only: what is stored and not among them was deleted. */
export async function* idsOf(ctx: GithubContext, from: From<never>): AsyncGenerator<string[]> {
  const repository = await repositoryById(ctx, from.container ?? "");
  for (const stream of STREAMS) {
    // What was refused and yet stored made the walk before this one incomplete: then nobody asks here.
    const refused = ctx.api.refused.get(String(repository.id))?.has(stream.name) ?? false;
    if (refused || !stream.applies(ctx.config, repository)) continue;
    for await (const ids of stream.ids(ctx, repository)) if (ids.length > 0) yield ids;
    ctx.signal.throwIfAborted();
  }
}
