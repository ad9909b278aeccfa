import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Bundles `store-child.ts` so that Node can start it; answers the file. */
export async function bundledChild(): Promise<string> {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const outfile = join(mkdtempSync(join(root, "dist", "store-child-")), "child.js");
  await build({
    absWorkingDir: root,
    entryPoints: ["test/store/store-child.ts"],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    logLevel: "warning",
  });
  return outfile;
}

/** Starts the child and collects what it says and how it ended. */
export function startChild(file: string, ...parameters: string[]) {
  const child: ChildProcess = fork(file, parameters, { stdio: ["ignore", "pipe", "pipe", "ipc"], execArgv: [] });
  const said: Record<string, number>[] = [];
  let errors = "";
  child.on("message", (message) => said.push(message as Record<string, number>));
  child.stderr?.on("data", (data) => {
    errors += data;
  });
  const ended = new Promise<{ code: number | null; errors: string }>((resolve) => {
    child.on("close", (code) => resolve({ code, errors }));
  });
  return { child, said, ended };
}
