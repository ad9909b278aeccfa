import { type ExecutionResult, execute, GraphQLError, parse, validate } from "graphql";
import { type Call, Refusal, type Reply, type Route } from "../exchange.ts";
import type { Limits } from "../limits.ts";
import { costOf } from "./cost.ts";
import { queryRoot } from "./query.ts";
import { githubSchema } from "./schema.ts";

/** A query may answer no more things. */
const NODE_LIMIT = 500_000;

export interface GraphqlParts {
  limits: Limits;
  /** Takes what a right client would never ask. */
  refuse(what: string): void;
}

/** `POST /graphql`: real documents, checked against the schema and carried out. */
export function graphqlRoute(parts: GraphqlParts): Route {
  return { method: "POST", template: "/graphql", resource: "graphql", answer: (call) => answer(call, parts) };
}

async function answer(call: Call, parts: GraphqlParts): Promise<Reply> {
  if (call.principal.kind !== "token") throw new Refusal(401, "This endpoint requires you to be authenticated.");
  const { query, variables = {} } = bodyOf(call);
  const { limit, used } = parts.limits.state(call.principal, "graphql");
  if (parts.limits.enabled && used >= limit) {
    const message = `API rate limit exceeded for user ID ${call.principal.token.account.id}.`;
    return reply({ errors: [new GraphQLError(message, { extensions: { type: "RATE_LIMITED" } })] });
  }
  const schema = githubSchema();
  const document = parsed(query);
  const mistakes = document instanceof GraphQLError ? [document] : validate(schema, document);
  if (document instanceof GraphQLError || mistakes.length > 0) {
    parts.refuse(`POST /graphql: ${mistakes.map((one) => one.message).join("; ")}`);
    return reply({ errors: mistakes });
  }
  const cost = costOf(document, variables);
  if (cost.nodes > NODE_LIMIT) {
    parts.refuse(`POST /graphql: it asks for up to ${cost.nodes} nodes`);
    const message = `This query requests up to ${cost.nodes} possible nodes which exceeds the maximum limit of 500,000.`;
    return reply({ errors: [new GraphQLError(message, { extensions: { type: "MAX_NODE_LIMIT_EXCEEDED" } })] });
  }
  if (parts.limits.enabled) parts.limits.spend(call.principal, "graphql", cost.points);
  const rootValue = queryRoot(call, parts.limits, cost);
  const result = (await execute({ schema, document, rootValue, variableValues: variables })) as ExecutionResult;
  for (const error of result.errors ?? []) {
    const type = error.extensions.type as string | undefined;
    if (type === undefined || type.includes("PAGINATION"))
      parts.refuse(`POST /graphql: ${error.path?.join(".")}: ${error.message}`);
  }
  return reply(result);
}

function bodyOf(call: Call): { query: string; variables?: Record<string, unknown> } {
  try {
    const body = JSON.parse(call.body.toString("utf8")) as { query?: unknown; variables?: Record<string, unknown> };
    if (typeof body.query === "string") return { query: body.query, variables: body.variables ?? {} };
  } catch {
    // said below
  }
  throw new Refusal(400, "Problems parsing JSON");
}

function parsed(query: string) {
  try {
    return parse(query);
  } catch (error) {
    return error as GraphQLError;
  }
}

/** The type of an error stands beside its message, not in its extensions. */
function reply(result: { data?: unknown; errors?: readonly GraphQLError[] }): Reply {
  const errors = result.errors?.map((error) => {
    const { type, ...extensions } = error.extensions;
    const { message, path, locations } = error;
    return { ...(type !== undefined && { type }), path, extensions, locations, message };
  });
  const body = { ...(result.data !== undefined && { data: result.data }), ...(errors !== undefined && { errors }) };
  return { status: 200, body };
}
