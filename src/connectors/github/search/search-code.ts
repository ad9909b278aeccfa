import { z } from "zod";
import { ConnectorError, type Draft, type NativeQuery } from "../../kit/index.ts";
import { type GithubContext, isLoggedIn } from "../api.ts";
import { coversFile } from "../code/covers-file.ts";
import { fetchFile } from "../code/fetch-file.ts";
import type { Repository } from "../schema.ts";

const Found = z.object({
  total_count: z.number(),
  incomplete_results: z.boolean().default(false),
  items: z.array(z.object({ path: z.string(), repository: z.object({ id: z.number() }) })),
});
const MOST_FILES = 5;

/**
 * GitHub's own search of files: of the default branch only, below 384 KB, ten questions a minute, nothing without a login.
 * Those that the options take are fetched as they are on the branch that is followed.
 */
export async function searchCode(
  ctx: GithubContext,
  query: NativeQuery,
  question: string,
  repositories: readonly Repository[],
): Promise<Draft[]> {
  const [first] = repositories;
  if (first === undefined || !isLoggedIn(ctx.config)) return [];
  const most = Math.min(MOST_FILES, Math.ceil(query.limit / 3));
  const answer = await ctx.http.json(
    { url: "/search/code", query: { q: question, per_page: 20 }, bucket: "codeSearch", realm: first.owner.login },
    Found,
  );
  if (answer.body.incomplete_results) ctx.log.info("search.cut", { found: answer.body.total_count, incomplete: true });
  const wanted = answer.body.items.flatMap(({ path, repository: { id } }) => {
    const repository = repositories.find((one) => one.id === id);
    return repository !== undefined && coversFile(ctx.config, path, undefined) ? [{ repository, path }] : [];
  });
  const fetched = await Promise.all(
    wanted.slice(0, most).map(({ repository, path }) => fetchFile(ctx, repository, path).catch(notThere)),
  );
  return fetched.flatMap((one) => one?.item ?? []);
}

/** The index may be behind the branch. */
function notThere(thrown: unknown): undefined {
  if (ConnectorError.from(thrown).kind !== "not_found") throw thrown;
}
