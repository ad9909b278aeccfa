import { spawn } from "node:child_process";

/** Runs a command to its end and answers what it printed; throws all it said when it failed. Nobody is there to answer questions. */
export function run(command, args, { input, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const stdio = [input === undefined ? "ignore" : "pipe", "pipe", "pipe"];
    const child = spawn(command, args, { shell: process.platform === "win32", ...options, stdio });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(stdout);
      else reject(new Error(`${command} ${args.join(" ")}\n${stdout}${stderr}`));
    });
    child.stdin?.end(input);
  });
}

/** The same on a terminal, where programs ask what they have to ask; elsewhere as `run`. */
export async function runOnTerminal(command, args, options = {}) {
  if (process.platform !== "linux") return run(command, args, options);
  const line = [command, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  return run("script", ["-qec", line, "/dev/null"], { ...options, env: { ...options.env, SHELL: "/bin/sh" } });
}

/** The tools that a server lists over stdio, started as a client starts it. */
export async function toolsOf(command, args, options = {}) {
  const info = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "check", version: "1" } };
  const frames = [
    { id: 1, method: "initialize", params: info },
    { method: "notifications/initialized" },
    { id: 2, method: "tools/list" },
  ];
  const input = frames.map((frame) => `${JSON.stringify({ jsonrpc: "2.0", ...frame })}\n`).join("");
  const said = await run(command, args, { ...options, input });
  const answers = said.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));
  const tools = answers.find(({ id }) => id === 2)?.result?.tools;
  if (answers.find(({ id }) => id === 1)?.result?.serverInfo?.name !== "headwater" || tools === undefined)
    throw new Error(`It answered: ${said}`);
  return tools.map(({ name }) => name);
}
