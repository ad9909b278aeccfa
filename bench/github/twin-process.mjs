// The twin of GitHub in a process of its own.
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { bundle } from "../../test/setup/bundle.mjs";

/** Answers `{origin, token, repository, asked(), close()}`; `asked` tells the requests since it was last called. */
export async function startTwin(about) {
  const program = await bundle("test/twins/github/twin-child.ts");
  const child = spawn(process.execPath, [program, JSON.stringify(about)], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error("The twin of GitHub ended before its time.");
    return JSON.parse(value);
  };
  const place = await next();
  return {
    ...place,
    async asked() {
      child.stdin.write("\n");
      const { statuses, refusals } = await next();
      if (refusals.length > 0) throw new Error(`The twin refused: ${refusals.join("; ")}`);
      return statuses;
    },
    async close() {
      child.stdin.end();
      await new Promise((resolve) => child.on("exit", resolve));
      rmSync(program);
    },
  };
}
