import type { Clock, Logger, Tokens } from "../../connectors/kit/index.ts";
import { ConnectorError } from "../../model/index.ts";
import type { FileLock } from "../file-lock.ts";
import { belongsTo, hasEnded, isDue, type KeptLogin } from "./kept-login.ts";
import { loginEnded, loginRefused, loginUnreadable, notLoggedIn, otherClient } from "./login-errors.ts";
import { LONGEST_RENEWAL_MS, type LoginFile, loginFile } from "./login-file.ts";
import type { LoginState, Logins, TokenRequest } from "./logins.ts";

export interface LoginsOptions {
  dataFolder: string;
  tenant: string;
  clock: Clock;
  log: Logger;
}

/** Leaves time to save before others take the lock over. */
const LONGEST_QUESTION_MS = LONGEST_RENEWAL_MS - 15_000;
/** After a server that could not be asked, tokens that are still good are used so long without asking again. */
const REST_MS = 30_000;

/** Renewals go one at a time and source by source across processes; new tokens are saved before anybody uses them. */
export function openLogins({ dataFolder, tenant, clock, log }: LoginsOptions): Logins {
  const file = loginFile({ dataFolder, clock }, tenant);
  const renewals = new Renewals(file, clock, log);
  const locked = async <T>(source: string, run: () => Promise<T>): Promise<T> => {
    const lock = await file.lock(source);
    try {
      return await run();
    } finally {
      lock.release();
    }
  };
  return {
    tokens: (request) => renewals.tokens(request),
    async state(source) {
      const kept = await file.read(source);
      return kept && !("problem" in kept) ? stateOf(kept, clock.now()) : unusable(kept?.problem);
    },
    async keep(source, tokens, client) {
      const now = clock.now().toISOString();
      const server = new URL(client.tokenUrl).origin;
      const login = { tokens, clientId: client.clientId, server, since: now, renewedAt: now, refused: false };
      await locked(source, () => file.write(source, login));
    },
    forget: (source) =>
      locked(source, async () => {
        const kept = await file.read(source);
        await file.remove(source);
        return kept && !("problem" in kept) ? kept.tokens : undefined;
      }),
    oneAtATime: (options) => file.lockLogin(options),
  };
}

/** Answers tokens and renews them when it is time. */
class Renewals {
  /** What was answered last, by source: tells a refusal of the newest tokens from one of older ones. */
  readonly #answered = new Map<string, string>();
  readonly #restingUntil = new Map<string, number>();
  readonly #underWay = new Map<string, Promise<Tokens>>();
  readonly #file: LoginFile;
  readonly #clock: Clock;
  readonly #log: Logger;

  constructor(file: LoginFile, clock: Clock, log: Logger) {
    this.#file = file;
    this.#clock = clock;
    this.#log = log;
  }

  async tokens(request: TokenRequest): Promise<Tokens> {
    const { source } = request;
    const kept = await this.#read(source);
    if (!belongsTo(kept, request.client)) throw otherClient(source);
    const tokens = this.#isGood(kept, request) ? kept.tokens : await this.#renewOnce(request);
    this.#answered.set(source, tokens.accessToken);
    return tokens;
  }

  async #read(source: string): Promise<KeptLogin> {
    const found = await this.#file.read(source);
    if (!found) throw notLoggedIn(source);
    if ("problem" in found) throw loginUnreadable(source, found.problem);
    return found;
  }

  /** Whether they can be answered as they are. Throws when they can be neither answered nor renewed. */
  #isGood(kept: KeptLogin, { source, client, refused }: TokenRequest): boolean {
    if (kept.refused) throw loginRefused(source, client?.mayEnd);
    const now = this.#clock.now();
    const newestRefused = refused === true && this.#answered.get(source) === kept.tokens.accessToken;
    if (!newestRefused && !isDue(kept, now)) return true;
    if (kept.tokens.refreshToken === undefined) {
      if (newestRefused || hasEnded(kept, now)) throw loginEnded(source);
      return true;
    }
    return !newestRefused && !hasEnded(kept, now) && now.getTime() < (this.#restingUntil.get(source) ?? 0);
  }

  async #renewOnce(request: TokenRequest): Promise<Tokens> {
    const waiting = this.#underWay.get(request.source) ?? this.#renew(request);
    this.#underWay.set(request.source, waiting);
    try {
      return await waiting;
    } finally {
      this.#underWay.delete(request.source);
    }
  }

  async #renew(request: TokenRequest): Promise<Tokens> {
    const lock = await this.#file.lock(request.source);
    try {
      const kept = await this.#read(request.source);
      if (this.#isGood(kept, request)) return kept.tokens; // another process was quicker
      const tokens = await this.#ask(request, kept, lock);
      if (tokens === undefined) return kept.tokens;
      if (!lock.stillMine()) return await this.#saveLate(request.source, kept, tokens);
      await this.#file.write(request.source, this.#renewed(kept, tokens));
      return tokens;
    } finally {
      lock.release();
    }
  }

  /** New tokens; undefined when the server could not be asked and the old ones are good for a while yet. */
  async #ask({ source, client, refused, renew }: TokenRequest, kept: KeptLogin, lock: FileLock) {
    if (!belongsTo(kept, client)) throw otherClient(source); // another process may have logged in anew
    try {
      const tokens = await renew(client, kept.tokens, AbortSignal.timeout(LONGEST_QUESTION_MS));
      this.#log.info("login.renewed", { source, until: tokens.expiresAt });
      return tokens;
    } catch (error) {
      const { kind } = ConnectorError.from(error);
      if (kind === "auth") {
        if (lock.stillMine()) await this.#file.write(source, { ...kept, refused: true });
        throw loginRefused(source, client.mayEnd);
      }
      if (refused || hasEnded(kept, this.#clock.now())) throw error;
      this.#restingUntil.set(source, this.#clock.now().getTime() + REST_MS);
      this.#log.warn("login.not_renewed", { source, kind });
      return undefined;
    }
  }

  /** A process that stood still for long lost the lock meanwhile. What it was given counts unless somebody got newer ones. */
  async #saveLate(source: string, before: KeptLogin, tokens: Tokens): Promise<Tokens> {
    const lock = await this.#file.lock(source);
    try {
      const now = await this.#read(source);
      if (now.tokens.accessToken !== before.tokens.accessToken) return now.tokens;
      await this.#file.write(source, this.#renewed(before, tokens));
      return tokens;
    } finally {
      lock.release();
    }
  }

  #renewed(kept: KeptLogin, tokens: Tokens): KeptLogin {
    return { ...kept, tokens, renewedAt: this.#clock.now().toISOString(), refused: false };
  }
}

function stateOf(kept: KeptLogin, now: Date): LoginState {
  const renews = kept.tokens.refreshToken !== undefined;
  const over = !renews && hasEnded(kept, now);
  return {
    state: kept.refused ? "refused" : over ? "ended" : "valid",
    renews,
    since: kept.since,
    renewedAt: kept.renewedAt,
    ...(kept.tokens.expiresAt !== undefined && { expiresAt: kept.tokens.expiresAt }),
  };
}

function unusable(problem: string | undefined): LoginState {
  return problem === undefined ? { state: "none", renews: false } : { state: "unreadable", renews: false, problem };
}
