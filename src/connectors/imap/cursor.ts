import { z } from "zod";

const Uids = z.string();

/** What is known of one folder. */
export const FolderState = z.object({
  /** UIDVALIDITY: with another one, all UIDs mean something else. */
  validity: z.string(),
  /** Brought into the store. */
  have: Uids,
  /** Left out for good: too old, or beyond the newest that are wanted. */
  left: Uids.optional(),
  /** HIGHESTMODSEQ up to which changes of flags were brought (RFC 7162); absent where the server tells none. */
  modseq: z.string().optional(),
  /** UIDNEXT and the number of messages when the folder was last equal: with the same, nothing came or went. */
  seen: z.object({ next: z.number(), messages: z.number() }).optional(),
  /** Without mod-sequences: messages by what they are marked with. */
  marks: z.record(z.string(), Uids).optional(),
  /** Brought under an earlier UIDVALIDITY or name of the folder, and replaced page by page. */
  old: z.object({ folder: z.string(), validity: z.string(), have: Uids }).optional(),
});
export type FolderState = z.output<typeof FolderState>;

/** Folders by their path. */
export const ImapCursor = z.object({ v: z.literal(1), folders: z.record(z.string(), FolderState) });
export type ImapCursor = z.output<typeof ImapCursor>;
