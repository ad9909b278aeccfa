import type { Command } from "commander";
import { freeStdout } from "../web/stdout-guard.ts";
import { EXIT, tellFailure } from "./failure.ts";
import { buildProgram, helpAsOption } from "./program.ts";
import { type Globals, logOf, type Session } from "./session.ts";
import { openTerminal } from "./terminal.ts";

/** Runs one command line and ends the process with its exit code. */
export async function main(args: readonly string[]): Promise<never> {
  freeStdout();
  const stop = new AbortController();
  endQuietlyOnBrokenPipe();
  let code: number = EXIT.ok;
  let program: Command | undefined;
  try {
    program = buildProgram(async (globals, run, ownSignals) => {
      if (!ownSignals) stopOnSignals(stop, globals);
      code = (await run(sessionOf(globals, stop.signal))) ?? EXIT.ok;
    });
    await program.parseAsync(helpAsOption(program, args), { from: "user" });
  } catch (error) {
    code = outcomeOf(error, args, commandIn(args, program), stop.signal);
  }
  await written(process.stdout);
  await written(process.stderr);
  process.exit(code);
}

function sessionOf(globals: Globals, signal: AbortSignal): Session {
  return { globals, signal, terminal: openTerminal(globals.quiet === true), log: logOf(globals) };
}

/** The command that a command line names: `secrets set`. */
function commandIn(args: readonly string[], program: Command | undefined): string | undefined {
  const first = program?.commands.find((command) => args.includes(command.name()));
  const second = first?.commands.find((command) => args.includes(command.name()));
  return first && [first.name(), ...(second ? [second.name()] : [])].join(" ");
}

function outcomeOf(error: unknown, args: readonly string[], command: string | undefined, signal: AbortSignal): number {
  // Help and version end commander by a throw as well.
  if (error instanceof Error && "exitCode" in error && error.exitCode === 0) return EXIT.ok;
  // A command that needs another word showed its help, and there is nothing to add to it.
  if (error instanceof Error && "code" in error && error.code === "commander.help") return EXIT.usage;
  const told = tellFailure(error, { json: args.includes("--json"), debug: args.includes("--debug"), command });
  return signal.aborted ? EXIT.interrupted : told;
}

/** The first signal stops at the next page, so that nothing is lost; the second one at once. */
function stopOnSignals(stop: AbortController, globals: Globals): void {
  const onSignal = (name: NodeJS.Signals) => {
    if (stop.signal.aborted) process.exit(EXIT.interrupted);
    stop.abort(new DOMException(name, "AbortError"));
    if (!globals.quiet && !globals.json)
      process.stderr.write("\nStopping after this page. Press Ctrl+C again to stop at once.\n");
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
}

/** `headwater … | head` closes our output when it has seen enough: that is no error. */
function endQuietlyOnBrokenPipe(): void {
  const onError = (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED") process.exit(EXIT.ok);
    throw error;
  };
  process.stdout.on("error", onError);
  process.stderr.on("error", onError);
}

function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write("", () => resolve()));
}
