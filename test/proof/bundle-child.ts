import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Bundles `test/proof/<name>.ts` so that Node can start it as a process; answers the file, in a folder of its own inside the checkout. */
export async function bundleChild(name: string): Promise<string> {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const outdir = mkdtempSync(join(root, "dist", "proof-"));
  await build({
    absWorkingDir: root,
    entryPoints: [`test/proof/${name}.ts`],
    outfile: join(outdir, `${name}.js`),
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    logLevel: "warning",
  });
  return join(outdir, `${name}.js`);
}
