/** Addresses of our resources. Each part of an id is percent-encoded, its slashes stay. */
export const CATALOGUE_URI = "headwater://sources";

// encodeURIComponent throws on half a pair.
const LONE_SURROGATE = /[\uD800-\uDFFF]/gu;

export function sourceUri(source: string): string {
  return `headwater://${encodeURIComponent(source)}`;
}

export function itemsUri(source: string): string {
  return `${sourceUri(source)}/items`;
}

/** `headwater://{source}/{+id}`. An item whose id is "items" is written `%69tems`, because that address is the list. */
export function itemUri(source: string, id: string): string {
  const path = id.replace(LONE_SURROGATE, "\uFFFD").split("/").map(encodeURIComponent).join("/");
  return `${sourceUri(source)}/${path === "items" ? "%69tems" : path}`;
}

/** What an address of ours names. */
export type Address =
  | { kind: "catalogue" }
  | { kind: "source"; source: string }
  | { kind: "items"; source: string; cursor?: string }
  | { kind: "item"; source: string; id: string; offset?: number };

/** Reads an address of ours; undefined for any other. */
export function parseUri(uri: string): Address | undefined {
  const parts = /^headwater:\/\/([^/?#]+)(?:\/([^?#]*))?(?:\?([^#]*))?$/i.exec(uri);
  const source = decoded(parts?.[1]);
  if (!parts || source === undefined) return undefined;
  const path = parts[2] ?? "";
  const query = new URLSearchParams(parts[3] ?? "");
  if (path === "") return source === "sources" ? { kind: "catalogue" } : { kind: "source", source };
  if (path === "items") return { kind: "items", source, cursor: query.get("cursor") ?? undefined };
  const id = decoded(path);
  const offset = /^\d{1,10}$/.exec(query.get("offset") ?? "");
  return id === undefined ? undefined : { kind: "item", source, id, offset: offset ? Number(offset[0]) : undefined };
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
