import { type ChildProcess, fork } from "node:child_process";
import { bundle } from "../setup/bundle.mjs";

/** Builds `store-child.ts` so that Node can start it; answers the file. */
export function bundledChild(): Promise<string> {
  return bundle("test/store/store-child.ts");
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
