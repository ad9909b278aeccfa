import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";

/** Lives on while it makes and drops many small things, starts a thread, and does so again; prints how large its space for what is new became. */
const SESSION = `
  const kept = [];
  const work = async () => {
    for (let round = 0; round < 600; round++) {
      for (let at = 0; at < 5_000; at++) kept.push({ at, text: "note " + at });
      if (kept.length > 150_000) kept.length = 0;
      await new Promise(setImmediate);
    }
  };
  await work();
  await new Promise((resolve) => new Worker("0", { eval: true }).once("exit", resolve));
  await work();
  const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space");
  console.log(young.space_size / 2 ** 20);`;

async function youngMegabytes(before: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import { getHeapSpaceStatistics } from "node:v8";
        import { Worker } from "node:worker_threads";
        import { keepHeapSmall } from "./small-heap.ts";
        ${before}
        ${SESSION}`,
      resolveDir: fileURLToPath(new URL("../../src/web", import.meta.url)),
    },
    bundle: true,
    platform: "node",
    format: "esm",
    write: false,
  });
  const code = outputFiles[0]?.text ?? "";
  return Number(execFileSync(process.execPath, ["--input-type=module", "-e", code], { encoding: "utf8" }));
}

test("what is new in a long session has little memory, also after threads were started", async () => {
  expect(await youngMegabytes("keepHeapSmall();")).toBeLessThanOrEqual(16);
  expect(await youngMegabytes("")).toBeGreaterThan(16);
});
