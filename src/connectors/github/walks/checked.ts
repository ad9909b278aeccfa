import type { z } from "zod";
import { ConnectorError } from "../../kit/index.ts";

/** The entries of a page that are what they should be, and the others by name. */
export interface Checked<T> {
  good: T[];
  failures: { id: string; error: ConnectorError }[];
}

/**
 * Checks a page entry by entry, so that a broken one does not hold up the others. `idOf` reads the id from what a broken
 * one still tells; where none can be told, or where all are broken, the whole page is `bad_response`.
 */
export function checkEach<T>(
  schema: z.ZodType<T>,
  entries: readonly unknown[],
  idOf: (entry: Record<string, unknown>) => string | undefined,
): Checked<T> {
  const checked: Checked<T> = { good: [], failures: [] };
  for (const entry of entries) {
    const parsed = schema.safeParse(entry);
    if (parsed.success) checked.good.push(parsed.data);
    else checked.failures.push({ id: nameOf(entry, idOf), error: unusable(parsed.error) });
  }
  if (checked.good.length === 0 && checked.failures.length > 1) throw checked.failures[0]?.error;
  return checked;
}

function nameOf(entry: unknown, idOf: (entry: Record<string, unknown>) => string | undefined): string {
  const id = typeof entry === "object" && entry !== null ? idOf(entry as Record<string, unknown>) : undefined;
  if (id !== undefined) return id;
  throw new ConnectorError("bad_response", "GitHub answered a list with something in it that has no number.", {
    hint: "Nothing of it was stored; the next sync asks again.",
  });
}

function unusable(error: z.ZodError): ConnectorError {
  const field = error.issues[0]?.path.join(".") || "answer";
  return new ConnectorError("bad_response", `GitHub's answer has an unusable "${field}".`, { cause: error });
}
