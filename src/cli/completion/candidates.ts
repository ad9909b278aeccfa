import type { Argument, Command, Option } from "commander";

/** A word that fits, and what it does. */
export interface Candidate {
  value: string;
  about?: string;
}

/** Words that only this machine knows: the sources of its configuration, its secrets … */
export type Lookup = (what: "sources" | "connectors" | "secrets" | "clients" | "tenants") => Promise<string[]>;

/** Which options and arguments take such a word; the others take what a person thinks of, or a file. */
const KNOWN: Record<string, Parameters<Lookup>[0]> = {
  source: "sources",
  sources: "sources",
  connector: "connectors",
  id: "connectors",
  client: "clients",
  tenant: "tenants",
};

/**
 * What could stand where a person is typing: `before` are the whole words after the program's name, `typed` is the
 * beginning of the next one. Empty where a file or a word of the person's own belongs.
 */
export async function candidates(
  program: Command,
  before: readonly string[],
  typed: string,
  lookup: Lookup,
): Promise<Candidate[]> {
  const { command, position, waiting } = placeOf(program, before);
  const found = waiting
    ? await valuesOf(waiting, lookup)
    : typed.startsWith("-")
      ? optionsOf(command)
      : command.commands.length > 0
        ? command.commands.map((child) => ({ value: child.name(), about: child.description() }))
        : await argumentsOf(command, position, lookup);
  return found.filter(({ value }) => value.startsWith(typed));
}

interface Place {
  command: Command;
  /** How many arguments were given already. */
  position: number;
  /** The option whose value comes next. */
  waiting?: Option;
}

function placeOf(program: Command, before: readonly string[]): Place {
  let place: Place = { command: program, position: 0 };
  for (const word of before) {
    if (place.waiting) {
      const { waiting, ...rest } = place;
      // An option that takes several values goes on until the next option.
      place = waiting.variadic && !word.startsWith("-") ? place : rest;
      if (!word.startsWith("-")) continue;
    }
    const option = word.startsWith("-") ? optionNamed(place.command, word) : undefined;
    if (option) place = option.required && !word.includes("=") ? { ...place, waiting: option } : place;
    else if (!word.startsWith("-")) {
      const child = place.command.commands.find((each) => each.name() === word);
      place = child ? { command: child, position: 0 } : { ...place, position: place.position + 1 };
    }
  }
  return place;
}

function optionNamed(command: Command, word: string): Option | undefined {
  const name = word.replace(/=.*$/s, "");
  return command.options.find((option) => option.long === name || option.short === name);
}

function optionsOf(command: Command): Candidate[] {
  let root = command;
  while (root.parent) root = root.parent;
  // Help shows the options of every command once, at the program; the others that it hides are nobody's to type.
  const everywhere = new Set(root.options.map((option) => option.long));
  return [
    ...command.options
      .filter((option) => option.long !== undefined && (!option.hidden || everywhere.has(option.long)))
      .map((option) => ({ value: option.long as string, about: option.description })),
    { value: "--help", about: "print this help" },
  ];
}

async function valuesOf(option: Option, lookup: Lookup): Promise<Candidate[]> {
  if (option.argChoices) return option.argChoices.map((value) => ({ value }));
  return known(option.attributeName(), lookup);
}

async function argumentsOf(command: Command, position: number, lookup: Lookup): Promise<Candidate[]> {
  const all: readonly Argument[] = command.registeredArguments;
  const argument = all[position] ?? (all.at(-1)?.variadic ? all.at(-1) : undefined);
  if (!argument) return [];
  if (argument.argChoices) return argument.argChoices.map((value) => ({ value }));
  if (command.parent?.name() === "secrets") return known("secrets", lookup);
  return known(argument.name(), lookup);
}

async function known(name: string, lookup: Lookup): Promise<Candidate[]> {
  const what = name === "secrets" ? "secrets" : Object.hasOwn(KNOWN, name) ? KNOWN[name] : undefined;
  return what === undefined ? [] : (await lookup(what)).map((value) => ({ value }));
}
