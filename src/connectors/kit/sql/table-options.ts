import { z } from "zod";
import { Filter } from "./filter.ts";

const column = (description: string) => z.string().min(1).optional().describe(description);

/** How rows become items. The same words stand for all tables, and at one table for that one. */
export const ROW_OPTIONS = {
  primaryKeyColumn: z
    .union([z.string().min(1), z.array(z.string().min(1)).nonempty()])
    .optional()
    .describe("The column, or columns, that a row is known by. Default: the primary key, else a unique index."),
  timestampColumn: z
    .string()
    .min(1)
    .default("updated_at")
    .describe("The column that tells when a row last changed, where a table has it."),
  createdColumn: z.string().min(1).default("created_at").describe("The column that tells when a row was made."),
  titleColumn: column("The column to take titles from. Default: title, name, subject or the like, else the key."),
  titleTemplate: column("Titles made of columns, such as {name} ({sku})."),
  contentColumns: z
    .array(z.string().min(1))
    .default([])
    .describe("The columns that make the text, such as body or specs.colour. Empty: all that hold text."),
  contentTemplate: column("Texts made of columns, such as {question}, a blank line, {answer}."),
  urlTemplate: z
    .string()
    .regex(/^https?:\/\//, "must begin with https:// or http://")
    .optional()
    .describe("Where a person opens a row, such as https://desk.example.com/tickets/{id}."),
  authorColumn: column("The column that names who wrote the row, such as author_email."),
  tagsColumn: column("The column with tags: a list, or words with commas between."),
  parentColumn: column(
    "The foreign key that a row hangs from, such as ticket_id: a ticket is shown with its comments.",
  ),
  deletedColumn: column("The column that marks a row as deleted: true, a time, or a number that is not 0."),
  mimeColumn: column("The column that tells the type of a document kept in the row, such as application/pdf."),
  fileColumn: column(
    "The column that holds the document itself; with mimeColumn. Default: the first that holds bytes.",
  ),
};

/** The options of one table: what it says goes before what is said for all. */
export const TableOptions = z.strictObject({
  name: z.string().min(1).describe("The table, such as public.tickets."),
  ...ROW_OPTIONS,
  timestampColumn: column("The column that tells when a row last changed."),
  createdColumn: column("The column that tells when a row was made."),
  contentColumns: z.array(z.string().min(1)).optional().describe("The columns that make the text."),
  where: Filter.optional().describe("Which rows to take, by column."),
});
export type TableOptions = z.output<typeof TableOptions>;

/** A SELECT of the configuration's author, followed like a table. */
export const QueryOptions = TableOptions.omit({ primaryKeyColumn: true }).extend({
  name: z
    .string()
    .regex(/^[A-Za-z_][\w-]*$/, "is made of letters, digits, _ and -")
    .describe("What to call it, such as open_orders."),
  sql: z.string().min(1).describe("One SELECT. It is run as it stands, in a transaction that cannot write."),
  idColumns: z.array(z.string().min(1)).nonempty().describe("The columns of its answer that a row is known by."),
});
export type QueryOptions = z.output<typeof QueryOptions>;

const ForAll = z.object(ROW_OPTIONS);
export type RowOptions = z.output<typeof ForAll>;

/** What holds for one table: its own words before those for all. */
export function optionsFor(all: RowOptions, own: Partial<RowOptions> | undefined): RowOptions {
  const said = Object.entries(own ?? {}).filter(([name, value]) => name in ROW_OPTIONS && value !== undefined);
  const merged = { ...pick(all), ...Object.fromEntries(said) } as RowOptions;
  // One table's column goes before a template for all, and the other way round.
  if (own?.titleColumn !== undefined && own.titleTemplate === undefined) delete merged.titleTemplate;
  if (own?.contentColumns !== undefined && own.contentTemplate === undefined) delete merged.contentTemplate;
  return merged;
}

function pick(all: RowOptions): RowOptions {
  return Object.fromEntries(
    Object.keys(ROW_OPTIONS).map((name) => [name, all[name as keyof RowOptions]]),
  ) as RowOptions;
}
