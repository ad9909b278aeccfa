/**
 * What a column holds, whatever its database calls it. `exact` is a number kept as text because JavaScript would round it;
 * `plain` is readable text that is no prose (an address, an interval, a uuid).
 */
export type ColumnKind =
  | "text"
  | "choice"
  | "number"
  | "exact"
  | "boolean"
  | "instant"
  | "plain"
  | "json"
  | "list"
  | "bytes"
  | "unreadable";

/** A column as its catalogue describes it. */
export interface Column {
  name: string;
  kind: ColumnKind;
  /** What the database calls it, for people. */
  type: string;
  nullable: boolean;
  comment?: string;
}

/** A row: every value as the text that the database sends, or null. */
export type Row = readonly (string | null)[];

/** Kinds that are part of the text of a row when no columns are named. */
export const PROSE: readonly ColumnKind[] = ["text", "choice", "json", "list"];

export function isReadable(column: Column): boolean {
  return column.kind !== "bytes" && column.kind !== "unreadable";
}
