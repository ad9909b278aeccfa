// Writes docs/connectors.md from the connectors themselves, and the example's code into docs/adding-a-connector.md.
// test/golden/docs.test.ts fails when it was forgotten.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { connectorsPage } from "./docs/connectors-page.mjs";
import { fillCode } from "./docs/fill-code.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const bundle = `${root}dist/docs-connectors.mjs`;

mkdirSync(`${root}dist`, { recursive: true });
await build({
  absWorkingDir: root,
  stdin: {
    contents: `export { CONNECTORS } from "./src/connectors/index.ts";
      export { ConfigFile, EngineKeys } from "./src/sources/config-shape.ts";`,
    resolveDir: root,
  },
  outfile: bundle,
  bundle: true,
  format: "esm",
  platform: "node",
  packages: "external",
  logLevel: "warning",
});
try {
  const { CONNECTORS, ConfigFile, EngineKeys } = await import(pathToFileURL(bundle).href);
  const connectors = await Promise.all(Object.values(CONNECTORS).map((load) => load()));
  const { sync, limits } = ConfigFile.parse({});
  const engine = { keys: EngineKeys, defaults: { every: sync.every, limits } };
  writeFileSync(`${root}docs/connectors.md`, connectorsPage(connectors, root, engine));
  console.log(`docs/connectors.md: ${connectors.length} connectors`);
  const read = (path) => readFileSync(root + path, "utf8");
  writeFileSync(`${root}docs/adding-a-connector.md`, fillCode(read("docs/adding-a-connector.md"), read));
} finally {
  rmSync(bundle, { force: true });
}
