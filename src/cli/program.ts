import { Command, Option } from "commander";
import { packageVersion } from "../package-root.ts";
import { LOG_LEVELS } from "../sources/log.ts";
import type { Runner } from "./commands/act.ts";
import { assistantCommands } from "./commands/assistants.ts";
import { examplesOf } from "./commands/examples.ts";
import { keepingCommands } from "./commands/keeping.ts";
import { readCommands } from "./commands/reading.ts";
import { servingCommands } from "./commands/serving.ts";
import { loginCommands, setUpCommands } from "./commands/set-up.ts";
import { sourceCommands } from "./commands/sources.ts";
import { syncCommands } from "./commands/syncing.ts";
import { upkeepCommands } from "./commands/upkeep.ts";

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
  servingCommands(program, run);
  keepingCommands(program, run);
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

/**
 * The words of `help secrets set` as those of `secrets set --help`, and of `help snyc` as `snyc`, which is told to be
 * unknown: commander's own answers both with the help of something else. Other words stay as they are.
 */
export function helpAsOption(program: Command, words: readonly string[]): string[] {
  const at = words.indexOf("help");
  const before = commandsOf(program, words.slice(0, at));
  const group = before.at(-1) ?? program;
  if (at < 0 || before.length < at || group.commands.length === 0) return [...words]; // such as a search for "help"
  const asked = words.slice(at + 1).filter((word) => !word.startsWith("-"));
  const found = commandsOf(group, asked);
  const path = [...before, ...found].map((command) => command.name());
  const unknown = asked[found.length];
  const last = found.at(-1) ?? group;
  return unknown !== undefined && last.commands.length > 0 ? [...path, unknown] : [...path, "--help"];
}

/** The commands that words name one below another, as far as they do. */
function commandsOf(above: Command, words: readonly string[]): Command[] {
  const [word, ...rest] = words;
  const command = above.commands.find((one) => one.name() === word);
  return command ? [command, ...commandsOf(command, rest)] : [];
}

function allCommands(command: Command): Command[] {
  return command.commands.flatMap((child) => [child, ...allCommands(child)]);
}

/** Global options are understood after the command's name too. */
function finish(command: Command): void {
  for (const option of globalOptions()) command.addOption(option.hideHelp());
  command.copyInheritedSettings(command.parent as Command);
  command.helpOption("-h, --help", "print this help");
  const examples = examplesOf(wordsOf(command));
  if (examples.length > 0) command.addHelpText("after", ["\nExamples:", ...examples].join("\n  "));
}

/** `secrets set`: a command as it is typed behind our name. */
function wordsOf(command: Command): string {
  const above = command.parent === null ? "" : wordsOf(command.parent);
  return command.parent === null ? "" : `${above} ${command.name()}`.trim();
}
