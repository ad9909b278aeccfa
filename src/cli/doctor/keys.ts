import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { problemOf } from "../../model/index.ts";
import { systemClock } from "../../sources/clock.ts";
import { openMasterKey } from "../../sources/keys/master-key.ts";
import { secretsFile } from "../../sources/keys/sealed-files.ts";
import type { Check } from "./check.ts";

/** Whether the key of logins and secrets is there and opens every secret. Makes no key where there is none. */
export async function keyChecks(dataFolder: string): Promise<Check[]> {
  const folder = join(dataFolder, "keys");
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const sealed = names.filter((name) => name === "secrets" || name.endsWith(".logins"));
  if (sealed.length === 0) return [];
  if (!names.includes("master.key") && !names.includes("master.keychain")) return [missing(folder, sealed)];
  const where = { dataFolder, clock: systemClock };
  try {
    const { place } = await openMasterKey(where);
    const file = secretsFile(where);
    const checks: Check[] = [{ name: "key", state: "ok", says: `in ${place}` }];
    for (const name of file.names()) {
      const opened = await file.read(name);
      if (!opened || "text" in opened) continue;
      const says = `secret://${name} ${opened.problem}; set it again: headwater secrets set ${name}`;
      checks.push({ name: "secret", state: "bad", says });
    }
    return checks;
  } catch (error) {
    const { message, hint } = problemOf(error);
    return [{ name: "key", state: "bad", says: `${message} ${hint ?? ""}`.trim() }];
  }
}

function missing(folder: string, sealed: string[]): Check {
  const what = sealed.map((name) => join(folder, name)).join(", ");
  return {
    name: "key",
    state: "bad",
    says: `the key that opens ${what} is missing. Put ${join(folder, "master.key")} back, or log in and set the secrets again: headwater secrets list`,
  };
}
