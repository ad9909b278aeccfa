import { type Command, Option } from "commander";
import { act, collect, type Runner } from "./act.ts";

/** Asking the copy. */
export function readCommands(program: Command, run: Runner): void {
  program
    .command("search")
    .description("search the local copy")
    .argument("<query...>", 'words, "quoted phrases", -excluded')
    .option("--source <name>", "only this source; repeat for more", collect)
    .option("--kind <kind>", "only this kind: note, file, message …; repeat for more", collect)
    .option("--container <id>", "only inside this folder, channel …; repeat for more", collect)
    .option("--author <author>", "only by this author; repeat for more", collect)
    .option("--tag <tag>", "only with this tag; repeat for more", collect)
    .option("--since <time>", "only updated since: 7d or 2026-01-31")
    .option("--until <time>", "only updated before")
    .option("--limit <count>", "how many", "10")
    .option("--cursor <cursor>", "go on where an earlier answer ended")
    .action(
      act(run, async (session, [query], opts) =>
        (await import("../search.ts")).search(session, query as string[], opts),
      ),
    );
  program
    .command("fetch")
    .description("print an item as Markdown")
    .argument("<ref>", "<source>/<id>, another name of it, or its address")
    .option("--offset <count>", "start at this character", "0")
    .option("--max-chars <count>", "print at most so many characters")
    .option("--live", "ask the service, not the local copy")
    .action(
      act(run, async (session, [ref], opts) => (await import("../fetch.ts")).fetchItem(session, ref as string, opts)),
    );
  program
    .command("changes")
    .description("what was added, edited or removed")
    .option("--since <time>", "since when: 7d or 2026-01-31", "7d")
    .option("--source <name>", "only this source; repeat for more", collect)
    .option("--limit <count>", "how many", "50")
    .action(act(run, async (session, _args, opts) => (await import("../changes.ts")).changes(session, opts)));
  program
    .command("export")
    .description("write out all items with their text")
    .addOption(new Option("--format <format>", "one JSON document a line").choices(["ndjson"]).default("ndjson"))
    .option("--source <name>", "only this source; repeat for more", collect)
    .option("--output <file>", "into a file instead of standard output")
    .action(act(run, async (session, _args, opts) => (await import("../export.ts")).exportItems(session, opts)));
}
