// The one gate: format, lint, types, architecture, golden files, unused exports. Seconds, not minutes.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const STEPS = [
  ["format and lint", ["biome", "ci", "--error-on-warnings", "--colors=off", "."]],
  ["types", ["tsc", "-p", "."]],
  ["architecture and golden files", ["vitest", "run", "test/architecture.test.ts", "test/golden"]],
  ["unused files, exports and dependencies", ["knip"]],
];

let failed = 0;
for (const [name, [tool, ...args]] of STEPS) {
  const started = Date.now();
  const done = spawnSync(join(root, "node_modules/.bin", tool), args, {
    cwd: root,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  const ok = done.status === 0;
  console.log(`${ok ? "ok  " : "FAIL"} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  if (!ok) {
    failed += 1;
    console.log(done.error ? String(done.error) : done.stdout + done.stderr);
  }
}
process.exitCode = failed === 0 ? 0 : 1;
