import { Command, Option } from "commander";
import { packageVersion } from "../package-root.ts";
import { LOG_LEVELS } from "../sources/log.ts";
import type { Globals, Session } from "./session.ts";

/** What a command does; the answer is its exit code, 0 when there is none. */
type Action = (session: Session) => Promise<number | undefined>;

/** Runs an action with what the command line said. A server stops on signals in its own way. */
export type Runner = (globals: Globals, action: Action, ownSignals: boolean) => Promise<void>;

type Opts = Record<string, string | boolean | string[] | undefined>;

/** All commands and their options. What a command does is loaded when it is called. */
export function buildProgram(run: Runner): Command {
  const program = new Command("headwater")
    .description(
      "Keeps a private, searchable, always-current copy of your notes, files and services for any AI assistant.",
    )
    .version(packageVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .configureHelp({ showGlobalOptions: true, helpWidth: 100 })
    .configureOutput({ outputError: () => {} })
    .exitOverride()
    .addHelpText("after", EXAMPLES);
  for (const option of globalOptions()) program.addOption(option);
  setUpCommands(program, run);
  loginCommands(program, run);
  assistantCommands(program, run);
  sourceCommands(program, run);
  syncCommands(program, run);
  readCommands(program, run);
  upkeepCommands(program, run);
  for (const command of allCommands(program)) finish(command);
  return program;
}

const EXAMPLES = `
Examples:
  headwater init                        find your notes and index them
  headwater search "quarterly plan"     ask the local copy
  headwater install                     add it to your AI assistants
  headwater serve                       serve an MCP client over stdio

Exit codes: 0 ok, 1 error, 2 usage, 3 configuration, 4 sign-in, 5 partly done,
6 service or rate limit, 7 store busy or damaged, 130 interrupted.`;

const ADD_EXAMPLES = `
Every option of the connector is one here too: includeCode is --include-code.

Examples:
  headwater add files ~/Notes
  headwater add github nodejs/undici --include-code --labels bug docs
  headwater add github --organization acme --access-token 'secret://work'`;

function globalOptions(): Option[] {
  return [
    new Option("--json", "answer with one JSON document"),
    new Option("--config <file>", "use this headwater.yaml"),
    new Option("--data <folder>", "keep the stores in this folder"),
    new Option("--tenant <name>", "whose sources to use (default: default)"),
    new Option("--quiet", "say nothing but the answer and errors"),
    new Option("--log-level <level>", "how much to log to standard error").choices([...LOG_LEVELS]),
    new Option("--debug", "log everything, show where errors come from"),
  ];
}

function setUpCommands(program: Command, run: Runner): void {
  program
    .command("init")
    .description("find what to read, write the configuration, sync")
    .option("--yes", "take the vaults found without asking")
    .option("--github <owner/name>", "also follow this GitHub repository; repeat for more", collect)
    .option("--demo", "set up the sample workspace that comes with headwater")
    .option("--no-sync", "only write the configuration")
    .action(act(run, async (session, _args, opts) => (await import("./init.ts")).init(session, opts)));
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
    .addHelpText("after", ADD_EXAMPLES)
    .action(
      act(run, async (session, [connector, what], opts) =>
        (await import("./add.ts")).add(session, connector as string, what as string[], opts),
      ),
    );
}

function loginCommands(program: Command, run: Runner): void {
  program
    .command("login")
    .description("sign in to a source in the browser, or with a code on any device")
    .argument("<source>", "the source")
    .option("--device", "show a code to type on another device")
    .option("--no-browser", "open no browser on this machine")
    .option("--client-id <id>", "the id of your own application at the service; kept in the configuration")
    .action(
      act(run, async (session, [source], opts) => (await import("./login.ts")).login(session, source as string, opts)),
    );
  program
    .command("logout")
    .description("forget the login of a source")
    .argument("<source>", "the source")
    .action(act(run, async (session, [source]) => (await import("./logout.ts")).logout(session, source as string)));
}

function assistantCommands(program: Command, run: Runner): void {
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
    .action(act(run, async (session, _args, opts) => (await import("./install.ts")).install(session, opts)));
  program
    .command("uninstall")
    .description("take headwater out of the files of AI assistants")
    .option("--client <ids...>", "out of these only")
    .option("--all", "out of all, without asking")
    .option("--print", "show which files would change, write nothing")
    .option("--name <name>", "the server's name in the assistant (default: headwater)")
    .action(act(run, async (session, _args, opts) => (await import("./uninstall.ts")).uninstall(session, opts)));
}

function sourceCommands(program: Command, run: Runner): void {
  program
    .command("connectors")
    .description("list the connectors, or explain the options of one")
    .argument("[id]", "a connector")
    .action(act(run, async (session, [id]) => (await import("./connectors.ts")).connectors(session, id as string)));
  program
    .command("sources")
    .description("list the configured sources")
    .action(act(run, async (session) => (await import("./sources.ts")).sources(session)));
  program
    .command("test")
    .description("check that sources can be reached and what they may read")
    .argument("[sources...]", "by default all")
    .action(act(run, async (session, [names]) => (await import("./test.ts")).test(session, names as string[])));
  program
    .command("list")
    .description("ask a source itself what it holds")
    .argument("<source>", "the source")
    .argument("[parent]", "a place inside it, from an earlier list")
    .option("--limit <count>", "entries per page", "50")
    .option("--cursor <cursor>", "go on where an earlier page ended")
    .action(
      act(run, async (session, [source, parent], opts) =>
        (await import("./list.ts")).list(session, source as string, parent as string | undefined, opts),
      ),
    );
}

function syncCommands(program: Command, run: Runner): void {
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
      act(run, async (session, [names], opts) => (await import("./sync.ts")).sync(session, names as string[], opts)),
    );
  program
    .command("status")
    .description("what is fresh, how much there is, what went wrong")
    .action(act(run, async (session) => (await import("./status.ts")).status(session)));
  program
    .command("history")
    .description("the last syncs and what they did")
    .argument("[source]", "only this source")
    .option("--limit <count>", "how many", "20")
    .action(
      act(run, async (session, [name], opts) => (await import("./history.ts")).history(session, name as string, opts)),
    );
  program
    .command("failures")
    .description("what could not be read and why")
    .argument("[sources...]", "by default all")
    .option("--retry", "try those items again now")
    .option("--limit <count>", "how many", "100")
    .action(
      act(run, async (session, [names], opts) =>
        (await import("./failures.ts")).failures(session, names as string[], opts),
      ),
    );
}

