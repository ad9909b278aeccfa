/** A target and its parameters, whose values may be quoted. */
const LINK = /<([^>]*)>((?:\s*;\s*[^\s=;,]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^",;\s]*))?)*)/g;
const PARAMETER = /;\s*([^\s=;,]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^",;\s]*))/g;

/**
 * The address of `rel="next"` in a Link header, RFC 8288, relative to where the answer came from. Commas and semicolons
 * inside of addresses and quotes belong to them.
 */
export function nextLink(headers: Headers, from: URL): string | undefined {
  for (const [, target = "", parameters = ""] of (headers.get("link") ?? "").matchAll(LINK)) {
    if (relationsOf(parameters).includes("next") && URL.canParse(target, from.href)) return new URL(target, from).href;
  }
  return undefined;
}

function relationsOf(parameters: string): string[] {
  const rel = [...parameters.matchAll(PARAMETER)].find(([, name]) => name?.toLowerCase() === "rel");
  return (rel?.[2] ?? rel?.[3] ?? "").toLowerCase().split(/\s+/);
}
