import { createHash } from "node:crypto";
import { ConnectorError, type Draft } from "../kit/index.ts";
import {
  type Column,
  condition,
  equal,
  type Filter,
  fileColumn,
  isMeant,
  type Link,
  optionsFor,
  type QueryOptions,
  type Row,
  type RowOptions,
  type RowShape,
  rowMapper,
  type Statement,
  type TableOptions,
  writtenName,
} from "../kit/sql/index.ts";
import type { Catalogue, CatalogueColumn, Relation } from "./catalogue.ts";
import { columnOf, kindOf, selected } from "./column-kinds.ts";
import type { PostgresConfig } from "./options.ts";
import { postgres } from "./read.ts";

/** A table up to so many pages of 8 KB is looked through by transaction number each time: a tenth of a second. */
const SMALL_PAGES = 8_192;

export type Mode = "timestamp" | "xmin" | "full";

/** One table, view or query as the options want it read. */
export interface Followed {
  /** `public.tickets`, or `query:open_orders`. */
  container: string;
  /** What stands behind FROM. */
  from: string;
  relation?: Relation;
  query?: QueryOptions;
  columns: readonly CatalogueColumn[];
  /** Empty: rows are known by a digest of all their values. */
  key: readonly string[];
  options: RowOptions;
  filter: Filter;
  links: readonly Link[];
}

/** How the rows of one container are asked for and what becomes of them. */
export interface Plan extends Followed {
  mode: Mode;
  /** The column that tells when a row last changed, where it is a time. */
  clock: CatalogueColumn | undefined;
  /** Whether rows have the number of the transaction that wrote them. */
  hasXmin: boolean;
  /** Whether the rows lie in one file whose blocks have numbers. */
  hasBlocks: boolean;
  signature: string;
  /** What is selected: the version, whether the row is wanted, its key, the clock, its columns. */
  select(statement: Statement): string;
  read(row: Row): RowRead;
  keyOf(row: Row): string[];
}

export interface RowRead {
  draft: Draft;
  /** False where it was deleted softly, or `where` leaves it out. */
  isWanted: boolean;
  key: string[] | undefined;
  clock: string | undefined;
}

const VERSION = 0;
const WANTED = 1;
const CLOCK = 2;
const KEY = 3;

/** Decides how a container is read. Throws `config` where the options do not fit it. */
export function planOf(config: PostgresConfig, followed: Followed): Plan {
  const { relation, options, columns, key } = followed;
  const kind = relation?.whollyReadable ? relation.kind : undefined;
  const hasXmin = kind === "r" || kind === "p";
  const clock = columns.find(
    ({ name, base }) => name === options.timestampColumn && /^(timestamp(tz)?|date)$/.test(base),
  );
  const mode = modeOf(config, followed, hasXmin, clock);
  const shape = shapeOf(config, followed);
  const digest = key.length === 0;
  const place = {
    version: VERSION,
    key: digest ? [KEY] : key.map((_, at) => KEY + at),
    first: KEY + (digest ? 1 : key.length),
  };
  const map = rowMapper(shape, place);
  const keyOf = (row: Row) => key.map((_, at) => row[KEY + at] as string);
  return {
    ...followed,
    mode,
    clock,
    hasXmin,
    hasBlocks: kind === "r",
    signature: shape.signature,
    select: (statement) => selectOf(config, followed, statement, hasXmin, clock),
    read: (row) => ({
      draft: map(row),
      isWanted: row[WANTED] === "t",
      key: digest ? undefined : keyOf(row),
      clock: row[CLOCK] ?? undefined,
    }),
    keyOf,
  };
}

function modeOf(
  config: PostgresConfig,
  followed: Followed,
  hasXmin: boolean,
  clock: CatalogueColumn | undefined,
): Mode {
  const { incrementalMode } = config;
  if (followed.key.length === 0) return "full";
  if (incrementalMode === "full") return "full";
  if (incrementalMode === "timestamp" && clock !== undefined) return "timestamp";
  if (incrementalMode === "xmin" && hasXmin) return "xmin";
  const isSmall = (followed.relation?.pages ?? Number.POSITIVE_INFINITY) <= SMALL_PAGES;
  if (incrementalMode !== "timestamp" && hasXmin && isSmall) return "xmin";
  if (clock !== undefined) return "timestamp";
  return hasXmin ? "xmin" : "full";
}

