import type { Place } from "./api.ts";

/** The parameters that name what lies in a place: none of the three flags may be missing, or shared drives stay empty. */
export function corpusOf({ id, isShared }: Pick<Place, "id" | "isShared">) {
  const everywhere = { supportsAllDrives: true, includeItemsFromAllDrives: true } as const;
  return isShared ? { ...everywhere, corpora: "drive", driveId: id } : { ...everywhere, corpora: "user" };
}

/** A value as it stands in a search of Drive's. */
export function quoted(value: string): string {
  return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
