// The one gate: format, lint, types, architecture, golden files, unused exports. Seconds, not minutes: its steps run side by side.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const STEPS = [
  ["format and lint", ["biome", "ci", "--error-on-warnings", "--colors=off", "."]],
  ["types", ["tsc", "-p", "."]],
  ["architecture and golden files", ["vitest", "run", "test/architecture.test.ts", "test/golden"]],
  ["unused files, exports and dependencies", ["knip"]],
];

/** Runs a tool of the repository to its end; answers whether it was content, what it said and how long it took. */
function look([tool, ...args]) {
  const started = Date.now();
  let said = "";
  return new Promise((resolve) => {
    const child = spawn(join(root, "node_modules/.bin", tool), args, {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      shell: process.platform === "win32",
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => {
        said += chunk;
      });
    const end = (ok) => resolve({ ok, said, seconds: (Date.now() - started) / 1000 });
    child.on("error", (error) => {
      said += error;
      end(false);
    });
    child.on("close", (code) => end(code === 0));
  });
}

const looks = STEPS.map(([name, command]) => ({ name, looked: look(command) }));
for (const { name, looked } of looks) {
  const { ok, said, seconds } = await looked;
  console.log(`${ok ? "ok  " : "FAIL"} ${name} (${seconds.toFixed(1)} s)`);
  if (ok) continue;
  process.exitCode = 1;
  console.log(said);
}
