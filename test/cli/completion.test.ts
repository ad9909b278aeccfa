import { spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { type Candidate, candidates, type Lookup } from "../../src/cli/completion/candidates.ts";
import { SCRIPTS } from "../../src/cli/completion/scripts.ts";
import { buildProgram } from "../../src/cli/program.ts";
import { Sandbox } from "./sandbox.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const program = buildProgram(async () => {});
const NAMES: Record<Parameters<Lookup>[0], string[]> = {
  sources: ["notes", "northbank"],
  connectors: ["files", "github"],
  secrets: ["gauge"],
  clients: ["cursor", "vscode"],
  tenants: ["club", "default"],
};
const lookup: Lookup = async (what) => NAMES[what];

/** What is offered where a line ends. */
async function offered(line: string): Promise<string[]> {
  const words = line.split(" ");
  const found: Candidate[] = await candidates(program, words.slice(0, -1), words.at(-1) ?? "", lookup);
  return found.map(({ value }) => value);
}

describe("what completes a command line", () => {
  it.each([
    ["sy", ["sync"]],
    ["sync ", ["notes", "northbank"]],
    ["sync notes no", ["notes", "northbank"]],
    ["sync --ful", ["--full"]],
    ["sync --full not", ["notes"]],
    ["search weir --source n", ["notes", "northbank"]],
    ["search weir --limit ", []],
    ["search --source notes we", []],
    ["--log-level d", ["debug"]],
    ["sync --log-level w", ["warn"]],
    ["config va", ["validate"]],
    ["secrets rm ", ["gauge"]],
    ["add g", ["github"]],
    ["connectors ", ["files", "github"]],
    ["install --client cursor v", ["vscode"]],
    ["status --tenant c", ["club"]],
    ["restore ", []],
    ["serve --tool-profile ", ["standard", "per-source"]],
    ["nonsense --fu", []],
  ])("%s", async (line, expected) => {
    expect(await offered(line)).toEqual(expected);
  });

  it("is every command and option that the help names, and no hidden one", async () => {
    expect(await offered("")).toEqual(program.commands.map((command) => command.name()));
    for (const command of program.commands) {
      if (command.commands.length > 0) continue;
      const options = await offered(`${command.name()} --`);
      for (const option of command.options) {
        if (option.hidden && !program.options.some((one) => one.long === option.long))
          expect(options, command.name()).not.toContain(option.long);
        else expect(options, command.name()).toContain(option.long);
      }
    }
  });
});

describe("headwater completion", () => {
  const box = new Sandbox();
  beforeAll(() => {
    box.put("headwater.yaml", "sources:\n  notes: { connector: files, paths: [.] }\n  odd: { connector: mistake }\n");
    chmodSync(box.put("bin/headwater", `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`), 0o755);
  });

  it.skipIf(process.platform === "win32")("teaches bash, which then completes names of sources and options", () => {
    const ask = (words: string[]) =>
      `COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}; _headwater; echo "\${COMPREPLY[*]}"`;
    const script = `source <(headwater completion bash)\n${ask(["headwater", "sync", "n"])}\n${ask(["headwater", "sync", "--acc"])}\n${ask(["headwater", "back"])}`;
    const path = `${join(box.home, "bin")}:${process.env.PATH}`;
    const { stdout, stderr } = spawnSync("bash", ["--norc", "-c", script], {
      cwd: box.home,
      env: { ...box.env(), PATH: path },
      encoding: "utf8",
    });
    expect([stderr, stdout]).toEqual(["", "notes\n--accept-deletions\nbackup\n"]);
  });

  it("gives each word with what it does, also where the configuration has a mistake", async () => {
    const { stdout } = await box.run(["completion", "--answer", "--typed=", "--", "test"]);
    expect(stdout).toBe("notes\nodd\n");
    const commands = await box.run(["completion", "--answer", "--typed=doc", "--"]);
    expect(commands.stdout).toMatch(/^doctor\tcheck this machine/);
  });

  it("says nothing at all where there is nothing to say, whatever is wrong", async () => {
    const empty = new Sandbox();
    empty.put("headwater.yaml", "sources: [broken");
    expect(await empty.run(["completion", "--answer", "--typed=", "--", "sync"])).toEqual({
      code: 0,
      stdout: "",
      stderr: "",
    });
  });

  it.each(Object.keys(SCRIPTS))("prints a script for %s that asks the program", async (shell) => {
    const { stdout, code } = await box.run(["completion", shell]);
    expect([code, stdout]).toEqual([0, SCRIPTS[shell as keyof typeof SCRIPTS]]);
    expect(stdout).toContain("headwater completion --answer");
  });

  it("names the shells when it does not know one", async () => {
    const { stderr, code } = await box.run(["completion", "tcsh"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("bash|zsh|fish|powershell")]);
  });
});
