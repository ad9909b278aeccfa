import { spawn } from "node:child_process";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";

const LONGEST_START_MS = 120_000;

export interface NpxProgram {
  /** Name and version, for sentences. */
  name: string;
  /** What stands behind `npx --yes`. */
  command: readonly string[];
  folder: string;
  /** It answers once it has said this. */
  ready: string;
}

/**
 * Starts a program that npm brings and that we did not write. Where npm cannot bring it, the answer is undefined and that is
 * said aloud; in continuous integration (HEADWATER_CI) it is a failure. Answers how to end it.
 */
export async function startNpx({ name, command, folder, ready }: NpxProgram): Promise<(() => void) | undefined> {
  const { CI: _, ...env } = process.env; // where CI is set, some say nothing once they are ready
  const child = spawn("npx", ["--yes", ...command], {
    cwd: folder,
    env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const close = () => {
    try {
      process.kill(-(child.pid as number)); // npx starts it at third hand
    } catch {
      // It has ended by itself.
    }
  };
  const said: string[] = [];
  const started = await new Promise<boolean>((resolve) => {
    const hear = (chunk: Buffer) => {
      said.push(chunk.toString());
      if (said.join("").includes(ready)) resolve(true);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("error", () => resolve(false));
    child.on("exit", () => resolve(false));
    setTimeout(() => resolve(false), LONGEST_START_MS).unref();
  });
  if (started) return close;
  close();
  const why = `${name} could not be started, so the tests against it are left out: ${said.join("").slice(-500)}`;
  if (process.env.HEADWATER_CI) throw new Error(why);
  console.warn(why);
  return undefined;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
