import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Its `latest` is another program, so the version is fixed. */
const PACKAGE = "emulate@0.12.2";
const LONGEST_START_MS = 120_000;

export interface Emulate {
  /** Where the service answers. */
  readonly url: string;
  close(): void;
}

/**
 * Starts a service of `emulate`, which we did not write, on a free port of this machine. npm brings it; where npm cannot,
 * the answer is undefined and says so aloud, and in continuous integration (HEADWATER_CI) it is a failure.
 */
export async function startEmulate(service: string, seed: object): Promise<Emulate | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "headwater-emulate-"));
  const seedFile = join(folder, "seed.yaml");
  writeFileSync(seedFile, JSON.stringify({ [service]: seed }));
  const port = await freePort();
  const child = spawn(
    "npx",
    // biome-ignore format: a command line
    ["--yes", "-p", "node@24", "-p", PACKAGE, "--", "env", "-u", "npm_config_package",
      "emulate", "start", "--port", String(port), "--service", service, "--seed", seedFile],
    { cwd: folder, detached: true, stdio: ["ignore", "pipe", "pipe"] },
  );
  const close = () => {
    try {
      process.kill(-(child.pid as number)); // npx starts it at third hand
    } catch {
      // It has ended by itself.
    }
  };
  const said: string[] = [];
  const ready = await new Promise<boolean>((resolve) => {
    const hear = (chunk: Buffer) => {
      said.push(chunk.toString());
      if (said.join("").includes("Ready.")) resolve(true);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("error", () => resolve(false));
    child.on("exit", () => resolve(false));
    setTimeout(() => resolve(false), LONGEST_START_MS).unref();
  });
  if (ready) return { url: `http://127.0.0.1:${port}`, close };
  close();
  const why = `${PACKAGE} could not be started, so the tests against it are left out: ${said.join("").slice(-500)}`;
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
