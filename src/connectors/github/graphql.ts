import { z } from "zod";
import { ConnectorError } from "../kit/index.ts";
import { githubAddresses } from "./addresses.ts";
import type { GithubContext } from "./api.ts";
import type { Account, Repository } from "./schema.ts";

/** Whoever wrote something, as GraphQL names them; null for an account that was deleted. */
export const ACTOR = "author { __typename login }";
export const Actor = z.object({ __typename: z.string().optional(), login: z.string() }).nullish();

export const PageInfo = z
  .object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() })
  .transform((info) => (info.hasNextPage ? (info.endCursor ?? undefined) : undefined));

/** In the form that REST gives them: there the login of a bot ends with "[bot]". */
export function accountOf(actor: z.output<typeof Actor>): Account {
  if (actor === null || actor === undefined) return null;
  const isBot = actor.__typename === "Bot";
  const login = isBot && !actor.login.endsWith("[bot]") ? `${actor.login}[bot]` : actor.login;
  return { login, type: isBot ? "Bot" : "User" };
}

/** Whether GraphQL itself is closed, so that REST has to do. An answer that came broken says nothing of the kind. */
export function isClosed({ kind, status }: ConnectorError): boolean {
  if (kind === "bad_response") return status !== undefined && status !== 200;
  return kind === "permission" || kind === "not_found" || kind === "unsupported";
}

/** Ids are numbers beyond 32 bits, which GraphQL writes as text. */
export const BigId = z.union([z.string(), z.number()]).transform(Number);

/** Asks for parts of one repository; `body` stands inside `repository { … }`. Throws `not_found` when there is none. */
export async function askRepository<T>(
  ctx: GithubContext,
  repository: Repository,
  query: { body: string; variables?: Record<string, { type: string; value: unknown }>; cost?: number },
  shape: z.ZodType<T>,
): Promise<T> {
  const variables = Object.entries(query.variables ?? {});
  const declared = ["$owner: String!", "$name: String!", ...variables.map(([name, one]) => `$${name}: ${one.type}`)];
  const answer = await ctx.http.graphql(
    {
      url: githubAddresses(ctx.config.baseUrl).graphql,
      query: `query (${declared.join(", ")}) { repository(owner: $owner, name: $name) { ${query.body} } }`,
      variables: {
        owner: repository.owner.login,
        name: repository.name,
        ...Object.fromEntries(variables.map(([name, one]) => [name, one.value])),
      },
      realm: repository.owner.login,
      bucket: "graphql",
      ...(query.cost !== undefined && { cost: query.cost }),
    },
    z.object({ repository: shape.nullable() }),
  );
  if (answer.body.repository !== null) return answer.body.repository;
  throw new ConnectorError("not_found", `GitHub has no repository ${repository.full_name} for this credential.`);
}
