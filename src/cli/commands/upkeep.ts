import { type Command, Option } from "commander";
import { act, type Runner } from "./act.ts";

/** Backups, repair, beginning anew, and what teaches a shell our words. */
export function upkeepCommands(program: Command, run: Runner): void {
  program
    .command("reset")
    .description("forget everything stored from a source, so that the next sync begins anew")
    .argument("[source]", "the source")
    .option("--all", "all sources at once: puts the store's file aside, even a damaged one")
    .option("--yes", "do not ask")
    .action(
      act(run, async (session, [name], opts) =>
        (await import("../reset.ts")).reset(session, name as string | undefined, opts),
      ),
    );
  program
    .command("completion")
    .description("print what teaches your shell to complete commands, options and names of sources")
    .argument("[words...]", "your shell: bash, zsh, fish or powershell")
    .addOption(new Option("--answer", "say what fits after these words").hideHelp())
    .addOption(new Option("--typed <text>", "the beginning of the next word").hideHelp())
    .action(
      act(run, async (session, [words], opts) =>
        (await import("../completion/completion.ts")).completion(session, program, words as string[], opts),
      ),
    );
  program
    .command("backup")
    .description("write everything stored into one file that can be restored, while others sync and serve")
    .argument("[file]", "by default headwater-backup-<time>.tar.gz in the working folder")
    .action(
      act(run, async (session, [file]) =>
        (await import("../backup/backup.ts")).backup(session, file as string | undefined),
      ),
    );
  program
    .command("restore")
    .description("put a backup in place of the stores; what is there is kept aside")
    .argument("<file>", "the backup")
    .option("--yes", "do not ask")
    .action(
      act(run, async (session, [file], opts) =>
        (await import("../backup/restore.ts")).restore(session, file as string, opts),
      ),
    );
  program
    .command("doctor")
    .description("check this machine, the configuration, the stores, the keys and the sources")
    .option("--repair", "mend what can be mended: stores, the search index, rights, what was left behind")
    .action(act(run, async (session, _args, opts) => (await import("../doctor/doctor.ts")).doctor(session, opts)));
}
