import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { examplesOf } from "../../src/cli/commands/examples.ts";
import { buildProgram } from "../../src/cli/program.ts";
import { expectAsStored } from "../golden/as-stored.ts";

const FOLDER = fileURLToPath(new URL("../golden/cli", import.meta.url));

function expectGolden(name: string, actual: string): void {
  expectAsStored(`${FOLDER}/${name}.txt`, actual);
}

function commandsOf(command: Command, path: string[]): { name: string; command: Command }[] {
  return command.commands.flatMap((child) => {
    const own = [...path, child.name()];
    return [{ name: own.join("-"), command: child }, ...commandsOf(child, own)];
  });
}

function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  return text;
}

describe("help", () => {
  const program = buildProgram(async () => {});
  const all = [{ name: "headwater", command: program }, ...commandsOf(program, [])];

  it.each(all)("of $name is as stored", ({ name, command }) => {
    expectGolden(name, helpOf(command));
  });

  it("every stored help belongs to a command", () => {
    expect(readdirSync(FOLDER).sort()).toEqual(all.map(({ name }) => `${name}.txt`).sort());
  });

  it("every command that does something shows examples, and they can be typed", async () => {
    for (const { name, command } of all) {
      if (command.commands.length > 0) continue;
      const examples = examplesOf(name.replace("-", " "));
      expect(examples, name).not.toHaveLength(0);
      for (const example of examples) {
        const line = example.replace(/^.* \| (?=headwater)| [|>] .*$/g, "");
        const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
        let ran = "";
        const parsed = buildProgram(async (_globals, _run) => {
          ran = example;
        });
        await parsed.parseAsync(words.slice(1), { from: "user" });
        expect(ran, name).toBe(example);
      }
    }
  });

  it("every command and option says what it does", () => {
    for (const { name, command } of all) {
      expect(command.description(), name).not.toBe("");
      for (const option of command.options) expect(option.description, `${name} ${option.flags}`).not.toBe("");
    }
  });
});
