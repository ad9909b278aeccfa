import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type KeyFolder, openMasterKey, rotateMasterKey } from "./master-key.ts";
import { openSealedFile, type SealedFile } from "./sealed-file.ts";

/** What is kept sealed in a data folder's `keys`: the logins of each tenant, and the secrets of all. */
export function loginsFile(where: KeyFolder, tenant: string): SealedFile & { path: string } {
  return sealed(where, `${tenant}.logins`, `logins of ${tenant}`);
}

export function secretsFile(where: KeyFolder): SealedFile & { path: string } {
  return sealed(where, "secrets", "secrets");
}

/** Puts a new key in force and seals everything with it. Answers how many records there are, and where the key is. */
export async function rotateKey(where: KeyFolder): Promise<{ records: number; place: string }> {
  let records = 0;
  const { place } = await rotateMasterKey(where, async () => {
    for (const file of allFiles(where)) {
      await file.reseal();
      records += file.names().length;
    }
  });
  return { records, place };
}

function allFiles(where: KeyFolder): SealedFile[] {
  const tenants = readdirSync(join(where.dataFolder, "keys"))
    .map((name) => /^([a-z0-9_-]+)\.logins$/.exec(name)?.[1])
    .filter((tenant) => tenant !== undefined);
  return [secretsFile(where), ...tenants.map((tenant) => loginsFile(where, tenant))];
}

function sealed(where: KeyFolder, name: string, purpose: string): SealedFile & { path: string } {
  const path = join(where.dataFolder, "keys", name);
  return { path, ...openSealedFile({ path, purpose, key: () => openMasterKey(where), clock: where.clock }) };
}
