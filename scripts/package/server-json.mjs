// The registry's file against the registry's own schema, which is asked for at the address that the file names.
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";

/** Answers what was checked; throws what is wrong. HEADWATER_SERVER_SCHEMA names a copy of the schema for machines without the network. */
export async function checkServerJson(file) {
  const server = JSON.parse(readFileSync(file, "utf8"));
  const schema = await schemaOf(server.$schema);
  if (schema === undefined) return `NOT CHECKED, ${server.$schema} cannot be reached from here`;
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  if (ajv.validate(schema, server)) return "valid";
  throw new Error(ajv.errorsText(ajv.errors, { separator: "\n" }));
}

async function schemaOf(address) {
  const copy = process.env.HEADWATER_SERVER_SCHEMA;
  if (copy) return JSON.parse(readFileSync(copy, "utf8"));
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(20_000) });
    return answer.ok ? await answer.json() : undefined;
  } catch {
    return undefined;
  }
}
