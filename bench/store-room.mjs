// The store room of src/ as one module, for benches that look below what the product shows.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const MODULES = [
  "open",
  "sqlite/driver",
  "sqlite/connect",
  "sqlite/meanings",
  "sqlite/search",
  "sqlite/search-scope",
  "query/question",
  "query/term",
];
/** What reads the texts of a store for search by meaning. */
const EMBEDDING = ["sources/clock", "sources/embeddings/open-embedder", "sync/embed"];

/** Bundles and loads it; the writer thread that it starts is the one of `npm run build`. */
export async function loadStore() {
  const outfile = join(ROOT, "dist", "bench", "store.mjs");
  mkdirSync(join(ROOT, "dist", "bench"), { recursive: true });
  await build({
    stdin: {
      contents: [...MODULES.map((name) => `store/${name}`), ...EMBEDDING]
        .map((name) => `export * from "./src/${name}.ts";`)
        .join("\n"),
      resolveDir: ROOT,
      loader: "ts",
    },
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    logLevel: "warning",
  });
  return import(pathToFileURL(outfile).href);
}
