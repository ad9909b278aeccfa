import { createHash, hkdfSync, randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Clock } from "../../connectors/kit/index.ts";
import { withLock } from "../file-lock.ts";
import { fileKeyHolder } from "./file-key-holder.ts";

/** The key of one data folder. It never leaves the process; what is sealed uses keys derived from it. */
export interface MasterKey {
  /** Names the key without telling it, so that "another key" and "damaged" can be told apart. */
  readonly id: string;
  /** Where it is kept, in words. */
  readonly place: string;
  /** A key of 32 bytes for one purpose. */
  derive(purpose: string): Buffer;
}

/** Where a key of 32 bytes can be kept. */
export interface KeyHolder {
  readonly place: string;
  /** Throws `config` when it is kept in a way that others could read it. */
  read(): Promise<Buffer | undefined>;
  keep(key: Buffer): Promise<void>;
}

const LONGEST_MS = 10_000;

/** The key of a data folder, made at first use by whichever process comes first. */
export async function openMasterKey(dataFolder: string, clock: Clock): Promise<MasterKey> {
  const folder = join(dataFolder, "keys");
  const holder = fileKeyHolder(folder);
  const there = await holder.read();
  if (there) return masterKey(there, holder.place);
  return withLock(join(folder, "key.lock"), { longestMs: LONGEST_MS, clock }, async () => {
    const before = await holder.read();
    if (before) return masterKey(before, holder.place);
    const fresh = randomBytes(32);
    await holder.keep(fresh);
    return masterKey(fresh, holder.place);
  });
}

export function masterKey(key: Buffer, place: string): MasterKey {
  return {
    id: createHash("sha256").update("headwater key id\0").update(key).digest("hex").slice(0, 16),
    place,
    derive: (purpose) => Buffer.from(hkdfSync("sha256", key, "", `headwater ${purpose}`, 32)),
  };
}
