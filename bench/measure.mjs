// Running whole processes and telling what they took.
import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const FIGURES = fileURLToPath(new URL("figures.mjs", import.meta.url));

/**
 * Runs a program to its end: `{ms, stdout, stderr}`, wall time from start to exit. Throws when it fails, unless
 * `mayFail`, which then answers `{code}` too.
 */
export function timed(command, parameters, { env = {}, folder, mayFail = false } = {}) {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const child = spawn(command, parameters, {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
    let ms = 0;
    child.on("exit", () => (ms = performance.now() - startedAt));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0 || mayFail) resolve({ ms, code, stdout, stderr });
      else
        reject(new Error(`${command} ${parameters.join(" ")} ended with ${code}:\n${(stderr || stdout).slice(-2000)}`));
    });
  });
}

/** A Node program as `timed`, with its peak memory and processor time beside: `{ms, peakMegabytes, cpuMs, stdout}`. */
export async function timedNode(parameters, { env = {}, room } = {}) {
  const file = join(room, `figures-${process.pid}.json`);
  const run = await timed(process.execPath, ["--import", FIGURES, ...parameters], {
    env: { ...env, HEADWATER_BENCH_FIGURES: file },
  });
  const figures = JSON.parse(readFileSync(file, "utf8"));
  rmSync(file);
  return { ...run, ...figures };
}

export function median(values) {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Two significant decimals for ratios: 0.71, 19.3. */
export function ratio(value) {
  return Number(value >= 10 ? value.toFixed(1) : value.toFixed(2));
}

/** "3 812" */
export function whole(value) {
  return Math.round(value)
    .toString()
    .replaceAll(/\B(?=(\d{3})+$)/g, " ");
}

export function seconds(ms) {
  return `${(ms / 1000).toFixed(2)} s`;
}
