import { closeSync, existsSync, openSync, renameSync, rmSync } from "node:fs";
import { ConnectorError } from "../../model/errors.ts";
import { transaction } from "./connect.ts";
import type { Connection } from "./driver.ts";
import { damaged } from "./failure.ts";
import { SCHEMA, SCHEMA_2, SCHEMA_VERSION } from "./schema.ts";

/** One step from the version before to `version`. It runs inside a transaction: a killed step leaves the old store. */
export interface Migration {
  version: number;
  up(connection: Connection): void;
}

/** Every step ever released, in order; never edited, only added to. */
export const MIGRATIONS: readonly Migration[] = [
  { version: 1, up: (connection) => connection.exec(SCHEMA) },
  { version: 2, up: (connection) => connection.exec(SCHEMA_2) },
];

/** The version of the tables in the file; 0 for a file without tables. */
export function schemaVersion(connection: Connection): number {
  return Number(connection.raw("PRAGMA user_version").get()?.[0] ?? 0);
}

/** Whether a version is one that some headwater could have written; anything else is noise in the file's header. */
export function isVersion(version: number): boolean {
  return version >= 0 && version < 10_000;
}

/**
 * Throws `store` when a newer headwater made this store, since an older one would damage what it does not know, and
 * when its version is none.
 */
export function refuseNewer(version: number, newest: number = SCHEMA_VERSION): void {
  if (!isVersion(version)) throw damaged(new Error(`The version of the tables is ${version}.`));
  if (version <= newest) return;
  throw new ConnectorError(
    "store",
    `This store was made by a newer headwater (its version is ${version}, this one knows up to ${newest}).`,
    { hint: "Update with `npm install --global headwater@latest`, or use another folder with `--data`." },
  );
}

/**
 * Brings a store to the newest version, one transaction a step. A store with items is copied beside itself first
 * (`<file>.before-v<version>.bak`, made once). Two processes may do this at once: the second finds nothing left to do.
 */
export function migrate(connection: Connection, file: string, steps: readonly Migration[] = MIGRATIONS): void {
  const newest = steps.at(-1)?.version ?? 0;
  const from = schemaVersion(connection);
  refuseNewer(from, newest);
  if (from > 0 && from < newest) copyBeside(connection, `${file}.before-v${newest}.bak`);
  for (const step of steps) {
    if (schemaVersion(connection) >= step.version) continue;
    transaction(connection, () => {
      if (schemaVersion(connection) >= step.version) return;
      step.up(connection);
      connection.exec(`PRAGMA user_version = ${step.version}`);
    });
  }
}

function copyBeside(connection: Connection, copy: string): void {
  if (existsSync(copy)) return;
  const unfinished = `${copy}.part`;
  rmSync(unfinished, { force: true });
  copyInto(connection, unfinished, copy);
}

/** A compact copy of the whole store, whole or absent: it gets its name when it is complete. */
export function copyInto(connection: Connection, unfinished: string, copy: string): void {
  closeSync(openSync(unfinished, "w", 0o600));
  connection.prepare("VACUUM INTO ?").run(unfinished);
  renameSync(unfinished, copy);
}
