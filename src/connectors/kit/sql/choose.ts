import { parseName, writtenName } from "./key-text.ts";

/** What a table is called, by its schema and itself. */
export interface TableName {
  schema: string;
  name: string;
}

/**
 * Whether a person meant this table by a word of the configuration: `tickets` (in one of the usual schemas),
 * `public.tickets`, `sales.*`, `public."Weird Name"`. `*` stands for any characters.
 */
export function isMeant(word: string, table: TableName, schemas: readonly string[]): boolean {
  if (word === writtenName(table.schema, table.name) || word === `${table.schema}.${table.name}`) return true;
  const parts = parseName(word)?.parts ?? [];
  const [schema, name] = parts.length === 2 ? parts : [undefined, parts.length === 1 ? parts[0] : word];
  if (name === undefined || !fits(name, table.name)) return false;
  return schema === undefined ? schemas.includes(table.schema) : fits(schema, table.schema);
}

function fits(pattern: string, name: string): boolean {
  if (!pattern.includes("*")) return pattern === name;
  const escaped = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${escaped.join(".*")}$`, "s").test(name);
}
