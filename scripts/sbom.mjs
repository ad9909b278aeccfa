// npm run sbom: bundle/headwater-<version>.cdx.json, what is shipped, as CycloneDX: npm's own list, less what only builds and tests.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildAll } from "./build.mjs";
import { REVIEWED_LICENCES } from "./package/notices.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const DEVELOPMENT = "cdx:npm:package:development";

/** sqlite-vec writes "MIT OR Apache", which is no licence expression; its repository holds the texts of both (0.1.9, checked 2026-11-21). */
const TAKEN_UNDER = [{ license: { id: "MIT" } }];
const MISWRITTEN = /^sqlite-vec(-(darwin|linux|windows)-(arm64|x64))?$/;

/** The bill of what is in the bundle or installed beside it. */
export function billOf(bundled) {
  const bill = JSON.parse(
    execFileSync("npm", ["sbom", "--sbom-format=cyclonedx", "--package-lock-only"], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      shell: process.platform === "win32",
      maxBuffer: 64e6,
    }),
  );
  const inside = new Set(bundled.map(({ name, version }) => `${name}@${version}`));
  const isDevelopment = ({ properties = [] }) =>
    properties.some(({ name, value }) => name === DEVELOPMENT && value === "true");
  const components = bill.components
    .filter((one) => inside.has(one["bom-ref"]) || !isDevelopment(one))
    .map((one) => (inside.has(one["bom-ref"]) ? { ...one, scope: "required", properties: [] } : one))
    .map((one) => (!one.licenses && MISWRITTEN.test(one.name) ? { ...one, licenses: TAKEN_UNDER } : one));
  const refs = new Set([...components.map((one) => one["bom-ref"]), bill.metadata.component["bom-ref"]]);
  const dependencies = bill.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((each) => refs.has(each)) }));
  bill.metadata.component.name = "headwater";
  bill.metadata.component.type = "application";
  return { ...bill, components, dependencies };
}

/** Sentences about what is missing in a bill, or unreviewed. */
export function faultsOf(bill, bundled) {
  const refs = new Set(bill.components.map((one) => one["bom-ref"]));
  const missing = bundled.filter(({ name, version }) => !refs.has(`${name}@${version}`));
  const bare = bill.components.filter(({ purl, hashes = [] }) => !purl || hashes.length === 0);
  const unreviewed = bill.components.filter((one) => !licenceIsReviewed(one));
  return [
    ...missing.map(({ name, version }) => `${name}@${version} is in the bundle and not in the bill`),
    ...bare.map((one) => `${one["bom-ref"]} has no address or no hash`),
    ...unreviewed.map(
      (one) => `${one["bom-ref"]}: nobody has reviewed ${JSON.stringify(one.licenses ?? "no licence")}`,
    ),
  ];
}

/** One licence of those offered is enough; of those that apply together, each is needed. */
function licenceIsReviewed({ licenses = [] }) {
  const named = licenses.map(({ license, expression }) => expression ?? license?.id ?? license?.name ?? "");
  const isReviewed = (text) =>
    text
      .replace(/[()]/g, "")
      .split(" OR ")
      .some((choice) => choice.split(" AND ").every((each) => REVIEWED_LICENCES.has(each.trim())));
  return named.length > 0 && named.every(isReviewed);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const bundled = await buildAll();
  const bill = billOf(bundled);
  const faults = faultsOf(bill, bundled);
  if (faults.length > 0) throw new Error(faults.join("\n"));
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  mkdirSync(join(root, "bundle"), { recursive: true });
  const file = join(root, "bundle", `headwater-${version}.cdx.json`);
  writeFileSync(file, `${JSON.stringify(bill, null, 2)}\n`);
  console.log(`${file}: ${bill.components.length} components`);
}
