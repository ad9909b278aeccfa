// npm run package-check: everything that is given to others, looked at with the tools that they use. Needs npm's registry.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildAll } from "./build.mjs";
import { MCPB, stageBundle } from "./bundle.mjs";
import { cleanMachine } from "./package/clean-machine.mjs";
import { firstAnswer, linksIn, throughRegistry } from "./package/first-answer.mjs";
import { checkImage } from "./package/image.mjs";
import { run, toolsOf } from "./package/run.mjs";
import { checkServerJson } from "./package/server-json.mjs";
import { billOf, faultsOf } from "./sbom.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "headwater-package-check-"));
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** The tools, by the versions that were tried. */
const PUBLINT = "publint@0.3.25";
const TYPES = "@arethetypeswrong/cli@0.18.5";
const DOCKERFILE_LINT = "dockerfile-utils@0.16.3";
/** The oldest and the newest that headwater is for, each with the npm that people have beside it. */
const [NODE_20, NPM_11] = ["node@20", "npm@11"];
const [NODE_24, NPM_12] = ["node@24", "npm@12"];
/** Packages that stay outside of the bundle: native ones, which headwater can do without. */
const NATIVE = ["@napi-rs/keyring", "better-sqlite3", "sqlite-vec"];
/** Runs an install script where npm lets it, and is not missed where npm does not. */
const WITH_SCRIPT = "better-sqlite3";
/** What may be published is at most this large; it grows by being noticed. */
const LARGEST_BYTES = 6e6;

/** A new folder of that name. */
function made(name) {
  mkdirSync(join(folder, name));
  return join(folder, name);
}

let packed;
let older;
let newest;
let bundled;

const STEPS = {
  async build() {
    bundled = await buildAll();
    return `${bundled.length} packages inside, all licences reviewed`;
  },
  dependencies() {
    const wanted = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
    const extra = wanted.filter((name) => !NATIVE.includes(name));
    if (extra.length > 0)
      throw new Error(`${extra.join(", ")}: the build puts packages into dist, so they belong to devDependencies.`);
    const all = Object.entries({ ...manifest.optionalDependencies, ...manifest.devDependencies });
    const loose = all.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version)).map(([name]) => name);
    if (loose.length > 0) throw new Error(`${loose.join(", ")}: versions are exact here.`);
    const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
    const scripts = Object.entries(packages).filter(([, { hasInstallScript, dev }]) => hasInstallScript && !dev);
    const unknown = scripts.map(([path]) => path.replace("node_modules/", "")).filter((name) => name !== WITH_SCRIPT);
    if (unknown.length > 0) throw new Error(`${unknown.join(", ")}: install scripts do not run under npm 12.`);
    return `none but ${wanted.join(" and ")}, optional; exact versions; no install script but that of ${WITH_SCRIPT}`;
  },
  async pack() {
    const said = await run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], { cwd: root });
    const [{ filename, size, files, integrity }] = Object.values(JSON.parse(said)); // a list in npm 11, a map in npm 12
    if (size > LARGEST_BYTES) throw new Error(`The package has ${size} bytes, more than ${LARGEST_BYTES}.`);
    packed = { manifest, integrity, tarball: join(folder, filename) };
    return `${(size / 1e6).toFixed(1)} MB, ${files.length} files`;
  },
  async machines() {
    [older, newest] = await Promise.all([
      cleanMachine(made("node-20"), [NODE_20, NPM_11]),
      cleanMachine(made("node-24"), [NODE_24, NPM_12]),
    ]);
  },
  "npx on Node 20": () => firstAnswer(older, packed.tarball, "better-sqlite3"),
  "npx on Node 24": () => firstAnswer(newest, packed.tarball, "node:sqlite"), // npm 12 runs no install scripts
};

/** What needs nothing of another, and is not timed: all at once. */
const TOGETHER = {
  publint: async () => void (await run("npx", ["--yes", PUBLINT, "run", packed.tarball, "--strict"], { cwd: folder })),
  types: async () => void (await run("npx", ["--yes", TYPES, packed.tarball], { cwd: folder })),
  registry: () => throughRegistry(newest, packed, linksIn(readFileSync(join(root, "README.md"), "utf8"))),
  async bundle() {
    const staged = join(folder, "bundle");
    stageBundle(staged);
    const mcpb = (...args) => run("npx", ["--yes", MCPB, ...args], { cwd: folder });
    await mcpb("pack", staged, join(folder, "headwater.mcpb")); // which validates the manifest
    await mcpb("unpack", join(folder, "headwater.mcpb"), join(folder, "unpacked"));
    const program = join(folder, "unpacked", "dist", "desktop.js");
    const env = { ...newest.env, HEADWATER_SQLITE: "node:sqlite" };
    const tools = await toolsOf("node", [program], { env, cwd: folder });
    return `valid, packed, unpacked and started: ${tools.length} tools`;
  },
  async image() {
    await run("npx", ["--yes", DOCKERFILE_LINT, "lint", join(root, "Dockerfile")], { cwd: folder });
    return checkImage(root, made("image"), newest);
  },
  "server.json": () => checkServerJson(join(root, "server.json")),
  sbom() {
    const bill = billOf(bundled);
    const faults = faultsOf(bill, bundled);
    if (faults.length > 0) throw new Error(faults.join("\n"));
    return `${bill.components.length} components`;
  },
};

async function look([name, step]) {
  const started = Date.now();
  try {
    const says = await step();
    console.log(`ok   ${name}${says ? `: ${says}` : ""} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  } catch (error) {
    console.log(`FAIL ${name}: ${error.message}`);
    process.exitCode = 1;
  }
}

for (const step of Object.entries(STEPS)) await look(step);
await Promise.all(Object.entries(TOGETHER).map(look));
rmSync(folder, { recursive: true, force: true });
