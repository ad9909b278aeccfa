// The programs that headwater is compared with. Each is answered as `undefined` where it is not on this machine.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOM } from "../corpus.mjs";
import { timed } from "../measure.mjs";

/**
 * @typedef {object} Indexer
 * @property {string} name
 * @property {(folder: string) => Promise<number>} first Indexes a folder from nothing; milliseconds.
 * @property {(folder: string) => Promise<number>} again Indexes it once more, nothing changed; milliseconds.
 */

/** Recoll (Debian: recollcmd), with its own defaults and this one folder. */
export async function recoll() {
  if (!isProgram("recollindex", ["-h"])) return undefined;
  const asked = spawnSync("recollq", ["-c", join(ROOM, "recoll"), "-n"], { encoding: "utf8" });
  const version = /Recoll ([\d.]+)/.exec(`${asked.stdout}${asked.stderr}`)?.[1] ?? "";
  const index = join(ROOM, "recoll");
  const run = async () => (await timed("recollindex", ["-c", index])).ms;
  return {
    name: `recoll ${version}`.trim(),
    first(folder) {
      rmSync(index, { recursive: true, force: true });
      mkdirSync(index, { recursive: true });
      writeFileSync(join(index, "recoll.conf"), `topdirs = ${folder}\nnoaspell = 1\n`);
      return run();
    },
    again: run,
  };
}

const QMD = "2.8.3";

/** qmd (npm: @tobilu/qmd), installed into the benches' own folder without its model runtime; it needs Node 22 or newer. */
export async function qmd() {
  const node = newerNode();
  const home = join(ROOM, `qmd-${QMD}`);
  const program = join(home, "node_modules/@tobilu/qmd/bin/qmd");
  if (!node || !(existsSync(program) || installQmd(home))) return undefined;
  const index = join(home, "index");
  const env = { XDG_CACHE_HOME: join(index, "cache"), XDG_CONFIG_HOME: join(index, "config"), NO_COLOR: "1" };
  const run = async (...parameters) => (await timed(node, [program, ...parameters], { env, folder: home })).ms;
  const works = await run("--version").catch(() => undefined);
  if (works === undefined) return undefined;
  return {
    name: `qmd ${QMD}`,
    first(folder) {
      rmSync(index, { recursive: true, force: true });
      for (const each of ["cache", "config"]) mkdirSync(join(index, each), { recursive: true });
      return run("collection", "add", folder, "--name", "bench", "--mask", "**/*.md");
    },
    again: () => run("update"),
  };
}

function installQmd(home) {
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "package.json"), '{"private":true}');
  const flags = ["--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", "--loglevel=error"];
  const vectors = `sqlite-vec-${process.platform === "win32" ? "windows" : process.platform}-${process.arch}@0.1.9`;
  const { status } = spawnSync("npm", ["install", ...flags, `@tobilu/qmd@${QMD}`, vectors], {
    cwd: home,
    stdio: "ignore",
  });
  return status === 0;
}

/** A Node that qmd runs on: this one if new enough, else one from npm. */
function newerNode() {
  if (Number(process.versions.node.split(".")[0]) >= 22) return process.execPath;
  const asked = spawnSync("npx", ["--yes", "-p", "node@24", "node", "-p", "process.execPath"], {
    encoding: "utf8",
    cwd: "/",
  });
  const path = asked.stdout?.trim();
  return asked.status === 0 && path !== process.execPath && existsSync(path) ? path : undefined;
}

/** `rsync -a` onto a copy that has everything already: milliseconds. */
export async function rsync() {
  if (!isProgram("rsync", ["--version"])) return undefined;
  const run = async (folder) => (await timed("rsync", ["-a", "--delete", `${folder}/`, `${join(ROOM, "rsync")}/`])).ms;
  return { name: "rsync -a", first: run, again: run };
}

function isProgram(name, parameters) {
  return spawnSync(name, parameters, { stdio: "ignore" }).error === undefined;
}
