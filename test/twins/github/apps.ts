import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { importSPKI, jwtVerify } from "jose";
import { Refusal } from "./exchange.ts";
import type { App, Principal, Token, Tokens } from "./tokens.ts";
import type { Account, World } from "./world.ts";

export interface Installation {
  id: number;
  app: App;
  account: Account;
  /** Full names; undefined: all. */
  repositories: string[] | undefined;
  permissions: Record<string, string>;
  suspendedAt: string | null;
  createdAt: string;
}

/** GitHub Apps: registered with a key, installed on accounts, proven by statements they sign. */
export class Apps {
  readonly installations = new Map<number, Installation>();
  readonly #apps: App[] = [];
  readonly #world: World;
  readonly #tokens: Tokens;

  constructor(world: World, tokens: Tokens) {
    this.#world = world;
    this.#tokens = tokens;
  }

  /** A new app and its private key, PEM as GitHub gives it out (PKCS #1). */
  register(slug: string, owner: string): { app: App; privateKey: string } {
    const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const pem = (key: KeyObject, type: "spki" | "pkcs1") => key.export({ type, format: "pem" }) as string;
    const app: App = {
      id: this.#world.id(),
      slug,
      clientId: `Iv23li${slug
        .replaceAll(/[^a-z]/g, "")
        .padEnd(14, "x")
        .slice(0, 14)}`,
      publicKey: pem(publicKey, "spki"),
      owner: this.#world.account(owner),
    };
    this.#apps.push(app);
    return { app, privateKey: pem(privateKey, "pkcs1") };
  }

  install(
    app: App,
    login: string,
    about: Partial<Pick<Installation, "repositories" | "permissions">> = {},
  ): Installation {
    const installation: Installation = {
      id: this.#world.id(),
      app,
      account: this.#world.account(login),
      repositories: about.repositories,
      permissions: about.permissions ?? {
        metadata: "read",
        contents: "read",
        issues: "read",
        pull_requests: "read",
        discussions: "read",
      },
      suspendedAt: null,
      createdAt: this.#world.now(),
    };
    this.installations.set(installation.id, installation);
    return installation;
  }

  of(app: App): Installation[] {
    return [...this.installations.values()].filter((one) => one.app === app);
  }

  /** A token for one hour; the narrower of what is asked and what was granted. */
  tokenFor(installation: Installation, asked: { permissions?: Record<string, string> }): Token {
    return this.#tokens.issue(`${installation.app.slug}[bot]`, {
      kind: "installation",
      owner: installation.account.login,
      permissions: asked.permissions ?? installation.permissions,
      repositories: installation.repositories,
      expiresAt: new Date(this.#world.milliseconds() + 3_600_000).toISOString().replace(/\.\d+Z/, "Z"),
    });
  }

  /** The app that signed the statement; refuses statements that are too old, too long or not by its key. */
  async prove(jwt: string): Promise<Principal | undefined> {
    const [, payload = ""] = jwt.split(".");
    const claims = claimsOf(payload);
    const app = this.#apps.find((one) => String(one.id) === String(claims?.iss) || one.clientId === claims?.iss);
    if (claims === undefined || app === undefined) return undefined;
    const now = this.#world.milliseconds() / 1000;
    if (Number(claims.exp) > now + 600) {
      throw new Refusal(401, "'Expiration time' claim ('exp') is too far in the future");
    }
    if (Number(claims.iat) > now + 1) {
      throw new Refusal(
        401,
        "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
      );
    }
    try {
      const key = await importSPKI(app.publicKey, "RS256");
      await jwtVerify(jwt, key, { algorithms: ["RS256"], currentDate: new Date(now * 1000) });
    } catch {
      throw new Refusal(401, "A JSON web token could not be decoded");
    }
    return { kind: "app", app };
  }
}

function claimsOf(payload: string): { iss?: unknown; exp?: unknown; iat?: unknown } | undefined {
  try {
    return JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as object;
  } catch {
    return undefined;
  }
}
