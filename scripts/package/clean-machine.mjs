// A machine on which headwater never was: an empty home folder, some Node, and npm with a warm cache.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./run.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** What an npx that runs this check would hand down to the ones that are checked. */
const HANDED_DOWN = ["npm_config_package", "npm_config_yes", "npm_config_prefix", "npm_config_local_prefix"];

/** Answers where things are and the environment of its user. `packages` are npm's own names for a Node and an npm. */
export async function cleanMachine(folder, packages) {
  const home = join(folder, "home");
  const cache = join(folder, "npm");
  mkdirSync(join(home, "Notes", ".obsidian"), { recursive: true });
  writeFileSync(join(home, "Notes", "Weir.md"), "The eel pass opens in April.\n");
  mkdirSync(cache);
  // Packages fetched before are there; what npx unpacks goes with the folder.
  symlinkSync(join(await setting("cache"), "_cacache"), join(cache, "_cacache"), "junction");
  const env = {
    ...process.env,
    PATH: await pathWith(packages, folder),
    HOME: home,
    USERPROFILE: home,
    XDG_CONFIG_HOME: join(home, ".config"),
    XDG_DATA_HOME: join(home, ".data"),
    HEADWATER_KEYCHAIN: "off",
    npm_config_cache: cache,
    npm_config_userconfig: await setting("userconfig"),
  };
  for (const name of HANDED_DOWN) delete env[name];
  await warmPrebuilt(cache, env);
  return { home, env, cwd: home };
}

/** A PATH on which `node`, `npm` and `npx` are those. */
async function pathWith(packages, cwd) {
  const named = packages.flatMap((each) => ["--package", each]);
  const env = { ...process.env };
  for (const name of HANDED_DOWN) delete env[name];
  return (await run("npx", ["--yes", ...named, "--", "node", "-p", "process.env.PATH"], { cwd, env })).trim();
}

const setting = async (name) => (await run("npm", ["config", "get", name])).trim();

/**
 * better-sqlite3's install script fetches a binary from its release page and keeps it in npm's cache. Where this checkout has
 * the same binary, it is put there, so that the check needs npm's registry alone.
 */
async function warmPrebuilt(cache, env) {
  const folder = join(root, "node_modules", "better-sqlite3");
  const binary = join("build", "Release", "better_sqlite3.node");
  if (!existsSync(join(folder, binary))) return;
  const says = `process.dlopen({ exports: {} }, ${JSON.stringify(join(folder, binary))}); process.versions.modules`;
  const abi = await run("node", ["-p", says], { env, cwd: cache }).catch(() => undefined);
  if (abi === undefined) return; // It is for another Node.
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const name = `better-sqlite3-v${version}-node-v${abi.trim()}-${process.platform}-${process.arch}.tar.gz`;
  const address = `https://github.com/WiseLibs/better-sqlite3/releases/download/v${version}/${name}`;
  const digest = createHash("sha512").update(address).digest("hex").slice(0, 6);
  mkdirSync(join(cache, "_prebuilds"));
  const kept = join(cache, "_prebuilds", `${digest}-${name.replace(/[^a-zA-Z0-9.]+/g, "-")}`);
  await run("tar", ["-czf", kept, "-C", folder, binary]);
}
