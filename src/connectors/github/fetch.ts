import { ConnectorError, type Fetched, type Item } from "../kit/index.ts";
import { STREAMS } from "./all-streams.ts";
import type { GithubContext } from "./api.ts";
import { locate } from "./locate.ts";
import { repositoryById } from "./repositories/repositories.ts";
import type { Repository } from "./schema.ts";
import { refusalOf } from "./sync.ts";

/** One item as GitHub has it now, by its id, by `owner/repo#12` or by an address. */
export async function fetchItem(ctx: GithubContext, id: string, known?: Pick<Item, "parent">): Promise<Fetched> {
  const native = /^\d+(?=$|[#:.@/])/.test(id) ? id : await locate(ctx, id);
  const [repositoryId = ""] = /^\d+/.exec(native ?? "") ?? [];
  if (native === undefined || repositoryId === "") throw notFound(id);
  const repository = await repositoryById(ctx, repositoryId);
  const key = native.slice(repositoryId.length);
  if (key.startsWith("/")) await tryAgain(ctx, repository, key.slice(1));
  const thread = threadIn(repository, known) ?? ctx.api.threadOf(native);
  for (const stream of STREAMS) {
    const fetching = stream.fetch(ctx, repository, key, thread);
    if (fetching !== undefined) return fetching;
  }
  throw notFound(id);
}

function threadIn(repository: Repository, known: Pick<Item, "parent"> | undefined): number | undefined {
  const begin = `${repository.id}#`;
  return known?.parent?.startsWith(begin) ? Number(known.parent.slice(begin.length)) : undefined;
}

/** A kind of thing that was closed is a failure by the name of its stream: tried again, it is still closed or no failure. */
async function tryAgain(ctx: GithubContext, repository: Repository, name: string): Promise<void> {
  const stream = STREAMS.find((one) => one.name === name);
  if (stream === undefined || !stream.applies(ctx.config, repository)) return;
  const pages = stream.pages(ctx, repository, {});
  try {
    await pages.next();
  } catch (thrown) {
    const error = ConnectorError.from(thrown);
    const isClosed = error.kind === "permission" || (error.kind === "not_found" && error.status !== 410);
    throw isClosed ? refusalOf(stream, repository, error) : error;
  } finally {
    await pages.return(undefined);
  }
}

function notFound(id: string): ConnectorError {
  return new ConnectorError(
    "not_found",
    `"${id.slice(0, 100)}" is neither an item of this source nor an address on GitHub.`,
    {
      hint: "Write it as owner/repo#12, or as the address that the browser shows.",
    },
  );
}
