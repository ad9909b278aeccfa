import { CommanderError } from "commander";
import { ConnectorError, type ErrorKind, problemOf } from "../model/index.ts";
import { plainText } from "../sources/plain-text.ts";
import { maskSecrets } from "../sources/secret.ts";
import { examplesOf } from "./commands/examples.ts";

export const EXIT = {
  ok: 0,
  error: 1,
  usage: 2,
  config: 3,
  auth: 4,
  partial: 5,
  upstream: 6,
  store: 7,
  interrupted: 130,
} as const;

const BY_KIND: Readonly<Record<ErrorKind, number>> = {
  config: EXIT.config,
  auth: EXIT.auth,
  permission: EXIT.auth,
  not_found: EXIT.error,
  rate_limited: EXIT.upstream,
  unavailable: EXIT.upstream,
  bad_response: EXIT.upstream,
  cursor_expired: EXIT.upstream,
  too_large: EXIT.error,
  unsupported: EXIT.error,
  cancelled: EXIT.interrupted,
  store: EXIT.store,
  usage: EXIT.usage,
  bug: EXIT.error,
};

/** The exit code of an error. */
export function exitCodeOf(kind: string): number {
  return Object.hasOwn(BY_KIND, kind) ? BY_KIND[kind as ErrorKind] : EXIT.error;
}

/** Tells an error on standard error, as sentences or as JSON, and answers its exit code. */
export function tellFailure(thrown: unknown, how: { json: boolean; debug: boolean; command?: string }): number {
  const error = thrown instanceof CommanderError ? usageError(thrown, how.command) : thrown;
  const problem = problemOf(error);
  const text = how.json
    ? JSON.stringify({ error: problem }, null, 2)
    : [`headwater: ${problem.message}`, ...(problem.hint ? [`  ${problem.hint}`] : [])].map(plainText).join("\n");
  process.stderr.write(`${maskSecrets(text)}\n`);
  if (how.debug) process.stderr.write(`${maskSecrets(stackOf(error))}\n`);
  else if (problem.kind === "bug" && !how.json)
    process.stderr.write("  See where it happened: repeat the command with --debug\n");
  return exitCodeOf(problem.kind);
}

/** What commander found wrong with the command line, in our form. */
function usageError(error: CommanderError, command: string | undefined): ConnectorError {
  const [first = "", ...rest] = error.message.replace(/^error: /, "").split("\n");
  const near = /\(Did you mean (?:one of )?(.+?)\?\)/.exec(rest.join(" "))?.[1];
  const sentence = `${first.charAt(0).toUpperCase()}${first.slice(1)}.`.replace(/\.\.$/, ".");
  const [example] = error.code === "commander.missingArgument" ? examplesOf(command ?? "") : [];
  return new ConnectorError("usage", near ? `${sentence} Did you mean ${near}?` : sentence, {
    hint: example
      ? `Such as: ${example}`
      : `See what there is: headwater ${command && !near ? `${command} ` : ""}--help`,
  });
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\nCaused by: ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
