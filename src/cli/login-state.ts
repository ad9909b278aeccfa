import type { App } from "../app.ts";
import { sourceLogin } from "../sources/login/source-login.ts";
import type { ConfiguredSource } from "../sources/read-source.ts";
import type { LoginState } from "../sources/tokens/logins.ts";

/** How it stands with the login of a source; undefined for a source that proves itself in another way, or is broken. */
export async function loginState(app: App, source: ConfiguredSource): Promise<LoginState | undefined> {
  if (source.mistakes.length > 0 || !source.entry.settings.enabled) return undefined;
  const known = await sourceLogin(source).catch(() => undefined);
  if (!known?.client) return undefined;
  return app.logins(source.entry.settings.tenant).state(source.entry.id);
}

/** What is wrong with it and the command that helps; undefined when nothing is. */
export function loginTrouble(source: string, login: LoginState | undefined): string | undefined {
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
      return undefined;
  }
}

/** A login that works, in words: "logged in, renewed by itself" or "logged in until 2026-05-01 10:00". */
export function loginWords({ renews, expiresAt }: LoginState): string {
  if (renews) return "logged in, renewed by itself";
  return expiresAt === undefined ? "logged in" : `logged in until ${expiresAt.slice(0, 16).replace("T", " ")} UTC`;
}
