import { z } from "zod";
import { ConnectorError } from "../kit/index.ts";
import { type PostgresContext, readRows } from "./read.ts";

const CatalogueColumn = z.object({
  name: z.string(),
  /** As people write it: `character varying(80)`. */
  type: z.string(),
  /** The type below it, where it is a domain; without a length. */
  base: z.string(),
  /** https://www.postgresql.org/docs/current/catalog-pg-type.html#CATALOG-TYPCATEGORY-TABLE */
  category: z.string(),
  nullable: z.boolean(),
  readable: z.boolean(),
  comment: z.string().nullable(),
});
export type CatalogueColumn = z.output<typeof CatalogueColumn>;

const ForeignKey = z.object({
  columns: z.array(z.string()),
  schema: z.string(),
  table: z.string(),
  /** The columns it points at. */
  referenced: z.array(z.string()),
});

const Relation = z.object({
  schema: z.string(),
  name: z.string(),
  /** https://www.postgresql.org/docs/current/catalog-pg-class.html: r, p, v, m, f. */
  kind: z.enum(["r", "p", "v", "m", "f"]),
  isPartition: z.boolean(),
  /** As of the last ANALYZE; -1 where there was none. */
  rows: z.number(),
  pages: z.number(),
  /** Changes when the table is truncated or written anew. */
  file: z.string(),
  comment: z.string().nullable(),
  readable: z.boolean(),
  /** All of it, and so the columns that the server adds by itself. */
  whollyReadable: z.boolean(),
  usable: z.boolean(),
  writable: z.boolean(),
  /** An unlogged table as a replica has it: there, and without rows that anybody could read. */
  hollow: z.boolean(),
  rowSecurity: z.boolean(),
  columns: z.array(CatalogueColumn),
  /** The primary key first, then unique indexes on columns that are never null, the shortest first. */
  keys: z.array(z.array(z.string())),
  /** Leading columns of its whole B-tree indexes. */
  indexes: z.array(z.array(z.string())),
  /** What its full text indexes are made on, as the server writes it: a column, or an expression. */
  textIndexes: z.array(z.string()),
  foreignKeys: z.array(ForeignKey),
  /** Channels and arguments are the trigger's: whether one of ours stands on it. */
  hasTrigger: z.boolean(),
});
export type Relation = z.output<typeof Relation>;

/** All tables and views of a database that are not its own. */
export type Catalogue = readonly Relation[];

/** Reads the catalogue, at most every five seconds unless `fresh`. */
export function catalogueOf(ctx: PostgresContext, fresh = false): Promise<Catalogue> {
  return ctx.api.catalogue(ctx.clock, () => readCatalogue(ctx), fresh);
}

async function readCatalogue(ctx: PostgresContext): Promise<Catalogue> {
  const rows = await readRows(ctx, CATALOGUE, [], { what: "Reading the catalogue" });
  const found = z.array(Relation).safeParse(rows.map(([json]) => JSON.parse(json as string)));
  if (found.success) return found.data;
  throw new ConnectorError("bad_response", "The catalogue of this server has another form than PostgreSQL's.", {
    hint: "headwater reads PostgreSQL 11 and newer.",
    cause: found.error,
  });
}

/** Names of columns by their numbers, in the order of an index or a constraint. */
const NAMES = (numbers: string, table: string) => `(
  SELECT coalesce(json_agg(a.attname ORDER BY n.place), '[]'::json)
  FROM unnest(${numbers}) WITH ORDINALITY AS n(number, place)
  JOIN pg_catalog.pg_attribute a ON a.attrelid = ${table} AND a.attnum = n.number)`;

const COLUMNS = `(
  SELECT coalesce(json_agg(json_build_object(
    'name', a.attname,
    'type', pg_catalog.format_type(a.atttypid, a.atttypmod),
    'base', CASE WHEN b.typelem <> 0 AND b.typlen = -1 AND b.typcategory = 'A' THEN 'array' ELSE b.typname::text END,
    'category', b.typcategory,
    'nullable', NOT a.attnotnull,
    'readable', pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT'),
    'comment', pg_catalog.col_description(c.oid, a.attnum)) ORDER BY a.attnum), '[]'::json)
  FROM pg_catalog.pg_attribute a
  JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
  JOIN pg_catalog.pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)`;

