import { z } from "zod";

/** Folders whose content has yet to be listed: those of the request under way, and those after it. */
const Exploring = z.object({ batch: z.array(z.string()), page: z.string().optional(), waiting: z.array(z.string()) });
export type Exploring = z.output<typeof Exploring>;

/** Where the feed of a place stands. `token` is where its changes go on, taken before anything was listed. */
export const DriveCursor = z.object({
  v: z.literal(1),
  token: z.string().min(1),
  /** Everything is being listed, from this page on; `domain`: what the organization can find. */
  listing: z.object({ page: z.string().optional(), domain: z.literal(true).optional() }).optional(),
  exploring: Exploring.optional(),
  /** Shortcuts that lead out of what is followed, and what they lead to. */
  shortcuts: z.record(z.string(), z.string()).optional(),
});
export type DriveCursor = z.output<typeof DriveCursor>;
