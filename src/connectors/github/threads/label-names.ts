import { z } from "zod";
import { ConnectorError } from "../../kit/index.ts";
import { type GithubContext, inRepository } from "../api.ts";
import type { Repository } from "../schema.ts";
import type { Stream, StreamFrom, StreamName, StreamPage } from "../streams.ts";
import { isDayOld } from "../walks/overlap.ts";
import { isSelective, takesIssues, takesPulls } from "./selection.ts";

const State = z.object({
  /** When they were last looked at, ISO 8601. */
  at: z.string(),
  /** What labels and milestones are called, by their number. */
  names: z.record(z.string(), z.string()),
});
type State = z.output<typeof State>;

const Labels = z.array(z.object({ id: z.number(), name: z.string() }));
const Milestones = z.array(z.object({ number: z.number(), title: z.string() }));

/**
 * What labels and milestones are called. A new name shows on every thread that carries it, and moves the time of none: so
 * the names are looked at once a day, and when one is another or gone, the threads are read anew. No items of its own.
 */
export const labelNamesStream: Stream<State> = {
  name: "labelNames",
  title: "Labels",
  permission: "Issues: read",
  state: State,
  applies: (config, repository) => takesPulls(config) || (takesIssues(config) && repository.has_issues),
  pages,
  async *ids() {},
  async *entries() {},
  fetch: () => undefined,
};

async function* pages(
  ctx: GithubContext,
  repository: Repository,
  { state }: StreamFrom<State>,
): AsyncGenerator<StreamPage<State>> {
  const now = ctx.clock.now();
  const told = ctx.api.renamed.delete(String(repository.id));
  if (!told && !isDayOld(state?.at, now)) return;
  const names = await namesOf(ctx, repository);
  if (names === undefined) return;
  const changed = Object.entries(state?.names ?? {}).some(([key, name]) => names[key] !== name);
  yield { state: { at: now.toISOString(), names }, ...(changed && { anew: threadsOf(ctx) }) };
}

/** Where the options choose by label, what hangs from threads that come in is read anew as well. */
function threadsOf(ctx: GithubContext): StreamName[] {
  return isSelective(ctx.config) ? ["issues", "pulls", "comments", "reviewComments"] : ["issues", "pulls"];
}

/** Undefined where they are closed to this credential: then the threads are as well, which their own streams say. */
async function namesOf(ctx: GithubContext, repository: Repository): Promise<Record<string, string> | undefined> {
  const names: Record<string, string> = {};
  try {
    const labels = inRepository(repository, "/labels", { per_page: 100 });
    for await (const page of ctx.http.pages(labels, Labels))
      for (const { id, name } of page.body) names[`label ${id}`] = name;
    const milestones = inRepository(repository, "/milestones", { state: "all", per_page: 100 });
    for await (const page of ctx.http.pages(milestones, Milestones))
      for (const { number, title } of page.body) names[`milestone ${number}`] = title;
    return names;
  } catch (thrown) {
    const { kind } = ConnectorError.from(thrown);
    if (kind !== "permission" && kind !== "not_found") throw thrown;
    return undefined;
  }
}
