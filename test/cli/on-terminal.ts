import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Sandbox } from "./sandbox.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
/** Whether a terminal can be had here. */
export const HAS_TERMINALS = process.platform === "linux" && spawnSync("script", ["--version"]).status === 0;

/** A command on a terminal of its own (util-linux `script`); each key is pressed when its words have been shown. */
export function onTerminal(
  box: Sandbox,
  args: string,
  keys: [shown: string, press: string][],
  more: Record<string, string> = {},
  columns = 160,
): Promise<string> {
  const line = `stty cols ${columns} rows 50; exec '${process.execPath}' '${CLI}' ${args}`;
  const env = { ...box.env({ TERM: "xterm", ...more }), SHELL: "/bin/sh" };
  const child = spawn("script", ["-qec", line, "/dev/null"], { cwd: box.home, env, stdio: ["pipe", "pipe", "pipe"] });
  let said = "";
  return new Promise((resolve) => {
    child.stdout.on("data", (chunk) => {
      said += chunk;
      const [next] = keys;
      if (next === undefined || !said.includes(next[0])) return;
      keys.shift();
      child.stdin.write(next[1]);
    });
    child.on("close", () => resolve(said));
  });
}
