import { ConnectorError, type Fetched } from "../kit/index.ts";
import { STREAMS } from "./all-streams.ts";
import type { GithubContext } from "./api.ts";
import { locate } from "./locate.ts";
import { repositoryById } from "./repositories.ts";

/** One item as GitHub has it now, by its id, by `owner/repo#12` or by an address. */
export async function fetchItem(ctx: GithubContext, id: string): Promise<Fetched> {
  const native = /^\d+(?=$|[#:.@])/.test(id) ? id : await locate(ctx, id);
  const [repositoryId = ""] = /^\d+/.exec(native ?? "") ?? [];
  if (native === undefined || repositoryId === "") throw notFound(id);
  const repository = await repositoryById(ctx, repositoryId);
  const key = native.slice(repositoryId.length);
  for (const stream of STREAMS) {
    const fetching = stream.fetch(ctx, repository, key);
    if (fetching !== undefined) return fetching;
  }
  throw notFound(id);
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
