import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { ConnectorError } from "../../model/index.ts";
import { writeWhole } from "../write-whole.ts";
import { readPrivate } from "./file-key-holder.ts";
import { damagedKey, type KeyHolder } from "./key-holder.ts";
import { keysIn, keyText } from "./key-text.ts";
import type { Keychain } from "./keychain.ts";

const FORM = /^headwater-keychain-1 ([0-9a-f-]{36})\n?$/;

/**
 * In the keychain, under a name that a small file in the folder tells. While that file is there no other key is ever
 * made: a keychain that cannot be reached just now, as from a session over ssh, must not split logins over two keys.
 */
export function keychainKeyHolder(folder: string, keychain: Keychain | undefined): KeyHolder {
  const path = join(folder, "master.keychain");
  const place = "the keychain of this machine";
  return {
    place,
    async read() {
      const text = readPrivate(path);
      if (text === undefined) return undefined;
      const [, name] = FORM.exec(text) ?? [];
      if (!name) throw damagedKey(`the keychain that ${path} names`);
      const kept = await reach(keychain, (open) => open.get(name));
      const keys = kept === undefined ? undefined : keysIn(kept);
      if (!keys) throw damagedKey(place);
      return keys;
    },
    async keep(keys) {
      const [, known] = FORM.exec(readPrivate(path) ?? "") ?? [];
      const name = known ?? randomUUID();
      await reach(keychain, async (open) => {
        await open.set(name, keyText(keys));
        if ((await open.get(name)) !== keyText(keys)) throw new Error("the keychain forgot it at once");
      });
      if (known === undefined) writeWhole(path, `headwater-keychain-1 ${name}\n`);
    },
  };
}

async function reach<T>(keychain: Keychain | undefined, use: (open: Keychain) => Promise<T>): Promise<T> {
  try {
    if (keychain) return await use(keychain);
  } catch (cause) {
    throw unreachable(cause);
  }
  throw unreachable(undefined);
}

function unreachable(cause: unknown): ConnectorError {
  return new ConnectorError(
    "config",
    "The key of logins and secrets is in this machine's keychain, which cannot be reached.",
    {
      hint: "Run headwater in a session of your desktop with the keychain unlocked, or keep the key in a file: see docs/operations.md",
      cause,
    },
  );
}
