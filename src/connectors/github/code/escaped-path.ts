/** A path or a branch as part of an address: every odd character escaped, slashes kept. */
export function escapedPath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}
