/** One header or one assignment of a TOML text. */
export interface TomlStatement {
  /** The full path it speaks about. */
  keys: string[];
  from: number;
  to: number;
}

const BLANK = /[\s]/;

/** Where each header and assignment of a valid TOML text stands (https://toml.io/en/v1.0.0). */
export function tomlStatements(text: string): TomlStatement[] {
  const found: TomlStatement[] = [];
  let table: string[] = [];
  let at = 0;
  while (at < text.length) {
    const sign = text[at] as string;
    if (BLANK.test(sign)) at += 1;
    else if (sign === "#") at = lineEnd(text, at);
    else if (sign === "[") {
      const from = at;
      const [keys, end] = readKeys(text, text[at + 1] === "[" ? at + 2 : at + 1);
      table = keys;
      at = lineEnd(text, end);
      found.push({ keys, from, to: end });
    } else {
      const from = at;
      const [keys, end] = readKeys(text, at);
      at = valueEnd(text, text.indexOf("=", end) + 1);
      found.push({ keys: [...table, ...keys], from, to: at });
      at = lineEnd(text, at);
    }
  }
  return found;
}

/** Dotted keys, bare or quoted, and where they end. */
function readKeys(text: string, start: number): [string[], number] {
  const keys: string[] = [];
  let at = start;
  for (;;) {
    at += /^[ \t]*/.exec(text.slice(at))?.[0].length ?? 0;
    const quote = text[at];
    if (quote === '"' || quote === "'") {
      const end = stringEnd(text, at);
      keys.push(quote === '"' ? unescaped(text.slice(at + 1, end - 1)) : text.slice(at + 1, end - 1));
      at = end;
    } else {
      const bare = /^[A-Za-z0-9_-]+/.exec(text.slice(at))?.[0] ?? "";
      keys.push(bare);
      at += bare.length;
    }
    const dot = /^[ \t]*\./.exec(text.slice(at));
    if (!dot) return [keys, at];
    at += dot[0].length;
  }
}

/** The end of a value: of its line, where no bracket and no string is open. */
function valueEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; ) {
    const sign = text[at] as string;
    if (sign === '"' || sign === "'") at = stringEnd(text, at);
    else if (sign === "#" || (sign === "\n" && depth === 0)) {
      if (depth === 0) return at;
      at = lineEnd(text, at);
    } else {
      if (sign === "[" || sign === "{") depth += 1;
      if (sign === "]" || sign === "}") depth -= 1;
      at += 1;
    }
  }
  return text.length;
}

function stringEnd(text: string, start: number): number {
  const quote = text[start] as string;
  const isLong = text.startsWith(quote.repeat(3), start);
  const close = isLong ? quote.repeat(3) : quote;
  for (let at = start + close.length; at < text.length; ) {
    if (quote === '"' && text[at] === "\\") at += 2;
    else if (text.startsWith(close, at)) {
      at += close.length;
      // A long string may end in up to two quotes of its own.
      while (isLong && text[at] === quote) at += 1;
      return at;
    } else at += 1;
  }
  return text.length;
}

function unescaped(inner: string): string {
  try {
    return JSON.parse(`"${inner}"`) as string;
  } catch {
    return inner;
  }
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end === -1 ? text.length : end;
}
