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
}

/** The notes of the pass that a place is in; none when it is in no pass. */
export function notesOf(progress: Progress): PassNotes {
  const written = progress.options?.[PASS_NOTES];
  const none = { force: false, fromStart: false, gaps: undefined };
  if (progress.pass === undefined || written === undefined) return none;
  const notes = JSON.parse(written) as { pass: number; force: boolean; fromStart?: boolean; gaps?: string[] };
  if (notes.pass !== progress.pass.number) return none;
  return { force: notes.force, fromStart: notes.fromStart === true, gaps: notes.gaps };
}

/** The digests to commit with a page of a pass. */
export function withNotes(
  digests: Record<string, string>,
  pass: number,
  { force, fromStart, gaps }: PassNotes,
): Record<string, string> {
  if (!force && !fromStart && gaps === undefined) return digests;
  return { ...digests, [PASS_NOTES]: JSON.stringify({ pass, force, fromStart, gaps }) };
}
