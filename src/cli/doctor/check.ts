/** One line of `headwater doctor`. */
export interface Check {
  name: string;
  state: "ok" | "note" | "bad" | "mended";
  /** A sentence, and where something is to be done the command for it. */
  says: string;
  /** Mends it and answers what was done, as a sentence. */
  mend?: () => string;
}

/** What `--repair` does with a check: the same line, or what was mended. */
export function mended(check: Check): Check {
  if (!check.mend) return check;
  return { name: check.name, state: "mended", says: check.mend() };
}
