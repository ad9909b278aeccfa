/**
 * The address of `rel="next"` in a Link header, RFC 8288, relative to where the answer came from. Commas and semicolons
 * inside of addresses and quotes belong to them.
 */
export function nextLink(headers: Headers, from: URL): string | undefined {
  const written = headers.get("link") ?? "";
  for (const [, target = "", parameters = ""] of written.matchAll(
    /<([^>]*)>((?:\s*;\s*[^\s=;,]+(?:=(?:"[^"]*"|[^",;]*))?)*)/g,
  )) {
    const rel = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))/i.exec(parameters);
    const relations = (rel?.[1] ?? rel?.[2] ?? "").toLowerCase().split(/\s+/);
    if (relations.includes("next") && URL.canParse(target, from.href)) return new URL(target, from).href;
  }
  return undefined;
}
