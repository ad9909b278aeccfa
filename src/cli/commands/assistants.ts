import type { Command } from "commander";
import { act, type Runner } from "./act.ts";

/** Telling assistants of this machine where headwater is. */
export function assistantCommands(program: Command, run: Runner): void {
  program
    .command("install")
    .description("tell AI assistants on this machine how to start headwater")
    .option("--client <ids...>", "into these: claude-desktop, cursor, vscode …")
    .option("--all", "into all that are found here, without asking")
    .option("--print", "show what would be written, write nothing")
    .option("--links", "print links that install with one click")
    .option("--name <name>", "the server's name in the assistant (default: headwater)")
    .option("--http <url>", "connect to a headwater that serves HTTP, instead of starting one")
    .option("--token-env <variable>", "the assistant's environment variable that holds the token for --http")
    .action(act(run, async (session, _args, opts) => (await import("../install.ts")).install(session, opts)));
  program
    .command("uninstall")
    .description("take headwater out of the files of AI assistants")
    .option("--client <ids...>", "out of these only")
    .option("--all", "out of all, without asking")
    .option("--print", "show which files would change, write nothing")
    .option("--name <name>", "the server's name in the assistant (default: headwater)")
    .action(act(run, async (session, _args, opts) => (await import("../uninstall.ts")).uninstall(session, opts)));
}
