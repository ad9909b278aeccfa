import type { App } from "../app.ts";
import type { LoginClient } from "../connectors/kit/index.ts";
import { sourceLogin } from "../sources/login/source-login.ts";
import type { ConfiguredSource } from "../sources/read-source.ts";
import type { LoginState } from "../sources/tokens/logins.ts";

const DAY_MS = 24 * 3_600_000;
const SOON_MS = 5 * DAY_MS;

/** How it stands with the login of a source; undefined for a source that proves itself in another way, or is broken. */
export async function loginState(app: App, source: ConfiguredSource): Promise<LoginState | undefined> {
  if (source.mistakes.length > 0 || !source.entry.settings.enabled) return undefined;
  const known = await sourceLogin(source).catch(() => undefined);
  if (!known?.client) return undefined;
  return withEnd(await app.logins(source.entry.settings.tenant).state(source.entry.id), known.client);
}

/** When a login ends that nothing renews, where its service says after how many days. */
export function withEnd(login: LoginState, { unusedDays }: Pick<LoginClient, "unusedDays">): LoginState {
  if (unusedDays === undefined || !login.renews || login.renewedAt === undefined) return login;
  return { ...login, endsUnused: new Date(Date.parse(login.renewedAt) + unusedDays * DAY_MS).toISOString() };
}

/** What is wrong with it and the command that helps; undefined when nothing is. */
export function loginTrouble(source: string, login: LoginState | undefined, now = new Date()): string | undefined {
  const command = `headwater login ${source}`;
  switch (login?.state) {
    case "none":
      return `not logged in: ${command}`;
    case "ended":
    case "refused":
      return `the login has ended: ${command}`;
    case "unreadable":
      return `the login ${login.problem ?? "cannot be read"}: ${command}`;
    default:
      return login?.endsUnused !== undefined && Date.parse(login.endsUnused) <= now.getTime()
        ? `the login has ended, because nothing used it for long: ${command}`
        : undefined;
  }
}

/** What to do before a login ends by itself in the next days; undefined for all others. */
export function loginWarning(source: string, login: LoginState | undefined, now = new Date()): string | undefined {
  const end = login?.state === "valid" ? login.endsUnused : undefined;
  if (end === undefined || Date.parse(end) - now.getTime() > SOON_MS) return undefined;
  return `the login ends on ${end.slice(0, 10)} unless it is used before: headwater sync ${source}`;
}

/** A login that works, in words: "logged in, renewed by itself" or "logged in until 2026-05-01 10:00". */
export function loginWords({ renews, expiresAt }: LoginState): string {
  if (renews) return "logged in, renewed by itself";
  return expiresAt === undefined ? "logged in" : `logged in until ${expiresAt.slice(0, 16).replace("T", " ")} UTC`;
}