function readCommands(program: Command, run: Runner): void {
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
        (await import("./search.ts")).search(session, query as string[], opts),
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
      act(run, async (session, [ref], opts) => (await import("./fetch.ts")).fetchItem(session, ref as string, opts)),
    );
  program
    .command("changes")
    .description("what was added, edited or removed")
    .option("--since <time>", "since when: 7d or 2026-01-31", "7d")
    .option("--source <name>", "only this source; repeat for more", collect)
    .option("--limit <count>", "how many", "50")
    .action(act(run, async (session, _args, opts) => (await import("./changes.ts")).changes(session, opts)));
  program
    .command("export")
    .description("write out all items with their text")
    .addOption(new Option("--format <format>", "one JSON document a line").choices(["ndjson"]).default("ndjson"))
    .option("--source <name>", "only this source; repeat for more", collect)
    .option("--output <file>", "into a file instead of standard output")
    .action(act(run, async (session, _args, opts) => (await import("./export.ts")).exportItems(session, opts)));
}

function upkeepCommands(program: Command, run: Runner): void {
  program
    .command("serve")
    .description("serve MCP clients: over stdio, or over HTTP with --http")
    .option("--http [host:port]", "Streamable HTTP (default: server.http.listen, else 127.0.0.1:7800)")
    .option("--legacy-sse", "also the older HTTP with server-sent events")
    .option("--schedule", "keep the sources of every tenant current, not only of those served")
    .option("--no-schedule", "keep none current: sync only when asked")
    .addOption(new Option("--tool-profile <profile>", "which tools are served").choices(["standard", "per-source"]))
    .action(act(run, async (session, _args, opts) => (await import("./serve.ts")).serve(session, opts)));
  const secrets = program
    .command("secrets")
    .description("credentials kept encrypted, written secret://name in options");
  for (const [name, description, argument] of [
    ["set", "keep a credential: typed without being shown, or piped in", "<name>"],
    ["rm", "remove one", "<name>"],
    ["list", "list their names", ""],
    ["rotate-key", "seal secrets and logins with a new key", ""],
  ] as const) {
    const command = secrets.command(name).description(description);
    if (argument !== "") command.argument(argument, "letters, digits, dots, hyphens and underscores");
    command.action(
      act(run, async (session, [named]) =>
        (await import("./secrets.ts")).secrets(session, name, typeof named === "string" ? named : undefined),
      ),
    );
  }
  const config = program.command("config").description("the configuration file");
  for (const [name, description] of [
    ["path", "print where the configuration is"],
    ["validate", "check the configuration and tell everything wrong at once"],
    ["schema", "print the JSON schema of the configuration for editors"],
    ["edit", "open the configuration in your editor"],
  ] as const) {
    config
      .command(name)
      .description(description)
      .action(act(run, async (session) => (await import("./config.ts")).config(session, name)));
  }
  program
    .command("reset")
    .description("forget everything stored from a source, so that the next sync begins anew")
    .argument("[source]", "the source")
    .option("--all", "all sources at once: puts the store's file aside, even a damaged one")
    .option("--yes", "do not ask")
    .action(
      act(run, async (session, [name], opts) =>
        (await import("./reset.ts")).reset(session, name as string | undefined, opts),
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
        (await import("./completion/completion.ts")).completion(session, program, words as string[], opts),
      ),
    );
  program
    .command("backup")
    .description("write everything stored into one file that can be restored, while others sync and serve")
    .argument("[file]", "by default headwater-backup-<time>.tar.gz in the working folder")
    .action(
      act(run, async (session, [file]) =>
        (await import("./backup/backup.ts")).backup(session, file as string | undefined),
      ),
    );
  program
    .command("restore")
    .description("put a backup in place of the stores; what is there is kept aside")
    .argument("<file>", "the backup")
    .option("--yes", "do not ask")
    .action(
      act(run, async (session, [file], opts) =>
        (await import("./backup/restore.ts")).restore(session, file as string, opts),
      ),
    );
  program
    .command("doctor")
    .description("check this machine, the configuration, the stores, the keys and the sources")
    .option("--repair", "mend what can be mended: stores, the search index, rights, what was left behind")
    .action(act(run, async (session, _args, opts) => (await import("./doctor/doctor.ts")).doctor(session, opts)));
}

/** A command's action with the options it and its parents were given. */
function act(run: Runner, action: (session: Session, args: unknown[], opts: Opts) => Promise<number | undefined>) {
  return async (...given: unknown[]): Promise<void> => {
    const command = given.at(-1) as Command;
    const opts = command.optsWithGlobals<Opts>();
    await run(opts as Globals, (session) => action(session, given.slice(0, -2), opts), command.name() === "serve");
  };
}

function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}

function allCommands(command: Command): Command[] {
  return command.commands.flatMap((child) => [child, ...allCommands(child)]);
}

/** Global options are understood after the command's name too. */
function finish(command: Command): void {
  for (const option of globalOptions()) command.addOption(option.hideHelp());
  command.copyInheritedSettings(command.parent as Command);
  command.helpOption("-h, --help", "print this help");
}
