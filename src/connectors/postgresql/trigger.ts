import type { Relation } from "./catalogue.ts";
import type { Plan } from "./plan.ts";
import { postgres } from "./read.ts";

/**
 * The function that tells of changes, to be made once in a database by somebody who may. What it says of a row is its key
 * alone; a key that is too long for a notification (8,000 bytes) is left out, so that nobody's transaction fails of it.
 */
export const NOTIFY_FUNCTION = `CREATE OR REPLACE FUNCTION public.headwater_notify() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'iso_8601' AS $headwater$
DECLARE
  part text; old_id text[]; new_id text[];
BEGIN
  FOR place IN 2 .. TG_NARGS - 1 LOOP
    IF TG_OP IN ('UPDATE', 'DELETE') THEN
      EXECUTE format('SELECT ($1).%I::text', TG_ARGV[place]) INTO part USING OLD; old_id := array_append(old_id, part);
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
      EXECUTE format('SELECT ($1).%I::text', TG_ARGV[place]) INTO part USING NEW; new_id := array_append(new_id, part);
    END IF;
  END LOOP;
  IF octet_length(old_id::text) > 3000 OR octet_length(new_id::text) > 3000 OR (old_id IS NULL AND new_id IS NULL) THEN
    PERFORM pg_notify(TG_ARGV[0], json_build_object('table', TG_ARGV[1], 'operation', TG_OP)::text);
    RETURN NULL;
  END IF;
  IF old_id IS NOT NULL AND old_id IS DISTINCT FROM new_id THEN
    PERFORM pg_notify(TG_ARGV[0], json_build_object('table', TG_ARGV[1], 'operation', 'DELETE', 'id', old_id)::text);
  END IF;
  IF new_id IS NOT NULL THEN
    PERFORM pg_notify(TG_ARGV[0], json_build_object('table', TG_ARGV[1], 'operation', TG_OP, 'id', new_id)::text);
  END IF;
  RETURN NULL;
END $headwater$;`;

/** The triggers of one table, ready to paste. */
export function triggersOf(
  { relation, container, key }: Pick<Plan, "container" | "key"> & { relation?: Pick<Relation, "schema" | "name"> },
  channel: string,
): string {
  const on = relation === undefined ? container : pasted(relation.schema, relation.name);
  const told = [channel, container].map(literal).join(", ");
  const row = [told, ...key.map(literal)].join(", ");
  return (
    `CREATE TRIGGER headwater_notify AFTER INSERT OR UPDATE OR DELETE ON ${on} FOR EACH ROW EXECUTE FUNCTION public.headwater_notify(${row}); ` +
    `CREATE TRIGGER headwater_notify_truncate AFTER TRUNCATE ON ${on} FOR EACH STATEMENT EXECUTE FUNCTION public.headwater_notify(${told});`
  );
}

/** Statements for others to paste; ours have parameters instead. */
function literal(text: string): string {
  const quoted = text.replaceAll("'", "''");
  return text.includes("\\") ? ` E'${quoted.replaceAll("\\", "\\\\")}'` : `'${quoted}'`;
}

/** Words that stand for themselves in SQL (https://www.postgresql.org/docs/current/sql-keywords-appendix.html, 2026-11). */
const RESERVED = new Set(
  (
    "all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column " +
    "concurrently constraint create cross current_catalog current_date current_role current_schema current_time " +
    "current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze from " +
    "full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit localtime " +
    "localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references returning right " +
    "select session_user similar some symmetric system_user table tablesample then to trailing true union unique user using " +
    "variadic verbose when where window with"
  ).split(" "),
);

/** A role's or a table's name as a person pastes it. */
export function pasted(...names: string[]): string {
  const isPlain = (name: string) => /^[a-z_][a-z0-9_]*$/.test(name) && !RESERVED.has(name);
  return names.map((name) => (isPlain(name) ? name : postgres.quote(name))).join(".");
}