function shapeOf(config: PostgresConfig, followed: Followed): RowShape {
  const { container, options, links, key, relation, query } = followed;
  const columns: Column[] = followed.columns.map(columnOf);
  const { maxCellChars, timeZone } = config;
  const seen = [
    columns.map(({ name, type }) => [name, type]),
    options,
    links,
    key,
    followed.filter,
    maxCellChars,
    timeZone,
  ];
  const signature = createHash("sha256")
    .update(JSON.stringify([seen, query?.sql]))
    .digest("hex")
    .slice(0, 8);
  const table = relation?.name ?? query?.name ?? container;
  return { container, table, columns, key, links, options, maxCellChars, signature };
}

function selectOf(
  config: PostgresConfig,
  followed: Followed,
  statement: Statement,
  hasXmin: boolean,
  clock: CatalogueColumn | undefined,
): string {
  const digest = digestOf(followed, statement);
  const zone = config.timeZone === "UTC" ? undefined : statement.bind(config.timeZone);
  const shown = followed.columns.map((column) =>
    selected(column, statement.name(column.name), config.maxCellChars, zone),
  );
  return [
    hasXmin ? "xmin" : digest,
    wantedOf(followed, statement),
    clock === undefined ? "NULL" : statement.name(clock.name),
    ...(followed.key.length === 0 ? [digest] : followed.key.map((name) => statement.name(name))),
    ...shown,
  ].join(", ");
}

/** All values of a row as one: what a row without a key is known by. */
export function digestOf({ columns }: Followed, statement: Statement): string {
  return `md5(ROW(${columns.map(({ name }) => statement.name(name)).join(", ")})::text)`;
}

/** Whether a row is neither deleted softly nor left out by `where`. */
export function wantedOf(followed: Followed, statement: Statement): string {
  const { columns, options, filter, container } = followed;
  const known = new Set(columns.map(({ name }) => name));
  const parts = [condition(statement, filter, known, container)].filter((part) => part !== undefined);
  const marked = columns.find(({ name }) => name === options.deletedColumn);
  if (marked !== undefined) parts.push(`NOT coalesce(${isDeleted(marked, statement)}, false)`);
  return parts.length === 0 ? "true" : `((${parts.join(" AND ")}) IS TRUE)`;
}

function isDeleted(column: CatalogueColumn, statement: Statement): string {
  const name = statement.name(column.name);
  const kind = kindOf(column);
  if (kind === "boolean") return name;
  if (kind === "number" || kind === "exact") return `${name} <> 0`;
  if (kind === "text" || kind === "choice") return `lower(${name}::text) NOT IN ('', '0', 'f', 'n', 'no', 'false')`;
  return `${name} IS NOT NULL`;
}

/** What rows are called in every statement. */
export const ROWS = '"rows"';

/** The columns to sort by: of the rows, never those of the answer, which may be called the same and hold less. */
export function sortedBy(names: readonly string[]): string {
  return names.map((name) => `${ROWS}.${postgres.quote(name)}`).join(", ");
}

function tableName({ schema, name }: Pick<Relation, "schema" | "name">): string {
  return `${postgres.quote(schema)}.${postgres.quote(name)}`;
}

/** The tables and queries that the options choose out of the catalogue, queries without their columns. */
export function followedRelations(
  config: PostgresConfig,
  catalogue: Catalogue,
): { relation: Relation; own?: TableOptions }[] {
  return catalogue.flatMap((relation) => {
    if (
      relation.hollow ||
      !relation.usable ||
      !relation.readable ||
      relation.columns.every((column) => !column.readable)
    )
      return [];
    const meant = entryFor(config, relation);
    return meant === undefined ? [] : [{ relation, ...(typeof meant === "object" && { own: meant }) }];
  });
}

