import { createHash, hkdfSync, randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Clock } from "../../connectors/kit/index.ts";
import { withLock } from "../file-lock.ts";
import { fileKeyHolder, privateFolder } from "./file-key-holder.ts";
import type { KeyHolder } from "./key-holder.ts";
import { type Keychain, systemKeychain } from "./keychain.ts";
import { keychainKeyHolder } from "./keychain-key-holder.ts";

/** The key of one data folder. It never leaves the process; what is sealed uses keys derived from it. */
export interface MasterKey {
  /** Names the key without telling it, so that "another key" and "damaged" can be told apart. */
  readonly id: string;
  /** Where it is kept, in words. */
  readonly place: string;
  /** A key of 32 bytes for one purpose, from the key of that id; undefined when that key is not kept. */
  derive(purpose: string, id?: string): Buffer | undefined;
}

export interface KeyFolder {
  dataFolder: string;
  clock: Clock;
  /** By default this machine's. */
  keychain?: Keychain | undefined;
}

const LONGEST_MS = 150_000;

/**
 * The key of a data folder, made at first use by whichever process comes first: in the keychain where there is one that
 * works, else in a file for this user alone. Where it once was it is looked for again, and nowhere else.
 */
export async function openMasterKey(where: KeyFolder): Promise<MasterKey> {
  const folder = keyFolder(where);
  const holders = await keyHolders(where);
  const there = await firstKept(holders);
  if (there) return masterKey(there.keys, there.holder.place);
  return locked(folder, where.clock, async () => {
    const before = await firstKept(holders);
    if (before) return masterKey(before.keys, before.holder.place);
    const fresh = [randomBytes(32)];
    return masterKey(fresh, (await keepSomewhere(holders, fresh)).place);
  });
}

/**
 * Puts a new key in force. `reseal` brings all that is sealed over to it; the old key goes after that, so that a stop
 * in between loses nothing and the next rotation ends it.
 */
export async function rotateMasterKey(where: KeyFolder, reseal: () => Promise<void>): Promise<MasterKey> {
  const holders = await keyHolders(where);
  await openMasterKey(where);
  return locked(keyFolder(where), where.clock, async () => {
    const kept = await firstKept(holders);
    const fresh = randomBytes(32);
    const holder = kept?.holder ?? (holders[0] as KeyHolder);
    await holder.keep([fresh, ...(kept?.keys ?? [])]);
    await reseal();
    await holder.keep([fresh]);
    return masterKey([fresh], holder.place);
  });
}

/** Keys in the order of their age, newest first. */
export function masterKey(keys: readonly Buffer[], place: string): MasterKey {
  const byId = new Map(keys.map((key) => [keyId(key), key]));
  const newest = keyId(keys[0] as Buffer);
  return {
    id: newest,
    place,
    derive(purpose, id = newest) {
      const key = byId.get(id);
      return key && Buffer.from(hkdfSync("sha256", key, "", `headwater ${purpose}`, 32));
    },
  };
}

function keyId(key: Buffer): string {
  return createHash("sha256").update("headwater key id\0").update(key).digest("hex").slice(0, 16);
}

function keyFolder({ dataFolder }: KeyFolder): string {
  return join(dataFolder, "keys");
}

/** The keychain first: a file is what is left where there is none. */
async function keyHolders(where: KeyFolder): Promise<KeyHolder[]> {
  const folder = keyFolder(where);
  privateFolder(folder);
  const keychain = "keychain" in where ? where.keychain : await systemKeychain();
  return [keychainKeyHolder(folder, keychain), fileKeyHolder(folder)];
}

async function firstKept(holders: readonly KeyHolder[]) {
  for (const holder of holders) {
    const keys = await holder.read();
    if (keys) return { holder, keys };
  }
  return undefined;
}

async function keepSomewhere(holders: readonly KeyHolder[], keys: readonly Buffer[]): Promise<KeyHolder> {
  const [keychain, file] = holders as [KeyHolder, KeyHolder];
  try {
    await keychain.keep(keys);
    return keychain;
  } catch {
    await file.keep(keys); // told by doctor and by what keeps something with it
    return file;
  }
}

function locked<T>(folder: string, clock: Clock, run: () => Promise<T>): Promise<T> {
  return withLock(join(folder, "key.lock"), { longestMs: LONGEST_MS, clock }, run) as Promise<T>;
}
