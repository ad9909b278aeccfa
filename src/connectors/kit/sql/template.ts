/** Texts with `{column}` or `{column.path.in.json}` in them, such as `{name} ({sku})`. `{{` and `}}` are braces. */
export interface Template {
  /** The columns that it needs, each once. */
  readonly columns: readonly string[];
  /** Filled in; undefined when none of its columns holds anything. */
  fill(value: (column: string, path: readonly string[]) => string | undefined): string | undefined;
}

type Part = string | { column: string; path: string[] };

/** Reads a template. `known` are the columns there are: a name with a dot in it is looked for whole first. */
export function readTemplate(written: string, known: ReadonlySet<string>): Template {
  const parts = partsOf(written).map((part) => (typeof part === "string" ? part : placed(part.column, known)));
  const places = parts.filter((part): part is Exclude<Part, string> => typeof part !== "string");
  return {
    columns: [...new Set(places.map(({ column }) => column))],
    fill(value) {
      let found = places.length === 0;
      const text = parts.map((part) => {
        if (typeof part === "string") return part;
        const one = value(part.column, part.path);
        found ||= one !== undefined && one !== "";
        return one ?? "";
      });
      return found ? text.join("") : undefined;
    },
  };
}

/**
 * The values of the columns in an address that was made from a template; undefined when it was made otherwise. Only
 * templates whose columns are parted by some text can be read back.
 */
export function readBack(written: string, address: string): Map<string, string> | undefined {
  const parts = partsOf(written);
  const names: string[] = [];
  const pattern = parts.map((part) => {
    if (typeof part === "string") return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    names.push(part.column);
    return "([^/?#&]+)";
  });
  const found = names.length === 0 ? null : new RegExp(`^${pattern.join("")}/?$`).exec(address);
  if (found === null) return undefined;
  try {
    return new Map(names.map((name, at) => [name, decodeURIComponent(found[at + 1] as string)]));
  } catch {
    return undefined;
  }
}

function partsOf(written: string): (string | { column: string })[] {
  const parts: (string | { column: string })[] = [];
  for (const [piece, column] of written.matchAll(/\{\{|\}\}|\{([^{}]+)\}|[^{}]+|[{}]/g)) {
    if (column !== undefined) parts.push({ column: column.trim() });
    else parts.push(piece === "{{" ? "{" : piece === "}}" ? "}" : piece);
  }
  return parts;
}

/** `specs.colour.name` is a path into the column `specs`, unless a column has that name. */
function placed(written: string, known: ReadonlySet<string>): { column: string; path: string[] } {
  if (known.has(written)) return { column: written, path: [] };
  for (let dot = written.lastIndexOf("."); dot > 0; dot = written.lastIndexOf(".", dot - 1)) {
    const column = written.slice(0, dot);
    if (known.has(column)) return { column, path: written.slice(dot + 1).split(".") };
  }
  return { column: written, path: [] };
}
