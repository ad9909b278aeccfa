import type { Column, ColumnKind } from "../kit/sql/index.ts";
import type { CatalogueColumn } from "./catalogue.ts";

const NUMBERS = ["int2", "int4", "int8", "oid", "float4", "float8"];
const TIMES = ["timestamp", "timestamptz", "date"];
/** Made for machines: search vectors, shapes, embeddings, statistics. */
const UNREADABLE =
  /^(tsvector|tsquery|geometry|geography|raster|vector|halfvec|sparsevec|bit|varbit|xid8?|cid|tid|pg_\w+|point|line|lseg|box|path|polygon|circle)$/;

/** What a column holds, by the type below its domain. */
export function kindOf({ base, category }: Pick<CatalogueColumn, "base" | "category">): ColumnKind {
  if (NUMBERS.includes(base)) return "number";
  if (base === "numeric") return "exact";
  if (base === "bool") return "boolean";
  if (TIMES.includes(base)) return "instant";
  if (base === "bytea") return "bytes";
  if (base === "json" || base === "jsonb") return "json";
  if (category === "E") return "choice";
  if (base === "array" || category === "A") return "list";
  if (category === "S" || base === "xml" || base === "hstore") return "text";
  return UNREADABLE.test(base) ? "unreadable" : "plain";
}

export function columnOf(column: CatalogueColumn): Column {
  const { name, type, nullable, comment } = column;
  return { name, type, nullable, kind: kindOf(column), ...(comment !== null && { comment }) };
}

/**
 * How a column is asked for: as text that reads the same everywhere. Lists come as JSON, texts only as far as they are kept,
 * times without a zone in the zone that the options name.
 */
export function selected(column: CatalogueColumn, name: string, most: number, zone: string | undefined): string {
  const kind = kindOf(column);
  if (kind === "list") return `to_json(${name})`;
  if (kind === "bytes") return `octet_length(${name})`;
  if (column.base === "jsonb") return cut(`jsonb_pretty(${name})`, most);
  if (kind === "text" || kind === "json") return cut(column.category === "S" ? name : `${name}::text`, most);
  if (column.base === "timestamp" && zone !== undefined) return `(${name} AT TIME ZONE ${zone})`;
  return name;
}

/** Characters are counted only where there may be too many: that costs the server thirty times the reading itself. */
function cut(text: string, most: number): string {
  return `CASE WHEN octet_length(${text}) > ${most} THEN left(${text}, ${most + 1}) ELSE ${text} END`;
}
