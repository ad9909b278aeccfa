// Who wrote the packages that are put into dist/, and under which licences. A licence nobody has looked at stops the build.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Licences read and found to allow what we do: give away the code, changed by bundling, with their texts beside it. */
export const REVIEWED_LICENCES = new Set([
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "ISC",
  "MIT",
  "MIT-0",
  "(MIT OR EUPL-1.1+)", // taken under MIT
]);

/** What some packages carry inside their own files, from elsewhere. */
const INSIDE = {
  unpdf:
    "It contains PDF.js, Copyright Mozilla Foundation, licensed under the Apache License 2.0 (see LICENSE of headwater\nfor its text), https://github.com/mozilla/pdf.js",
};

/** The packages of which something is in the bundle, by name. */
export function bundledPackages(metafile, root) {
  const folders = new Set();
  for (const output of Object.values(metafile.outputs))
    for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
      const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
      if (folder !== undefined && bytesInOutput > 0) folders.add(folder);
    }
  return [...folders]
    .map((folder) => ({ folder: join(root, folder), ...manifestOf(join(root, folder)) }))
    .sort((left, right) => (`${left.name}@${left.version}` < `${right.name}@${right.version}` ? -1 : 1));
}

/** Writes the notices; throws a sentence that names each package whose licence was not reviewed. */
export function writeNotices(packages, file) {
  const unreviewed = packages.filter(({ license }) => !REVIEWED_LICENCES.has(license));
  if (unreviewed.length > 0) {
    const names = unreviewed.map(({ name, version, license }) => `${name}@${version} (${license})`).join(", ");
    throw new Error(
      `These packages would be shipped under a licence that nobody has reviewed: ${names}. ` +
        "Read it; if it allows bundling, add it to REVIEWED_LICENCES in scripts/package/notices.mjs.",
    );
  }
  const parts = packages.map(({ name, version, license, folder, author }) => {
    const texts = licenceTexts(folder);
    const text = texts.length > 0 ? texts.join("\n\n") : `Licensed under ${license}. ${author}`.trim();
    if (INSIDE[name] !== undefined) texts.push(INSIDE[name]);
    return `${"=".repeat(80)}\n${name} ${version} (${license})\n${"=".repeat(80)}\n\n${text}\n`;
  });
  const head = `headwater contains code of these ${packages.length} packages, each under its own licence.\n`;
  writeFileSync(file, [head, ...parts].join("\n"));
}

function manifestOf(folder) {
  const { name, version, license, licenses, author } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const old = Array.isArray(licenses) ? licenses.map((each) => each.type ?? each).join(" AND ") : undefined;
  const by = typeof author === "string" ? author : (author?.name ?? "");
  return { name, version, license: license?.type ?? license ?? old ?? "none given", author: by };
}

function licenceTexts(folder) {
  const files = readdirSync(folder).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name));
  return files.sort().map((name) => readFileSync(join(folder, name), "utf8").replaceAll("\r\n", "\n").trim());
}
