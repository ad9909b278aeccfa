import { z } from "zod";
import { ConnectorError, type Entry } from "../../kit/index.ts";
import { type GithubContext, inRepository } from "../api.ts";
import { visibilityOf } from "../items.ts";
import type { Repository } from "../schema.ts";

const DAY_MS = 24 * 3_600_000;
const People = z.array(z.object({ login: z.string() }));
const Known = z.object({ at: z.number(), allow: z.array(z.string()) });

/** Who may read a repository. What cannot be found out never widens it: then nobody but the owner of the store may. */
export async function accessTo(ctx: GithubContext, repository: Repository): Promise<NonNullable<Entry["access"]>> {
  const visibility = visibilityOf(repository);
  if (visibility === "public") return "everyone";
  if (visibility === "internal") return { allow: [`group:${repository.owner.login}`] };
  const key = `access:${repository.id}`;
  const known = Known.safeParse(await ctx.memory.get(key));
  const at = ctx.clock.now().getTime();
  if (known.success && Math.abs(at - known.data.at) < DAY_MS) return { allow: known.data.allow };
  const allow = await collaborators(ctx, repository);
  await ctx.memory.set(key, { at, allow });
  return { allow };
}

async function collaborators(ctx: GithubContext, repository: Repository): Promise<string[]> {
  const people: string[] = [];
  try {
    const request = inRepository(repository, "/collaborators", { per_page: 100 });
    for await (const page of ctx.http.pages(request, People))
      people.push(...page.body.map((one) => `user:${one.login}`));
    return people;
  } catch (thrown) {
    const error = ConnectorError.from(thrown);
    if (error.kind !== "permission" && error.kind !== "not_found") throw error;
    return []; // only those who may change a repository may see who else can
  }
}
