import { dirname, join } from "node:path";
import { acquireLock, type FileLock, type LockOptions } from "../file-lock.ts";
import { type KeyFolder, openMasterKey } from "../keys/master-key.ts";
import { loginsFile } from "../keys/sealed-files.ts";
import { rememberSecret } from "../secret.ts";
import { KeptLogin } from "./kept-login.ts";

/** The logins of one tenant on disk, encrypted, apart from the stores. */
export interface LoginFile {
  /** Why it cannot be read, as the end of a sentence; undefined when there is none. */
  read(source: string): Promise<KeptLogin | { problem: string } | undefined>;
  write(source: string, login: KeptLogin): Promise<void>;
  remove(source: string): Promise<void>;
  /** Held while the tokens of a source are renewed or replaced. */
  lock(source: string): Promise<FileLock>;
  /** Held while a person logs in to anything in this data folder. */
  lockLogin(options: Pick<LockOptions, "signal" | "onWait">): Promise<FileLock>;
}

/** No renewal takes longer, waiting for the lock left out. */
export const LONGEST_RENEWAL_MS = 45_000;
const LONGEST_LOGIN_MS = 11 * 60_000;

export function loginFile(where: KeyFolder, tenant: string): LoginFile {
  const file = loginsFile(where, tenant);
  const { clock } = where;
  const lock = async (path: string, options: Omit<LockOptions, "clock">) => {
    await openMasterKey(where); // makes the folder
    return acquireLock(path, { clock, ...options });
  };
  return {
    async read(source) {
      const found = await file.read(source);
      if (!found || "problem" in found) return found;
      const kept = KeptLogin.safeParse(JSON.parse(found.text));
      if (!kept.success) return { problem: "was kept by a newer headwater" };
      rememberTokens(kept.data.tokens);
      return kept.data;
    },
    async write(source, login) {
      rememberTokens(login.tokens);
      await file.write(source, JSON.stringify(login));
    },
    async remove(source) {
      await file.remove(source);
    },
    lock: (source) => lock(`${file.path}.${source}.lock`, { longestMs: LONGEST_RENEWAL_MS }),
    lockLogin: (options) => lock(join(dirname(file.path), "login.lock"), { longestMs: LONGEST_LOGIN_MS, ...options }),
  };
}

function rememberTokens({ accessToken, refreshToken }: KeptLogin["tokens"]): void {
  rememberSecret(accessToken);
  if (refreshToken !== undefined) rememberSecret(refreshToken);
}
