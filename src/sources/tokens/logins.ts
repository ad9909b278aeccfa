import type { LoginClient, Tokens } from "../../connectors/kit/index.ts";
import type { FileLock } from "../file-lock.ts";

/** The logins of one tenant, shared by all processes that use the data folder. */
export interface Logins {
  /** Tokens that are good for a while; renewed first when they are about to end or were refused. Throws `auth`. */
  tokens(request: TokenRequest): Promise<Tokens>;
  /** How it stands with the login of a source; asks no service. */
  state(source: string): Promise<LoginState>;
  keep(source: string, tokens: Tokens, client: LoginClient): Promise<void>;
  /** Answers what there was, so that it can be withdrawn. */
  forget(source: string): Promise<Tokens | undefined>;
  /** One login at a time: waits until no other process leads one. The caller releases it. */
  oneAtATime(options: { signal: AbortSignal; onWait: (other: { pid: number }) => void }): Promise<FileLock>;
}

export interface TokenRequest {
  source: string;
  /** Who renews; undefined when the options name no client. */
  client: LoginClient | undefined;
  /** The service refused the tokens that were answered before. */
  refused?: boolean;
  /** Asks the server. Throws `auth` when it refuses for good, another kind when it could not be asked. */
  renew: Renew;
}

export type Renew = (client: LoginClient, before: Tokens, signal: AbortSignal) => Promise<Tokens>;

export interface LoginState {
  /** `ended`: over, and cannot be renewed. `refused`: the server would not renew it. */
  state: "none" | "valid" | "ended" | "refused" | "unreadable";
  /** Renewed by itself. */
  renews: boolean;
  /** When these tokens end, ISO 8601. */
  expiresAt?: string;
  /** When the person logged in. */
  since?: string;
  /** When these tokens were given. */
  renewedAt?: string;
  /** When it ends unless something renews it before, where the service says so. */
  endsUnused?: string;
  /** Why it is unreadable, as the end of a sentence. */
  problem?: string;
}
