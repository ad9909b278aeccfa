import type { Command } from "commander";
import type { Globals, Session } from "../session.ts";

/** What a command does; the answer is its exit code, 0 when there is none. */
type Action = (session: Session) => Promise<number | undefined>;

/** Runs an action with what the command line said. A server stops on signals in its own way. */
export type Runner = (globals: Globals, action: Action, ownSignals: boolean) => Promise<void>;

type Opts = Record<string, string | boolean | string[] | undefined>;

/** A command's action with the options it and its parents were given. */
export function act(
  run: Runner,
  action: (session: Session, args: unknown[], opts: Opts) => Promise<number | undefined>,
) {
  return async (...given: unknown[]): Promise<void> => {
    const command = given.at(-1) as Command;
    const opts = command.optsWithGlobals<Opts>();
    await run(opts as Globals, (session) => action(session, given.slice(0, -2), opts), command.name() === "serve");
  };
}

/** Takes an option that may be repeated. */
export function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}
