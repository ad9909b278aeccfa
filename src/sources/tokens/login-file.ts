import { join } from "node:path";
import type { Clock } from "../../connectors/kit/index.ts";
import { acquireLock, type FileLock, type LockOptions } from "../file-lock.ts";
import { openMasterKey } from "../keys/master-key.ts";
import { openSealedFile, type SealedFile } from "../keys/sealed-file.ts";
import { rememberSecret } from "../secret.ts";
import { KeptLogin } from "./kept-login.ts";

/** The logins of one tenant on disk: `<data>/keys/<tenant>.logins`, encrypted, apart from the stores. */
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

/** Nothing is opened before it is needed. */
export function loginFile(dataFolder: string, tenant: string, clock: Clock): LoginFile {
  const folder = join(dataFolder, "keys");
  const path = join(folder, `${tenant}.logins`);
  let opening: Promise<SealedFile> | undefined;

  const open = async () =>
    openSealedFile({ path, purpose: `logins of ${tenant}`, key: await openMasterKey(dataFolder, clock), clock });
  const file = (): Promise<SealedFile> => {
    const now = opening ?? open();
    opening = now;
    now.catch(() => {
      if (opening === now) opening = undefined; // mended rights are seen the next time
    });
    return now;
  };

  return {
    async read(source) {
      const found = (await file()).read(source);
      if (!found || "problem" in found) return found;
      const kept = KeptLogin.safeParse(JSON.parse(found.text));
      if (!kept.success) return { problem: "was kept by a newer headwater" };
      rememberTokens(kept.data.tokens);
      return kept.data;
    },
    async write(source, login) {
      rememberTokens(login.tokens);
      await (await file()).write(source, JSON.stringify(login));
    },
    async remove(source) {
      await (await file()).remove(source);
    },
    async lock(source) {
      await file(); // makes the folder
      return acquireLock(`${path}.${source}.lock`, { longestMs: LONGEST_RENEWAL_MS, clock });
    },
    async lockLogin(options) {
      await file();
      return acquireLock(join(folder, "login.lock"), { longestMs: LONGEST_LOGIN_MS, clock, ...options });
    },
  };
}

function rememberTokens({ accessToken, refreshToken }: KeptLogin["tokens"]): void {
  rememberSecret(accessToken);
  if (refreshToken !== undefined) rememberSecret(refreshToken);
}
