const FROM_PACKAGE = /^\/\/ (?:\S*\/)?node_modules\/((?:@[^/\n]+\/)?[^/\n]+)\/.*$/gm;

/** The build leaves a comment before the code of each file of a package; a call is put behind it. */
export async function load(url, context, nextLoad) {
  const loaded = await nextLoad(url, context);
  if (loaded.format !== "module" || !url.includes("/dist/")) return loaded;
  const source = String(loaded.source).replace(
    FROM_PACKAGE,
    (comment, name) => `${comment}\n;globalThis.packageSpeaks(${JSON.stringify(name)});`,
  );
  return { ...loaded, source };
}
