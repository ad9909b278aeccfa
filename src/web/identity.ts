import { createHash, timingSafeEqual } from "node:crypto";
import type { Viewer } from "../model/index.ts";

/** A client's bearer token and whose eyes it gives. */
export interface Token {
  /** Whom it was given to; for the log. */
  name: string;
  token: string;
  tenant: string;
  /** Left out: sees everything of the tenant. */
  principals?: string[];
}

/** Who is asking. Clients with the same identity share nothing but what their token opens. */
export interface Identity {
  /** Distinct per token. */
  key: string;
  name: string;
  tenant: string;
  viewer: Viewer;
}

/** Who asks when no token is configured, which is allowed on loopback only. */
export const LOCAL: Identity = { key: "local", name: "local", tenant: "default", viewer: "everything" };

/** Answers the identity behind an Authorization header; undefined when there is none. Takes the same time for every wrong token. */
export type Recognise = (authorization: string | undefined) => Identity | undefined;

export function recogniser(tokens: readonly Token[]): Recognise {
  if (tokens.length === 0) return () => LOCAL;
  const known = tokens.map((token) => ({ digest: digestOf(token.token), identity: identityOf(token) }));
  return (authorization) => {
    const sent = digestOf(/^Bearer +(\S+) *$/i.exec(authorization ?? "")?.[1] ?? "");
    let found: Identity | undefined;
    for (const { digest, identity } of known) if (timingSafeEqual(digest, sent)) found ??= identity;
    return found;
  };
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function identityOf({ name, token, tenant, principals }: Token): Identity {
  const viewer = principals ? { principals } : "everything";
  return { key: digestOf(token).toString("hex"), name, tenant, viewer };
}
