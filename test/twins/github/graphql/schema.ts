import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSchema, type GraphQLSchema } from "graphql";
import { apiSpec } from "../../api-specs.ts";

let built: GraphQLSchema | undefined;

/** The vendor's schema where it is at hand, else the part of it that `subset.graphql` describes. */
export function githubSchema(): GraphQLSchema {
  built ??= buildSchema(apiSpec("github.graphql") ?? subset());
  return built;
}

export function subset(): string {
  return readFileSync(join(packageRoot(), "test/twins/github/graphql/subset.graphql"), "utf8");
}

/** The twin may run from a bundle, so that files are found from the package's root. */
function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return folder;
}
