import type { Command } from "commander";
import { act, collect, type Runner } from "./act.ts";

const ADD_REMARK = "\nEvery option of the connector is one here too: includeCode is --include-code.";

/** From nothing to a first source. */
export function setUpCommands(program: Command, run: Runner): void {
  program
    .command("init")
    .description("find what to read, write the configuration, sync")
    .option("--yes", "take the vaults found without asking")
    .option("--github <owner/name>", "also follow this GitHub repository; repeat for more", collect)
    .option("--demo", "set up the sample workspace that comes with headwater")
    .option("--no-sync", "only write the configuration")
    .action(act(run, async (session, _args, opts) => (await import("../init.ts")).init(session, opts)));
  program
    .command("add")
    .description("add a source: choose its options, test it, write it down")
    .argument("<connector>", "what kind of source; headwater connectors lists them")
    .argument("[what...]", "what to read: folders, repositories …")
    .allowUnknownOption() // each connector has its own
    .option("--name <name>", "name of the source; part of every item's name")
    .option("--set <key=value>", "set an option; repeat for more", collect)
    .option("--no-input", "never ask")
    .option("--no-test", "write it down without testing it")
    .addHelpText("after", ADD_REMARK)
    .action(
      act(run, async (session, [connector, what], opts) =>
        (await import("../add.ts")).add(session, connector as string, what as string[], opts),
      ),
    );
  program
    .command("remove")
    .description("take a source out of the configuration, with everything stored from it")
    .argument("<source>", "the source")
    .option("--yes", "do not ask")
    .action(
      act(run, async (session, [source], opts) =>
        (await import("../remove.ts")).remove(session, source as string, opts),
      ),
    );
}

/** Signing in to sources and out again. */
export function loginCommands(program: Command, run: Runner): void {
  program
    .command("login")
    .description("sign in to a source in the browser, or with a code on any device")
    .argument("<source>", "the source")
    .option("--device", "show a code to type on another device")
    .option("--no-browser", "open no browser on this machine")
    .option("--client-id <id>", "the id of your own application at the service; kept in the configuration")
    .action(
      act(run, async (session, [source], opts) => (await import("../login.ts")).login(session, source as string, opts)),
    );
  program
    .command("logout")
    .description("forget the login of a source")
    .argument("<source>", "the source")
    .action(act(run, async (session, [source]) => (await import("../logout.ts")).logout(session, source as string)));
}
