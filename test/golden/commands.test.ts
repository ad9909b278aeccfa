import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CommanderError } from "commander";
import { describe, expect, it } from "vitest";
import { loadConnector } from "../../src/cli/connectors.ts";
import { buildProgram } from "../../src/cli/program.ts";
import { typedOptions } from "../../src/cli/typed-options.ts";
import { EngineKeys } from "../../src/sources/config-shape.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string) => readFileSync(root + path, "utf8");

interface Named {
  /** As the page has it. */
  text: string;
  words: string[];
  /** In running text a command may be named without what it needs. */
  isMention: boolean;
}

/** Every command of ours that a page names: in code spans, and on lines of shell and plain blocks. */
function commandsIn(markdown: string): Named[] {
  const blocks = [...markdown.matchAll(/^ *```(\w*)\n([\s\S]*?)^ *```$/gm)].flatMap(([, language = "", text = ""]) =>
    ["", "sh", "console"].includes(language) ? text.split("\n") : [],
  );
  const spans = [...markdown.replace(/^ *```[\s\S]*?^ *```$/gm, "").matchAll(/`([^`\n]+)`/g)].map(([, text = ""]) => text);
  return [
    ...blocks.flatMap((line) => commandsOf(line.replace(/\s#\s.*$|\s{2,}#.*$/, ""), false)),
    ...spans.flatMap((span) => commandsOf(span, true)),
  ];
}

function commandsOf(line: string, isMention: boolean): Named[] {
  return line
    .split(/\\?\||&&|;/)
    .map((part) => part.trim().replace(/^([A-Z_]+=\S+ )+/, ""))
    .filter((part) => /^(headwater|node dist\/cli\.js|npx -y headwater)( |$)/.test(part))
    .map((part) => {
      const typed = part.replace(/^(headwater|node dist\/cli\.js|npx -y headwater)/, "").replace(/ [<>] \S+$/, "");
      const words = [...typed.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
      return { text: part, words: words.filter((word) => word !== "…"), isMention };
    });
}

/** What is wrong with a command, in commander's words; undefined when it would run. */
async function faultOf({ words, isMention }: Named): Promise<string | undefined> {
  const program = buildProgram(async () => {});
  for (const command of [program, ...program.commands, ...program.commands.flatMap((one) => one.commands)])
    command.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {}, outputError: () => {} });
  try {
    await program.parseAsync(words, { from: "user" });
    return words[0] === "add" ? await optionFault(words) : undefined;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const fine = ["commander.version", "commander.helpDisplayed"].includes(error.code);
    const short = isMention && ["commander.missingArgument", "commander.help"].includes(error.code);
    return fine || short ? undefined : error.message;
  }
}

/** `add` takes the options of each connector, which commander does not know. */
async function optionFault([, id = "", ...rest]: string[]): Promise<string | undefined> {
  const connector = await loadConnector(id);
  const add = buildProgram(async () => {}).commands.find((command) => command.name() === "add");
  const { operands, unknown } = add?.parseOptions(rest) ?? { operands: [], unknown: [] };
  const known = [...Object.keys(connector.config.shape), ...Object.keys(EngineKeys.shape)];
  const odd = Object.keys(typedOptions(connector, [...operands, ...unknown], [])).filter((name) => !known.includes(name));
  return odd.length === 0 ? undefined : `no option of ${id}: ${odd.join(", ")}`;
}

const pages = ["README.md", "CONTRIBUTING.md", ...["docs", "docs/connectors"].flatMap(markdownIn)];

function markdownIn(folder: string): string[] {
  return readdirSync(root + folder)
    .filter((name) => name.endsWith(".md"))
    .map((name) => `${folder}/${name}`);
}

describe("every command that is named", () => {
  it.each(pages.filter((page) => commandsIn(read(page)).length > 0))("in %s is one that the command line takes", async (page) => {
    const faults = [];
    for (const named of commandsIn(read(page))) {
      const fault = named.text.includes("fieldnotes") ? undefined : await faultOf(named); // the guide's imaginary service
      if (fault !== undefined) faults.push(`${named.text}: ${fault}`);
    }
    expect(faults).toEqual([]);
  });

  it("in a hint of the program exists, with its options", () => {
    const program = buildProgram(async () => {});
    const faults: string[] = [];
    for (const path of readdirSync(`${root}src`, { recursive: true, encoding: "utf8" })) {
      if (!path.endsWith(".ts")) continue;
      for (const [text, name = "", second = "", rest = ""] of read(`src/${path}`).matchAll(
        /(?<=: |or |First: |then: )headwater ([a-z]+)(?: ([a-z-]+))?((?: [^\s`"'\\]+)*)/g,
      )) {
        const command = program.commands.find((one) => one.name() === name);
        const inner = command?.commands.find((one) => one.name() === second) ?? command;
        const flags = [...`${second}${rest}`.matchAll(/(?:^| )--([a-z-]+)/g)].map(([, flag]) => `--${flag}`);
        const odd = flags.filter((flag) => !inner?.options.some((option) => option.long === flag));
        if (command === undefined || (command.commands.length > 0 && inner === command && second !== ""))
          faults.push(`${path}: ${text}`);
        else if (odd.length > 0 && name !== "add") faults.push(`${path}: ${text}: ${odd.join(", ")}`);
      }
    }
    expect(faults).toEqual([]);
  });
});
