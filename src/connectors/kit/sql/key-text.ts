/** Characters that would end a part of a key, or a line. */
const UNSAFE = /[%,\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;
const SIMPLE = /^[a-z_][a-z0-9_]*$/;

/** The values of a key as one text, always the same for the same row: `4711`, or `4711,3` where it has several columns. */
export function keyText(values: readonly string[]): string {
  return values.map((value) => value.replace(UNSAFE, encodeURIComponent)).join(",");
}

/** The values behind a key text; undefined when it has another number of them or is not well written. */
export function parseKey(text: string, columns: number): string[] | undefined {
  const parts = text.split(",");
  if (parts.length !== columns) return undefined;
  try {
    return parts.map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

/** A name as its database writes it: `public.tickets`, `public."Weird Name"`. */
export function writtenName(...parts: readonly string[]): string {
  return parts.map((part) => (SIMPLE.test(part) ? part : `"${part.replaceAll('"', '""')}"`)).join(".");
}

/**
 * Reads names from the beginning of a text, `public."Weird Name":17`, and what stands behind the colon. Undefined when it
 * does not begin with a name.
 */
export function parseName(text: string): { parts: string[]; rest?: string } | undefined {
  const parts: string[] = [];
  let at = 0;
  for (;;) {
    const quoted = text[at] === '"';
    const found = namePattern(quoted, at).exec(text);
    if (found === null) return undefined;
    parts.push(quoted ? (found[1] as string).replaceAll('""', '"') : found[0]);
    at += found[0].length;
    if (at === text.length) return { parts };
    if (text[at] === ":") return { parts, rest: text.slice(at + 1) };
    if (text[at] !== ".") return undefined;
    at += 1;
  }
}

function namePattern(quoted: boolean, at: number): RegExp {
  const pattern = quoted ? /"((?:[^"]|"")+)"/y : /[^".:]+/y;
  pattern.lastIndex = at;
  return pattern;
}
