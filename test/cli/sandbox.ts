// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of the configuration are written like this.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A home folder of its own, in which the built command line runs as a person would run it. */
export class Sandbox {
  readonly home = realpathSync(mkdtempSync(join(tmpdir(), "headwater-cli-")));

  put(path: string, text: string): string {
    const full = join(this.home, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
    return full;
  }

  start(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
    return spawn(process.execPath, [CLI, ...args], {
      cwd: this.home,
      env: this.env(env),
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  env(more: Record<string, string> = {}): Record<string, string> {
    return {
      PATH: process.env.PATH ?? "",
      HEADWATER_KEYCHAIN: "off",
      HOME: this.home,
      XDG_CONFIG_HOME: join(this.home, ".config"),
      XDG_DATA_HOME: join(this.home, ".data"),
      ...more,
    };
  }

  run(args: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
    return outcomeOf(this.start(args, env));
  }

  /** A line of the shell in which `headwater` is our command. */
  shell(line: string): Promise<Outcome> {
    const script = `headwater() { '${process.execPath}' '${CLI}' "$@"; }; set -o pipefail; ${line}`;
    return outcomeOf(
      spawn("bash", ["-c", script], { cwd: this.home, env: this.env(), stdio: ["ignore", "pipe", "pipe"] }),
    );
  }

  /** The answer with `--json`; fails the test when the command did. */
  async json<T = Record<string, never>>(args: readonly string[]): Promise<T> {
    const { code, stdout, stderr } = await this.run([...args, "--json"]);
    if (code !== 0) throw new Error(`headwater ${args.join(" ")} ended with ${code}: ${stderr}`);
    return JSON.parse(stdout) as T;
  }
}

export function outcomeOf(child: ChildProcess): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    let [stdout, stderr] = ["", ""];
    child.stdout?.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr?.on("data", (chunk) => {
      stderr += chunk;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** Notes in people's own words, some with names that try to take over a terminal. */
export function writeNotes(sandbox: Sandbox): void {
  sandbox.put("Notes/.obsidian/app.json", "{}");
  sandbox.put(
    "Notes/Weir.md",
    "---\ntags: [river]\n---\n# Tanner's Weir\n\nThe second step comes out in June, if the **water** is low enough.\n",
  );
  sandbox.put("Notes/Räuber 🐟.md", "Eels pass the weir at night. See [[Weir]].\n");
  sandbox.put(
    "Notes/שלום.md",
    "Minutes of the meeting about the weir. Gauge: http://gauge:8080,marta@example.com and ftp://guest:guest@gauge.example\n",
  );
  sandbox.put(
    "Notes/Trap.md",
    '---\ntitle: "Weir \\e[2J\\e[31mowned\\a"\n---\nweir ${HOME} \u001b[2J\u001b]0;owned\u0007 end\n',
  );
}
