// Runs the proofs of reliability and security at their full numbers, one after another (some 70 minutes on two cores),
// keeps the figures in test/proof/results.json, puts them into the README and prints them. Names choose: npm run proof -- kill
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PROOFS } from "./proof/proofs.mjs";
import { proofTable, withBetween } from "./proof/table.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const RESULTS = `${root}test/proof/results.json`;
const README = `${root}README.md`;

const wanted = process.argv.slice(2);
const chosen = PROOFS.filter(({ file }) => wanted.length === 0 || wanted.some((name) => file.includes(name)));
const folder = mkdtempSync(join(tmpdir(), "headwater-proof-"));
const before = existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, "utf8")).proofs : [];
const figures = new Map(PROOFS.map(({ file }) => [file, before.filter((one) => one.file === file)]));
let failed = 0;
for (const { file, env } of chosen) {
  const lines = join(folder, "lines");
  rmSync(lines, { force: true });
  const started = Date.now();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [`${root}node_modules/vitest/vitest.mjs`, "run", file],
    {
      cwd: root,
      env: { ...process.env, ...env, HEADWATER_PROOF_LINES: lines },
      encoding: "utf8",
      maxBuffer: 1 << 28,
    },
  );
  const told = existsSync(lines) ? readFileSync(lines, "utf8").trim().split("\n") : [];
  const own = told.map((line) => ({ file, ...JSON.parse(line) }));
  const held = status === 0 && own.length > 0 && own.every((one) => one.held);
  if (!held) failed += 1;
  // A test that failed proves nothing, whatever it counted.
  figures.set(file, status === 0 ? own : own.map((one) => ({ ...one, held: false })));
  keep();
  console.log(`${held ? "held    " : "NOT HELD"} ${file} (${Math.round((Date.now() - started) / 1000)} s)`);
  for (const { what, figures: counted } of own) console.log(`         ${what}: ${JSON.stringify(counted)}`);
  if (status !== 0) console.log(stdout.slice(-4000) + stderr.slice(-2000));
}
rmSync(folder, { recursive: true, force: true });
console.log(`\n${proofTable(keep())}`);
process.exitCode = failed === 0 ? 0 : 1;

/** Written after each proof, so that a run that is stopped keeps what it has. */
function keep() {
  const results = { node: process.versions.node, proofs: [...figures.values()].flat() };
  writeFileSync(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(README, withBetween(readFileSync(README, "utf8"), proofTable(results)));
  return results;
}
