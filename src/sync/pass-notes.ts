import type { Progress } from "../store/store.ts";

/** Kept among the digests of the options, because it has to be committed with the cursor of the same page. */
export const PASS_NOTES = "engine.pass";

/** What a full pass has to know of its earlier pages, whichever run or try read them. */
export interface PassNotes {
  /** Everything is read again, whatever its version. */
  force: boolean;
  /** Set once a page said that it cannot prove absence: sentences why. */
  gaps: string[] | undefined;
}

/** The notes of the pass that a place is in; none when it is in no pass. */
export function notesOf(progress: Progress): PassNotes {
  const written = progress.options?.[PASS_NOTES];
  if (progress.pass === undefined || written === undefined) return { force: false, gaps: undefined };
  const { pass, force, gaps } = JSON.parse(written) as { pass: number; force: boolean; gaps?: string[] };
  return pass === progress.pass.number ? { force, gaps } : { force: false, gaps: undefined };
}

/** The digests to commit with a page of a pass. */
export function withNotes(
  digests: Record<string, string>,
  pass: number,
  { force, gaps }: PassNotes,
): Record<string, string> {
  if (!force && gaps === undefined) return digests;
  return { ...digests, [PASS_NOTES]: JSON.stringify({ pass, force, gaps }) };
}