const KEYS = `(
  SELECT coalesce(json_agg(k.names ORDER BY k.rank, k.width), '[]'::json) FROM (
    SELECT ${NAMES("i.indkey::int2[]", "c.oid")} AS names, NOT i.indisprimary AS rank, i.indnatts AS width
    FROM pg_catalog.pg_index i
    WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL
      AND i.indnatts = i.indnkeyatts
      AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum = ANY (i.indkey::int2[]) AND NOT a.attnotnull)) AS k)`;

const INDEXES = `(
  SELECT coalesce(json_agg(${NAMES("i.indkey::int2[]", "c.oid")}), '[]'::json)
  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid JOIN pg_catalog.pg_am m ON m.oid = x.relam
  WHERE i.indrelid = c.oid AND i.indisvalid AND i.indpred IS NULL AND m.amname = 'btree')`;

const TEXT_INDEXES = `(
  SELECT coalesce(json_agg(pg_catalog.pg_get_indexdef(i.indexrelid, 1, true)), '[]'::json)
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
  JOIN pg_catalog.pg_attribute a ON a.attrelid = x.oid AND a.attnum = 1
  WHERE i.indrelid = c.oid AND i.indisvalid AND i.indpred IS NULL AND i.indnatts = 1
    AND a.atttypid = 'pg_catalog.tsvector'::pg_catalog.regtype)`;

const FOREIGN_KEYS = `(
  SELECT coalesce(json_agg(json_build_object(
    'columns', ${NAMES("f.conkey", "c.oid")},
    'schema', fn.nspname, 'table', ft.relname,
    'referenced', ${NAMES("f.confkey", "f.confrelid")}) ORDER BY f.conname), '[]'::json)
  FROM pg_catalog.pg_constraint f
  JOIN pg_catalog.pg_class ft ON ft.oid = f.confrelid JOIN pg_catalog.pg_namespace fn ON fn.oid = ft.relnamespace
  WHERE f.conrelid = c.oid AND f.contype = 'f' AND NOT ft.relispartition)`;

/** One row of JSON for each table and view. Written from https://www.postgresql.org/docs/current/catalogs.html, 2026-11. */
const CATALOGUE = `
SELECT json_build_object(
  'schema', n.nspname, 'name', c.relname, 'kind', c.relkind, 'isPartition', c.relispartition,
  'rows', CASE WHEN c.relkind = 'p' THEN coalesce(p.rows, 0) ELSE c.reltuples END,
  'pages', CASE WHEN c.relkind = 'p' THEN coalesce(p.pages, 0)
                WHEN c.relkind IN ('r', 'm') THEN pg_catalog.pg_relation_size(c.oid) / 8192 ELSE 0 END,
  'file', coalesce(p.files, c.relfilenode::text),
  'comment', pg_catalog.obj_description(c.oid, 'pg_class'),
  'readable', pg_catalog.has_table_privilege(c.oid, 'SELECT') OR pg_catalog.has_any_column_privilege(c.oid, 'SELECT'),
  'whollyReadable', pg_catalog.has_table_privilege(c.oid, 'SELECT'),
  'usable', pg_catalog.has_schema_privilege(n.oid, 'USAGE'),
  'writable', pg_catalog.has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE'),
  'hollow', c.relpersistence = 'u' AND pg_catalog.pg_is_in_recovery(),
  'rowSecurity', c.relrowsecurity AND pg_catalog.row_security_active(c.oid),
  'columns', ${COLUMNS},
  'keys', ${KEYS},
  'indexes', ${INDEXES},
  'textIndexes', ${TEXT_INDEXES},
  'foreignKeys', ${FOREIGN_KEYS},
  'hasTrigger', EXISTS (
    SELECT FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_proc f ON f.oid = g.tgfoid
    WHERE g.tgrelid = c.oid AND g.tgenabled <> 'D' AND f.proname = 'headwater_notify')
)::text
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN LATERAL (
  SELECT sum(greatest(pc.reltuples, 0)) AS rows, sum(pg_catalog.pg_relation_size(pc.oid)) / 8192 AS pages,
    string_agg(pc.relfilenode::text, ' ' ORDER BY pc.oid) AS files
  FROM pg_catalog.pg_partition_tree(c.oid) AS tree JOIN pg_catalog.pg_class pc ON pc.oid = tree.relid
  WHERE tree.isleaf) AS p ON c.relkind = 'p'
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
  AND c.relpersistence <> 't'
ORDER BY n.nspname, c.relname`;
