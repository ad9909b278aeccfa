/** The operating system's store for passwords. */
export interface Keychain {
  /** Undefined when it has none. Throws when it cannot be reached. */
  get(name: string): Promise<string | undefined>;
  set(name: string, value: string): Promise<void>;
}

const SERVICE = "headwater";
/** A keychain that asks the person for leave gives them this long. */
const PATIENCE_MS = 60_000;

/**
 * The keychain of this machine: Keychain on macOS, Credential Manager on Windows, the Secret Service on Linux desktops.
 * Undefined where its package is not installed or HEADWATER_KEYCHAIN=off.
 */
export async function systemKeychain(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Keychain | undefined> {
  if (env.HEADWATER_KEYCHAIN === "off") return undefined;
  const keyring = await import("@napi-rs/keyring").catch(() => undefined);
  if (!keyring) return undefined;
  const entry = (name: string) => new keyring.AsyncEntry(SERVICE, name);
  return {
    get: async (name) => (await entry(name).getPassword(AbortSignal.timeout(PATIENCE_MS))) ?? undefined,
    set: (name, value) => entry(name).setPassword(value, AbortSignal.timeout(PATIENCE_MS)),
  };
}
