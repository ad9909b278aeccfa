import { distance } from "fastest-levenshtein";
import { type OptionField, optionFields } from "../../src/cli/option-fields.ts";
import type { Connector } from "../../src/connectors/kit/index.ts";
import { readConfig } from "../../src/sources/load-config.ts";

/** What is told about one wrong option. */
export interface Told {
  option: string;
  wrote: unknown;
  /** The sentences about it; a good one is alone. */
  sentences: string[];
}

/** A value that no reader could take for what the option is. */
function wrongValue(field: OptionField): unknown {
  if (field.choices.length > 0) return "whatever";
  if (field.type === "map") return "seven";
  return field.type === "yes or no" ? "perhaps" : { seven: 7 };
}

/** Writes each option wrongly, one at a time, and answers what is said of it. */
export async function tellWrongValues(connector: Connector, right: Readonly<Record<string, unknown>>): Promise<Told[]> {
  const told: Told[] = [];
  for (const field of optionFields(connector)) {
    const wrote = wrongValue(field);
    told.push({ option: field.name, wrote, sentences: await mistakesOf(connector, { ...right, [field.name]: wrote }) });
  }
  return told;
}

/** Misspells each option, one at a time. */
export async function tellMisspelt(connector: Connector, right: Readonly<Record<string, unknown>>): Promise<Told[]> {
  const names = Object.keys(connector.config.shape);
  const told: Told[] = [];
  for (const name of names) {
    const wrote = name.slice(0, -1) + (name.endsWith("x") ? "y" : "x");
    if (names.some((other) => other === wrote || (other !== name && distance(other, wrote) <= 1))) continue; // as near
    const { [name]: value, ...others } = right;
    told.push({ option: name, wrote, sentences: await mistakesOf(connector, { ...others, [wrote]: value ?? true }) });
  }
  return told;
}

async function mistakesOf(connector: Connector, options: Record<string, unknown>): Promise<string[]> {
  const file = { version: 1, sources: { mine: { connector: connector.id, ...options } } };
  const { mistakes } = await readConfig(JSON.stringify(file), "/home/nobody/headwater.yaml");
  return mistakes.map((mistake) => mistake.message);
}
