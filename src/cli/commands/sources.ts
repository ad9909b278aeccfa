import type { Command } from "commander";
import { act, type Runner } from "./act.ts";

/** What is configured, and what the services themselves say. */
export function sourceCommands(program: Command, run: Runner): void {
  program
    .command("connectors")
    .description("list the connectors, or explain the options of one")
    .argument("[id]", "a connector")
    .action(act(run, async (session, [id]) => (await import("../connectors.ts")).connectors(session, id as string)));
  program
    .command("sources")
    .description("list the configured sources")
    .action(act(run, async (session) => (await import("../sources.ts")).sources(session)));
  program
    .command("test")
    .description("check that sources can be reached and what they may read")
    .argument("[sources...]", "by default all")
    .action(act(run, async (session, [names]) => (await import("../test.ts")).test(session, names as string[])));
  program
    .command("list")
    .description("ask a source itself what it holds")
    .argument("<source>", "the source")
    .argument("[parent]", "a place inside it, from an earlier list")
    .option("--limit <count>", "entries per page", "50")
    .option("--cursor <cursor>", "go on where an earlier page ended")
    .action(
      act(run, async (session, [source, parent], opts) =>
        (await import("../list.ts")).list(session, source as string, parent as string | undefined, opts),
      ),
    );
}
