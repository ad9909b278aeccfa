import { z } from "zod";

const Time = z.string().min(1);
/** The number of a transaction in 64 bits, which never comes again. */
const TransactionNumber = z.string().regex(/^\d{1,20}$/);

/** Where the reading of changes goes on. */
const Mark = z.object({
  /** Everything that was last changed before this time of the server has been read. */
  floor: Time.optional(),
  /** Everything that transactions before this one wrote has been read. */
  xid: TransactionNumber.optional(),
  /** Becomes the floor once all transactions below `until` have ended: what they write may carry an earlier time. */
  pending: z.object({ floor: Time, until: TransactionNumber }).optional(),
  /** When the table was last looked through by transaction number, as our clock has it. */
  sweptAt: z.iso.datetime().optional(),
});
export type Mark = z.output<typeof Mark>;

/** Behind the last row that was read: its values in the order of the reading, or the first block that was not read. */
const Position = { behind: z.array(z.string()).optional(), block: z.number().int().optional() };

/** What is kept of a table between pages and runs. `v` changes when an older one must not be understood any more. */
export const PostgresCursor = z.object({
  v: z.literal(1),
  /** How rows are asked for and mapped; another one means that all are read anew. */
  signature: z.string(),
  /** The file of the table: another one after TRUNCATE. */
  file: z.string().optional(),
  /** A walk over all rows that is not at its end, and the mark that was taken before it. */
  walk: z.object({ ...Position, parked: Mark }).optional(),
  /** A reading of changes that is not at its end, and the mark that was taken before it. */
  changes: z.object({ ...Position, parked: Mark }).optional(),
  mark: Mark.optional(),
});
export type PostgresCursor = z.output<typeof PostgresCursor>;
