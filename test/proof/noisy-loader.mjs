import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const OF_PACKAGE = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//;

/** The build's map tells which packages a file is made of; a call for each is put before them. */
export async function load(url, context, nextLoad) {
  const loaded = await nextLoad(url, context);
  if (loaded.format !== "module" || !url.includes("/dist/")) return loaded;
  const { sources } = JSON.parse(readFileSync(`${fileURLToPath(url)}.map`, "utf8"));
  const packages = new Set(sources.map((source) => OF_PACKAGE.exec(source)?.[1]).filter((name) => name !== undefined));
  const calls = [...packages].map((name) => `globalThis.packageSpeaks(${JSON.stringify(name)});`);
  return { ...loaded, source: calls.join("") + String(loaded.source) };
}
