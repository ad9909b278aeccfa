import type { Command } from "commander";
import { act, type Runner } from "./act.ts";

/** Keeping the copy current, and looking back at how that went. */
export function syncCommands(program: Command, run: Runner): void {
  program
    .command("sync")
    .description("bring the local copy up to date")
    .argument("[sources...]", "by default all that are enabled")
    .option("--all", "all enabled sources")
    .option("--full", "walk everything again")
    .option("--dry-run", "say what would change, write nothing")
    .option("--since <time>", "leave out what is older: 30d or 2026-01-31")
    .option("--limit <count>", "stop after so many items were added or updated")
    .option("--accept-deletions", "carry out deletions that were held back")
    .option("--now", "also while a service asked to wait")
    .option("--watch", "then stay: sync at their times and as changes come, until Ctrl+C")
    .action(
      act(run, async (session, [names], opts) => (await import("../sync.ts")).sync(session, names as string[], opts)),
    );
  program
    .command("status")
    .description("what is fresh, how much there is, what went wrong")
    .action(act(run, async (session) => (await import("../status.ts")).status(session)));
  program
    .command("history")
    .description("the last syncs and what they did")
    .argument("[source]", "only this source")
    .option("--limit <count>", "how many", "20")
    .action(
      act(run, async (session, [name], opts) => (await import("../history.ts")).history(session, name as string, opts)),
    );
  program
    .command("failures")
    .description("what could not be read and why")
    .argument("[sources...]", "by default all")
    .option("--retry", "try those items again now")
    .option("--limit <count>", "how many", "100")
    .action(
      act(run, async (session, [names], opts) =>
        (await import("../failures.ts")).failures(session, names as string[], opts),
      ),
    );
}
