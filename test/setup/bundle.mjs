import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { ALIAS, OUTSIDE, REQUIRE } from "../../scripts/build.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));

export async function bundle(program) {
  const outfile = `${root}.test-build/${program.replaceAll("/", "-").replace(/\.ts$/, "")}-${process.pid}.mjs`;
  await build({
    absWorkingDir: root,
    entryPoints: [program],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    external: OUTSIDE,
    alias: ALIAS,
    banner: { js: REQUIRE },
    logLevel: "warning",
  });
  return outfile;
}
