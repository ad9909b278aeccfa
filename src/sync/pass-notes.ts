import type { Progress } from "../store/store.ts";

/** Kept among the digests of the options, because it has to be committed with the cursor of the same page. */
export const PASS_NOTES = "engine.pass";

/** What a full pass has to know of its earlier pages, whichever run or try read them. */
export interface PassNotes {
  /** Everything is read again, whatever its version. */
  force: boolean;
  /** It began with nothing known, so that what its pages met is everything: nobody has to ask for ids as well. */
  fromStart: boolean;
  /** Set once a page said that it cannot prove absence: sentences why. */
  gaps: string[] | undefined;
  /** Set for a pass over a listing that began where another run had stopped: it ends there, after coming around. */
  lap?: Lap | undefined;
}

export interface Lap {
  /** The cursor where it began. */
  until: unknown;
  /** It came to the end of the listing and began again at its start. */
  around: boolean;
}

/** The notes of the pass that a place is in; none when it is in no pass. */
export function notesOf(progress: Progress): PassNotes {
  const written = progress.options?.[PASS_NOTES];
  const none = { force: false, fromStart: false, gaps: undefined };
  if (progress.pass === undefined || written === undefined) return none;
  const notes = JSON.parse(written) as Partial<PassNotes> & { pass: number; force: boolean };
  if (notes.pass < progress.pass.number) return none; // of an earlier pass
  const { force, fromStart = false, gaps, lap } = notes; // or of the next one, which did not come to begin
  return { force, fromStart, gaps, lap };
}

/** The digests to commit with a page of a pass. */
export function withNotes(
  digests: Record<string, string>,
  pass: number,
  { force, fromStart, gaps, lap }: PassNotes,
): Record<string, string> {
  if (!force && !fromStart && gaps === undefined && lap === undefined) return digests;
  return { ...digests, [PASS_NOTES]: JSON.stringify({ pass, force, fromStart, gaps, lap }) };
}
