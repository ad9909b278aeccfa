import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Journey } from "./journey.ts";

/** Where the secrets of these sources are kept, and what commands and assistants are asked about them. */
export interface CanarySources {
  /** The configuration: the journey's own source, and one for each canary. */
  config: string;
  data: string;
  names: string[];
  remove(): void;
}

/**
 * A second configuration for the journey's person: sources that are right but for one credential each, which is a canary
 * of so many. Each is named in one of the ways that a configuration can name a secret.
 */
export function canarySources(one: Journey, count: number): CanarySources {
  const folder = mkdtempSync(join(tmpdir(), "headwater-canaries-"));
  const secrets = one.secretFields.map((field) => field.name);
  const public_ = Object.fromEntries(Object.entries(one.options).filter(([name]) => !secrets.includes(name)));
  const entries: [string, object][] = [["honest", { connector: one.connector.id, ...one.options }]];
  for (let at = 0; at < count; at++) {
    const option = secrets[at % secrets.length] as string;
    const canary = one.watch.keep(shaped(one, option));
    const reference = referTo(one, folder, at, canary);
    entries.push([`canary-${at}`, { connector: one.connector.id, ...public_, [option]: reference }]);
  }
  const config = one.box.put("canaries.yaml", JSON.stringify({ version: 1, sources: Object.fromEntries(entries) }));
  return {
    config,
    data: join(one.box.home, "canary-data"),
    names: entries.map(([name]) => name),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function shaped(one: Journey, option: string): string {
  const core = randomBytes(24).toString("hex");
  return one.world.shapes?.[option]?.(core) ?? core;
}

function referTo(one: Journey, folder: string, at: number, canary: string): string {
  const variable = `CANARY_${at}`;
  const ways = [`\${${variable}}`, `env:${variable}`, `\${${variable}:?the credential}`];
  if (at % 4 < 3) {
    one.environment[variable] = canary;
    return ways[at % 4] as string;
  }
  const file = join(folder, `${at}.secret`);
  writeFileSync(file, `${canary}\n`);
  chmodSync(file, 0o600);
  return `file:${file}`;
}
