import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, startNpx } from "./npx.ts";

/** Its `latest` is another program, so the version is fixed. */
const PACKAGE = "emulate@0.12.2";

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
  const url = `http://127.0.0.1:${port}`;
  const close = await startNpx({
    name: PACKAGE,
    // biome-ignore format: a command line
    command: ["-p", "node@24", "-p", PACKAGE, "--", "env", "-u", "npm_config_package", "emulate", "start", "--host", "127.0.0.1",
      "--port", String(port), "--base-url", url, "--service", service, "--seed", seedFile],
    folder,
    ready: "Ready.",
  });
  return close === undefined ? undefined : { url, close };
}
