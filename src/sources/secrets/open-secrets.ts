import type { Clock, Logger } from "../../connectors/kit/index.ts";
import { ConnectorError } from "../../model/index.ts";
import { LateSecret } from "../late-secret.ts";
import { rememberSecret, Secret } from "../secret.ts";
import { isEarly, providerOf } from "./providers.ts";
import type { SecretContext } from "./secret-provider.ts";
import type { SecretSettings } from "./secret-settings.ts";

/** Credentials that are read when they are needed. */
export interface Secrets {
  /** The same value with every late credential in it read. */
  open<T>(value: T): Promise<T>;
  /** The credential that a placeholder stands for; any other text as it is. */
  openText(text: string): Promise<string>;
}

export interface SecretsOptions {
  dataFolder: string;
  settings: SecretSettings;
  clock: Clock;
  log: Logger;
  /** By default the process's own. */
  env?: Readonly<Record<string, string | undefined>>;
}

/** No credential is worth a longer wait. */
const LONGEST_MS = 30_000;

export function openSecrets(options: SecretsOptions): Secrets {
  const memory: SecretContext["memory"] = new Map();
  const context = (): SecretContext => ({
    env: process.env,
    ...options,
    memory,
    openText,
    signal: AbortSignal.timeout(LONGEST_MS),
  });

  const read = async ({ reference }: LateSecret): Promise<string> => {
    const provider = providerOf(reference);
    if (!provider || isEarly(provider)) throw new ConnectorError("bug", `Nobody keeps ${reference}.`);
    const value = await provider.read(reference.slice(provider.prefix.length), context());
    rememberSecret(value);
    return value;
  };

  const open = async (value: unknown): Promise<unknown> => {
    if (value instanceof LateSecret) return new Secret(await read(value));
    if (value instanceof Secret || typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return Promise.all(value.map(open));
    const entries = Object.entries(value).map(async ([key, entry]) => [key, await open(entry)] as const);
    return Object.fromEntries(await Promise.all(entries));
  };

  const openText = async (text: string) => {
    const late = LateSecret.behind(text);
    return late ? read(late) : text;
  };

  return { open: (value) => open(value) as Promise<typeof value>, openText };
}
