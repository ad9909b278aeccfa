import { readFileSync } from "node:fs";
import { buildSchema, type GraphQLSchema } from "graphql";
import { apiSpec } from "../../api-specs.ts";

let built: GraphQLSchema | undefined;

/** The vendor's schema where it is at hand, else the part of it that `subset.graphql` describes. */
export function githubSchema(): GraphQLSchema {
  built ??= buildSchema(apiSpec("github.graphql") ?? subset());
  return built;
}

export function subset(): string {
  return readFileSync(new URL("subset.graphql", import.meta.url), "utf8");
}
