import { z } from "zod";
import { Ts } from "./schema.ts";

/** What is known of a conversation: its version, and what hangs from it. */
const Known = z.object({
  v: z.string(),
  /** Files in its replies, by their id. */
  f: z.array(z.string()).optional(),
  /** Replies that are items of their own. */
  r: z.array(z.string()).optional(),
  /** The options leave it out. */
  x: z.literal(true).optional(),
});
export type Known = z.output<typeof Known>;

/** A walk from new to old that was not finished. */
const Unfinished = z.object({
  newest: Ts.optional(),
  oldest: Ts,
  /** Everything newer was looked at. */
  before: Ts,
  deep: z.boolean(),
  taken: z.number(),
});

/** Where a channel stands. `v` changes when an older one must not be understood any more. */
export const SlackCursor = z.object({
  v: z.literal(1),
  /** The newest message of the channel itself: replies never move it. */
  newest: Ts.optional(),
  /** Nothing older was ever asked for. */
  floor: Ts,
  /** All threads, and other messages of the days that every sync looks at, by their ts. */
  known: z.record(Ts, Known),
  /** Canvases of the channel by their id, as they were when they were last listed. */
  canvases: z.record(z.string(), z.string()).optional(),
  /** When the whole window was last looked at, ISO 8601. */
  deepAt: z.string().optional(),
  /** Slack's free plan hides part of it. */
  limited: z.literal(true).optional(),
  walk: Unfinished.optional(),
});
export type SlackCursor = z.output<typeof SlackCursor>;

/** What a sync has met of a channel, for the walk over ids that may follow it. */
export interface Walked {
  /** Set when everything down to the floor was met, from the newest on. */
  whole: boolean;
  ids: Set<string>;
  known: Readonly<Record<string, Known>>;
  floor: string;
  canvases: Readonly<Record<string, string>>;
}
