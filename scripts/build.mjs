// Builds src/ into dist/: one file per entry, shared code in chunks. Packages are put in, because Node finds and reads
// some 200 files of theirs otherwise: that is 0.15 s of each start.
import { chmodSync, existsSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { bundledPackages, writeNotices } from "./package/notices.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The files that Node starts by name: the three doors and the two worker threads. */
export const ENTRIES = ["cli", "server", "desktop", "store/sqlite/writer-thread", "extract/thread"];

/** Left outside: what is native, and what a package asks for only where somebody has installed it. */
export const OUTSIDE = ["better-sqlite3", "@napi-rs/keyring", "@napi-rs/canvas", "sqlite-vec", "pg-native"];

/** Packages in the older module format ask for Node's own modules through `require`. */
export const REQUIRE =
  'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);';

/** Its other form asks for its own files by names that cannot be followed. */
export const ALIAS = { "jsonc-parser": "jsonc-parser/lib/esm/main.js" };

/** Answers the packages that were put in. */
export async function buildAll() {
  rmSync(`${root}dist`, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(
      ENTRIES.filter((entry) => existsSync(`${root}src/${entry}.ts`)).map((entry) => [entry, `src/${entry}.ts`]),
    ),
    outdir: "dist",
    chunkNames: "chunks/[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    external: OUTSIDE,
    alias: ALIAS,
    banner: { js: REQUIRE },
    legalComments: "none", // They are in the notices, whole.
    metafile: true,
    // One dash in a package's comment and V8 keeps the file at two bytes a letter. Names stay, for those who read a stack.
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 160,
    sourcemap: true,
    logLevel: "warning",
  });
  if (existsSync(`${root}dist/cli.js`)) chmodSync(`${root}dist/cli.js`, 0o755);
  const packages = bundledPackages(metafile, root);
  writeNotices(packages, `${root}dist/THIRD-PARTY-NOTICES.txt`);
  return packages;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll();
