import { ConnectorError } from "../../model/index.ts";

/** Where the keys of one data folder are kept. */
export interface KeyHolder {
  /** In words: "the file /home/…/master.key", "the keychain of this machine". */
  readonly place: string;
  /** The key in force first; undefined when there is none. Throws `config` when it must not or cannot be used. */
  read(): Promise<Buffer[] | undefined>;
  keep(keys: readonly Buffer[]): Promise<void>;
}

export function damagedKey(place: string): ConnectorError {
  return new ConnectorError("config", `The key in ${place} is damaged, so logins and secrets cannot be read.`, {
    hint: "Put it back from a backup, or remove it, then log in and set the secrets again.",
  });
}
