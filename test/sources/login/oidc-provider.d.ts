/** The part of the package that the tests use; it ships no types of its own. */
declare module "oidc-provider" {
  import type { IncomingMessage, ServerResponse } from "node:http";

  export interface Exchange {
    path: string;
    status: number;
    oidc?: { params?: Record<string, unknown> };
  }

  export interface AccessToken {
    /** Absent where an app signed in by itself. */
    readonly grantId?: string;
    destroy(): Promise<void>;
  }

  export class Provider {
    constructor(issuer: string, configuration: object);
    readonly AccessToken: { find(token: string): Promise<object | undefined> };
    readonly ClientCredentials: { find(token: string): Promise<object | undefined> };
    readonly RefreshToken: { revokeByGrantId(grant: string): Promise<void> };
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
    use(step: (exchange: Exchange, next: () => Promise<void>) => Promise<void>): void;
    on(event: "server_error", listener: (exchange: Exchange, error: Error) => void): void;
    on(event: "access_token.saved" | "client_credentials.saved", listener: (token: AccessToken) => void): void;
  }
}
