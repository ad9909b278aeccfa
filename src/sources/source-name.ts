/** Source names: part of every item's name, so without slashes, spaces and capitals. Tenants are named like this too. */
export const SOURCE_NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** Names that mean something of ours: `headwater://sources` is the list of all sources. */
export const RESERVED_NAMES: readonly string[] = ["sources"];

export function isSourceName(text: string): boolean {
  return SOURCE_NAME.test(text) && !RESERVED_NAMES.includes(text);
}

/** Any text as the name of a source; empty when nothing of it can stand in one. */
export function sourceNameOf(text: string): string {
  const name = text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{Mn}/gu, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60);
  return RESERVED_NAMES.includes(name) ? `my-${name}` : name;
}