/** What the options say of a table: nothing, that it is followed, or how. */
export function entryFor(config: PostgresConfig, relation: Relation): true | TableOptions | undefined {
  const schemas = schemasOf(config);
  const isNamed = (word: string) => isMeant(word, relation, schemas);
  if (config.excludeTables.some(isNamed)) return undefined;
  if (config.tables.length === 0) {
    const isTaken = relation.kind === "r" || relation.kind === "p" || relation.kind === "f" || config.includeViews;
    return isTaken && !relation.isPartition && schemas.includes(relation.schema) ? true : undefined;
  }
  const own = config.tables.find((entry) => typeof entry === "object" && isNamed(entry.name));
  if (typeof own === "object") return own;
  const words = config.tables.filter((entry) => typeof entry === "string");
  const isTaken = words.some((word) => isNamed(word) && (!word.includes("*") || !relation.isPartition));
  return isTaken ? true : undefined;
}

export function schemasOf(config: PostgresConfig): string[] {
  return config.schemas.length > 0 ? config.schemas : [config.schema];
}

/** A table of the catalogue as the options want it. */
export function followedTable(
  config: PostgresConfig,
  { relation, own }: { relation: Relation; own?: TableOptions | undefined },
  all: readonly { relation: Relation }[],
): Followed {
  const container = writtenName(relation.schema, relation.name);
  const options = optionsFor(config, own);
  const columns = relation.columns.filter((column) => column.readable);
  const filters = Object.entries(config.where).filter(([word]) => isMeant(word, relation, schemasOf(config)));
  return {
    container,
    from: `${tableName(relation)} AS ${ROWS}`,
    relation,
    columns,
    key: keyOf(relation, columns, options, own !== undefined),
    options,
    filter: Object.assign({}, ...filters.map(([, filter]) => filter), own?.where),
    links: linksOf(relation, columns, all),
  };
}

/** The columns that a row is known by: as the options say, else the primary key, else a unique index. */
function keyOf(relation: Relation, columns: readonly CatalogueColumn[], options: RowOptions, isOwn: boolean): string[] {
  const names = new Set(columns.map(({ name }) => name));
  const said = options.primaryKeyColumn === undefined ? [] : [options.primaryKeyColumn].flat();
  const lacking = said.find((name) => !names.has(name));
  if (said.length > 0 && lacking === undefined) return said;
  if (lacking !== undefined && isOwn)
    throw new ConnectorError(
      "config",
      `primaryKeyColumn names ${JSON.stringify(lacking)}, which ${relation.name} does not have.`,
    );
  const found = relation.keys.find((key) => key.every((name) => names.has(name)));
  if (found !== undefined) return found;
  return relation.kind === "v" && names.has("id") ? ["id"] : [];
}

/** Foreign keys to the keys of tables that are followed too. */
function linksOf(
  relation: Relation,
  columns: readonly CatalogueColumn[],
  all: readonly { relation: Relation }[],
): Link[] {
  const readable = new Set(columns.map(({ name }) => name));
  return relation.foreignKeys.flatMap(({ columns: own, schema, table, referenced }) => {
    const target = all.find((other) => other.relation.schema === schema && other.relation.name === table)?.relation;
    const key = target?.keys[0] ?? [];
    const ordered = key.map((name) => own[referenced.indexOf(name)] as string);
    const leads =
      target !== undefined && key.length === referenced.length && key.every((name) => referenced.includes(name));
    return leads && ordered.every((name) => readable.has(name))
      ? [{ container: writtenName(schema, table), columns: ordered }]
      : [];
  });
}

/** The one row with this key. */
export function whereKey(plan: Plan, statement: Statement, values: readonly string[]): string {
  if (plan.key.length === 0) return `${digestOf(plan, statement)} = ${statement.bind(values[0])}`;
  return equal(statement, plan.key, values);
}

/** The document column of a plan, for `fetch`. */
export function documentColumn(plan: Plan): string | undefined {
  return fileColumn({ columns: plan.columns.map(columnOf), options: plan.options });
}
