// npm run package-check: everything that is given to others, looked at with the tools that they use. Needs npm's registry.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildAll } from "./build.mjs";
import { mcpb, stageBundle } from "./bundle.mjs";
import { checkServerJson } from "./package/server-json.mjs";
import { billOf, faultsOf } from "./sbom.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "headwater-package-check-"));
const shell = process.platform === "win32";
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** The tools, by the versions that were tried. */
const PUBLINT = "publint@0.3.25";
const TYPES = "@arethetypeswrong/cli@0.18.5";
/** Packages that stay outside of the bundle: native ones, which headwater can do without. */
const NATIVE = ["@napi-rs/keyring", "better-sqlite3"];
/** What may be published is at most this large; it grows by being noticed. */
const LARGEST_BYTES = 6e6;

function run(command, args, options = {}) {
  const done = spawnSync(command, args, { cwd: folder, encoding: "utf8", shell, ...options });
  if (done.status !== 0)
    throw new Error(`${command} ${args.join(" ")}\n${done.stdout ?? ""}${done.stderr ?? done.error}`);
  return done.stdout;
}

let tarball;
let bundled;

const STEPS = {
  async build() {
    bundled = await buildAll();
    return `${bundled.length} packages inside, all licences reviewed`;
  },
  dependencies() {
    const wanted = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
    const extra = wanted.filter((name) => !NATIVE.includes(name));
    if (extra.length === 0) return `none but ${wanted.join(" and ")}, optional`;
    throw new Error(`${extra.join(", ")}: the build puts packages into dist, so they belong to devDependencies.`);
  },
  pack() {
    const packed = execFileSync("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], {
      cwd: root,
      shell,
    });
    const [{ filename, size, files }] = Object.values(JSON.parse(packed.toString())); // a list in npm 11, a map in npm 12
    if (size > LARGEST_BYTES) throw new Error(`The package has ${size} bytes, more than ${LARGEST_BYTES}.`);
    tarball = join(folder, filename);
    return `${(size / 1e6).toFixed(1)} MB, ${files.length} files`;
  },
  publint: () => void run("npx", ["--yes", PUBLINT, "run", tarball, "--strict"]),
  types: () => void run("npx", ["--yes", TYPES, tarball]),
  npx() {
    const home = join(folder, "home");
    mkdirSync(join(home, "Notes", ".obsidian"), { recursive: true });
    writeFileSync(join(home, "Notes", "Weir.md"), "The eel pass opens in April.\n");
    const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: join(home, "c"), XDG_DATA_HOME: join(home, "d") };
    const cache = execFileSync("npm", ["config", "get", "cache"], { encoding: "utf8", shell }).trim();
    const started = Date.now();
    const headwater = (...args) =>
      run("npx", ["--yes", "--ignore-scripts", "--cache", cache, "--package", tarball, "headwater", ...args], { env });
    headwater("init", "--yes");
    if (!headwater("search", "eels").includes("Weir")) throw new Error("The first search found nothing.");
    return `first answer after ${((Date.now() - started) / 1000).toFixed(1)} s`;
  },
  bundle() {
    const staged = join(folder, "bundle");
    stageBundle(staged);
    mcpb("validate", join(staged, "manifest.json"));
    mcpb("pack", staged, join(folder, "headwater.mcpb"));
    mcpb("unpack", join(folder, "headwater.mcpb"), join(folder, "unpacked"));
    const request = { jsonrpc: "2.0", id: 1, method: "initialize" };
    const params = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "check", version: "1" } };
    const program = join(folder, "unpacked", "dist", "desktop.js");
    const input = `${JSON.stringify({ ...request, params })}\n`;
    const said = run(process.execPath, [program], { input, env: { ...process.env, HOME: folder } });
    if (JSON.parse(said.split("\n")[0]).result?.serverInfo?.name !== "headwater")
      throw new Error(`It answered: ${said}`);
    return "valid, packed, unpacked and started";
  },
  "server.json": () => checkServerJson(join(root, "server.json")),
  sbom() {
    const bill = billOf(bundled);
    const faults = faultsOf(bill, bundled);
    if (faults.length > 0) throw new Error(faults.join("\n"));
    return `${bill.components.length} components`;
  },
};

for (const [name, step] of Object.entries(STEPS)) {
  const started = Date.now();
  try {
    const says = await step();
    console.log(`ok   ${name}${says ? `: ${says}` : ""} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  } catch (error) {
    console.log(`FAIL ${name}: ${error.message}`);
    process.exitCode = 1;
  }
}
rmSync(folder, { recursive: true, force: true });
