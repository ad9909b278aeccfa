// Runs the official conformance suite: all required scenarios of both revisions on a fixture behind our own serving
// code, and every scenario that needs no fixture on the product. Needs npx; the suite itself needs Node 22 or newer.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { bundle } from "../setup/bundle.mjs";

const SUITE = "@modelcontextprotocol/conformance@0.2.0-alpha.12";
const here = fileURLToPath(new URL(".", import.meta.url));

const program = await bundle("test/conformance/serve.ts");

const server = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "inherit"] });
const [line] = await once(createInterface({ input: server.stdout }), "line");
const { fixture, product } = JSON.parse(line);

const RUNS = [
  { name: "fixture, 2025-11-25", url: fixture, revision: "2025-11-25", required: 30 },
  { name: "fixture, 2026-07-28", url: fixture, revision: "2026-07-28", required: 37 },
  { name: "product, 2025-11-25", url: product, revision: "2025-11-25", baseline: "product-2025-11-25.yml" },
  { name: "product, 2026-07-28", url: product, revision: "2026-07-28", baseline: "product-2026-07-28.yml" },
];

const verbose = process.argv.includes("--verbose");
let failed = 0;
for (const { name, url, revision, required, baseline } of RUNS) {
  const { code, output } = await conformance(url, revision, baseline && `${here}${baseline}`);
  const score = scoreOf(output);
  const good = code === 0 && (required === undefined || (score.passed === required && score.of === required));
  if (!good) failed += 1;
  if (!good || verbose) console.log(output);
  const rest = score.of - score.passed;
  const words = baseline
    ? `generic scenarios pass, ${rest} need the fixture`
    : `of ${score.of} required scenarios pass`;
  console.log(`${good ? "ok  " : "FAIL"} conformance ${name}: ${score.passed} ${words}`);
}
server.stdin.end();
process.exitCode = failed === 0 ? 0 : 1;

async function conformance(url, revision, baseline) {
  const args = ["-y", "-p", "node@24", "-p", SUITE, "conformance", "server", "--url", url, "--requirements", revision];
  if (baseline) args.push("--expected-failures", baseline);
  const child = spawn("npx", args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (chunk) => {
      output += chunk;
    });
  const [code] = await once(child, "close");
  return { code, output };
}

/** Counts the scenarios of the summary that are scored, and those among them that passed. */
function scoreOf(output) {
  const [, summary = ""] = output.split("=== SUMMARY ===");
  const unscored = new Set([...summary.matchAll(/^ {2}[✓✗~] (\S+) \(/gm)].map(([, name]) => name));
  const scored = [...summary.matchAll(/^([✓✗~]) (\S+): /gm)].filter(([, , name]) => !unscored.has(name));
  const passed = scored.filter(([, mark]) => mark === "✓").length;
  return { passed, of: scored.length };
}
