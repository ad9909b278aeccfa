import { ConnectorError } from "../../../model/index.ts";
import type { Clock } from "../define.ts";
import type { AuthContext, AuthMethod, Credential, HttpService } from "./service.ts";

/** A credential is asked anew this long before it ends, or at half of a shorter life. */
const EARLY_MS = 60_000;

/** What a source proves itself with, asked for once and kept while it holds. */
export class Credentials {
  readonly #source: string;
  readonly #service: HttpService;
  readonly #context: (refused: boolean) => AuthContext<unknown>;
  readonly #clock: Clock;
  /** Realms whose last credential the service refused: whatever it was made of may have to be newer. */
  readonly #refused = new Set<string>();
  readonly #kept = new Map<string, { asked: Promise<Credential>; since: number }>();

  constructor(source: string, service: HttpService, context: (refused: boolean) => AuthContext<unknown>, clock: Clock) {
    this.#source = source;
    this.#service = service;
    this.#context = context;
    this.#clock = clock;
  }

  /** The way in that the options ask for, how one gets there, and whether `headwater login` does. */
  way(): { method: AuthMethod; howTo: string; login: boolean } {
    const { config } = this.#context(false);
    const method = this.#service.auth.find((one) => one.applies(config));
    if (method) return { method, howTo: method.howToFor?.(config) ?? method.howTo, login: method.login !== undefined };
    throw new ConnectorError("config", `The options of ${this.#source} name no way to sign in.`, {
      hint: this.#service.auth[0]?.howTo ?? "See the options: headwater connectors",
    });
  }

  /** Everybody who asks while one is on its way gets that one. */
  async get(realm: string | undefined, signal: AbortSignal): Promise<Credential> {
    const key = realm ?? "";
    const kept = this.#kept.get(key);
    if (kept) {
      const credential = await stoppable(kept.asked, signal);
      if (!this.#ends(credential, kept.since)) return credential;
      if (this.#kept.get(key) === kept) this.#kept.delete(key);
      return this.get(realm, signal);
    }
    const context = this.#context(this.#refused.delete(key));
    const asked = Promise.resolve().then(() => this.way().method.credential(context, realm));
    const entry = { asked, since: this.#clock.now().getTime() };
    this.#kept.set(key, entry);
    // What failed is not kept: the next request asks again.
    asked.catch(() => this.#kept.get(key) === entry && this.#kept.delete(key));
    return stoppable(asked, signal);
  }

  /** The service refused this one. */
  async forget(realm: string | undefined, refused: Credential): Promise<void> {
    const key = realm ?? "";
    const kept = this.#kept.get(key);
    const same = (await kept?.asked.catch(() => undefined)) === refused;
    if (!kept || !same || this.#kept.get(key) !== kept) return;
    this.#kept.delete(key);
    this.#refused.add(key);
  }

  #ends({ until }: Credential, since: number): boolean {
    if (until === undefined) return false;
    const early = Math.min(EARLY_MS, Math.max(0, until - since) / 2);
    return this.#clock.now().getTime() >= until - early;
  }
}

/** Stops waiting, not what is waited for: others may wait for it too. */
async function stoppable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) throw new ConnectorError("cancelled", "Stopped.");
  let stop = () => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(new ConnectorError("cancelled", "Stopped."));
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([promise, stopped]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
