import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { REVIEWED_LICENCES } from "../../scripts/package/notices.mjs";
import { tellFigure } from "./figure.ts";

/** Reliability S20; `npm run package-check` installs what is packed, with npm 11 and 12. */
const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string) => readFileSync(`${root}${path}`, "utf8");

interface Manifest {
  scripts: Record<string, string>;
  dependencies?: Record<string, string>;
  optionalDependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

interface Locked {
  version?: string;
  resolved?: string;
  integrity?: string;
  dev?: boolean;
  optional?: boolean;
  devOptional?: boolean;
  license?: string;
  hasInstallScript?: boolean;
}

const EXACT = /^\d+\.\d+\.\d+$/;
const RUNS_AT_INSTALL = ["preinstall", "install", "postinstall", "prepare"];

/** Of a choice of licences one is enough. */
function allowed(licence: string): boolean {
  return licence
    .replace(/[()]/g, "")
    .split(" OR ")
    .some((each) => REVIEWED_LICENCES.has(each));
}

it("what is installed with headwater is fixed, reviewed and runs nothing while it is installed", () => {
  const manifest = JSON.parse(read("package.json")) as Manifest;
  const { packages } = JSON.parse(read("package-lock.json")) as { packages: Record<string, Locked> };
  const locked = Object.entries(packages).filter(([path]) => path !== "");
  const shipped = locked.filter(([, { dev }]) => dev !== true);
  const bundled = [...read("dist/THIRD-PARTY-NOTICES.txt").matchAll(/^(\S+) (\d\S*) \(([^)]+)\)$/gm)];
  const asked = { ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.devDependencies };
  const loose = Object.entries(asked).filter(([, version]) => !EXACT.test(version));
  const unsealed = locked.filter(([, { integrity }]) => integrity === undefined);
  const elsewhere = locked.filter(
    ([, { resolved }]) => resolved !== undefined && !resolved.startsWith("https://registry.npmjs.org/"),
  );
  const needed = shipped.filter(([, { optional, devOptional }]) => optional !== true && devOptional !== true);
  const unreviewed = [
    ...bundled.map(([, name, , licence]) => [name, licence]),
    ...shipped.map(([path, { license }]) => [path, license]),
  ].filter(([, licence = ""]) => !allowed(licence));
  const figures = {
    packagesInside: bundled.length,
    looseVersions: loose.length,
    withoutChecksum: unsealed.length,
    fromElsewhere: elsewhere.length,
    neededBesides: needed.length,
    installScripts: RUNS_AT_INSTALL.filter((name) => name in manifest.scripts).length,
    licencesNotReviewed: unreviewed.length,
  };
  const must = {
    packagesInside: { least: 20 },
    looseVersions: 0,
    withoutChecksum: 0,
    fromElsewhere: 0,
    neededBesides: 0,
    installScripts: 0,
    licencesNotReviewed: 0,
  };
  tellFigure("S20", "packages that headwater is made of", figures, must);
  expect({ loose, unsealed, elsewhere, needed, unreviewed }).toEqual({
    loose: [],
    unsealed: [],
    elsewhere: [],
    needed: [],
    unreviewed: [],
  });
  expect(figures).toMatchObject({ installScripts: 0 });
  expect(bundled.length).toBeGreaterThanOrEqual(20);
});
