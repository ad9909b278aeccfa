import { existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { ConnectorError } from "../../model/errors.ts";
import type { Connection } from "./driver.ts";
import { copyInto } from "./migrations.ts";

/**
 * Copies a store as it stands at one moment into a new file while others go on reading and writing. The file has its
 * name only when it is whole. Throws `store` when there is already something of that name.
 */
export function backUp(connection: Connection, path: string): void {
  if (existsSync(path)) {
    throw new ConnectorError("store", `There is already a file called ${path}.`, {
      hint: "Give the backup another name.",
    });
  }
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}.part`;
  try {
    copyInto(connection, unfinished, path);
  } finally {
    rmSync(unfinished, { force: true });
  }
}
