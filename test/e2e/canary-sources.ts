import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Home } from "./home.ts";
import type { Journey } from "./journey.ts";

/** Where the secrets of these sources are kept, and what commands and assistants are asked about them. */
export interface CanarySources {
  /** The configuration: each journey's own source, and one for each canary. */
  config: string;
  data: string;
  /** Of each connector its own source, and one for each of its kinds of credentials. */
  some: string[];
  remove(): void;
}

/**
 * One configuration for somebody who follows the services of all these journeys: sources that are right but for one credential
 * each, which is a canary, so many of each connector that takes credentials. Each is named in one of the ways that a
 * configuration can name a secret.
 */
export function canarySources(home: Home, journeys: readonly Journey[], count: number): CanarySources {
  const folder = mkdtempSync(join(tmpdir(), "headwater-canaries-"));
  const sources: Record<string, object> = {};
  const some: string[] = [];
  for (const one of journeys) {
    const { id } = one.connector;
    Object.assign(home.environment, one.environment);
    for (const canary of one.watch.canaries) home.watch.keep(canary);
    const secrets = one.secretFields.map((field) => field.name);
    const public_ = Object.fromEntries(Object.entries(one.options).filter(([name]) => !secrets.includes(name)));
    sources[`${id}-honest`] = { connector: id, ...one.options };
    some.push(`${id}-honest`, ...secrets.map((_, at) => `${id}-canary-${at}`));
    for (let at = 0; at < (secrets.length > 0 ? count : 0); at++) {
      const option = secrets[at % secrets.length] as string;
      const reference = referTo(home, join(folder, `${id}-${at}`), at, home.watch.keep(shaped(one, option)));
      sources[`${id}-canary-${at}`] = { connector: id, ...public_, [option]: reference };
    }
  }
  const config = home.box.put("canaries.yaml", JSON.stringify({ version: 1, sources }));
  return {
    config,
    data: join(home.box.home, "canary-data"),
    some,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function shaped(one: Journey, option: string): string {
  const core = randomBytes(24).toString("hex");
  return one.world.shapes?.[option]?.(core) ?? core;
}

/** `at` says in which way; `file` is a place for the secret of the last of them. */
function referTo(home: Home, file: string, at: number, canary: string): string {
  const variable = `CANARY_${Object.keys(home.environment).length}`;
  const ways = [`\${${variable}}`, `env:${variable}`, `\${${variable}:?the credential}`];
  if (at % 4 < 3) {
    home.environment[variable] = canary;
    return ways[at % 4] as string;
  }
  writeFileSync(file, `${canary}\n`);
  chmodSync(file, 0o600);
  return `file:${file}`;
}
