import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The vendors' own descriptions of their interfaces, where somebody has laid them beside the checkout: in the folder that
 * HEADWATER_API_SPECS names, or in `shared/api-specs` of a folder above. They are not ours to give away.
 */
const FOLDER = process.env.HEADWATER_API_SPECS ?? above(dirname(fileURLToPath(import.meta.url)));

function above(from: string): string | undefined {
  const here = join(from, "shared", "api-specs");
  if (existsSync(here)) return here;
  return dirname(from) === from ? undefined : above(dirname(from));
}

/** The text of one description; undefined, once said aloud, when it is not here. */
export function apiSpec(name: string): string | undefined {
  const path = FOLDER === undefined ? undefined : join(FOLDER, name);
  if (path !== undefined && existsSync(path)) return readFileSync(path, "utf8");
  if (!SAID.has(name))
    console.error(`LEFT OUT: the check of answers against ${name}, which is not beside this checkout.`);
  SAID.add(name);
  return undefined;
}

const SAID = new Set<string>();

/** Where a description lies, for programs that read it themselves. */
export function apiSpecPath(name: string): string | undefined {
  return apiSpec(name) === undefined ? undefined : join(FOLDER as string, name);
}
