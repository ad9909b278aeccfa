// npm run bundle: bundle/headwater-<version>.mcpb, which desktop assistants install by a double click.
// The official tool (@anthropic-ai/mcpb) checks the manifest and packs.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildAll } from "./build.mjs";
import { manifest } from "./package/manifest.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
export const MCPB = "@anthropic-ai/mcpb@2.1.2";

/** Puts what goes into the bundle into a folder. `dist` must be built. */
export function stageBundle(folder) {
  const { name, version, description, license } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(join(root, "dist"), join(folder, "dist"), { recursive: true, filter: (path) => !path.endsWith(".map") });
  for (const file of ["LICENSE", "README.md"]) cpSync(join(root, file), join(folder, file));
  // The program finds its own folder and version by this file.
  writeJson(join(folder, "package.json"), { name, version, description, license, type: "module" });
  writeJson(join(folder, "manifest.json"), manifest({ version, description, license }));
}

/** Runs the official tool. */
function mcpb(...args) {
  const done = spawnSync("npx", ["--yes", MCPB, ...args], {
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (done.status !== 0) throw new Error(`mcpb ${args.join(" ")} failed:\n${done.stdout}${done.stderr}`);
  return done.stdout;
}

function writeJson(file, value) {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildAll();
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const folder = join(root, "bundle", "headwater");
  const file = join(root, "bundle", `headwater-${version}.mcpb`);
  stageBundle(folder);
  mcpb("validate", join(folder, "manifest.json"));
  mcpb("pack", folder, file);
  console.log(`${file} (${(statSync(file).size / 1e6).toFixed(1)} MB)`);
}
