import { Refusal } from "../google/refusal.ts";

interface Selection {
  [name: string]: Selection | true;
}

/** The part of an answer that `fields` asks for: `a,b(c,d/e),f`. Asking for what is not known is refused. */
export function selectFields(
  body: Record<string, unknown>,
  fields: string,
  known: (path: string[]) => boolean,
): unknown {
  return pick(body, parse(fields), [], known);
}

function pick(
  value: unknown,
  selection: Selection | true,
  path: string[],
  known: (path: string[]) => boolean,
): unknown {
  if (selection === true || value === undefined || value === null) return value;
  if (Array.isArray(value)) {
    if (value.length === 0) pick({}, selection, path, known);
    return value.map((one) => pick(one, selection, path, known));
  }
  const picked: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(selection)) {
    if (name === "*") return value;
    const here = [...path, name];
    if (!known(here)) throw new Refusal(400, "invalidParameter", `Invalid field selection ${name}`);
    const found = pick((value as Record<string, unknown>)[name], inner, here, known);
    if (found !== undefined) picked[name] = found;
  }
  return picked;
}

function parse(fields: string): Selection {
  let at = 0;
  const group = (): Selection => {
    const found: Selection = {};
    for (;;) {
      const name = /[\w*]+/y;
      name.lastIndex = at;
      const word = name.exec(fields)?.[0];
      if (word === undefined) throw new Refusal(400, "invalidParameter", "Invalid field selection");
      at += word.length;
      if (fields[at] === "/") {
        at += 1;
        const [inner] = [path()];
        found[word] = inner;
      } else if (fields[at] === "(") {
        at += 1;
        found[word] = group();
        if (fields[at++] !== ")") throw new Refusal(400, "invalidParameter", "Invalid field selection");
      } else found[word] = true;
      if (fields[at] !== ",") return found;
      at += 1;
    }
  };
  const path = (): Selection => {
    const name = /[\w*]+/y;
    name.lastIndex = at;
    const word = name.exec(fields)?.[0] ?? "";
    at += word.length;
    if (fields[at] === "/") {
      at += 1;
      return { [word]: path() };
    }
    if (fields[at] !== "(") return { [word]: true };
    at += 1;
    const inner = group();
    at += 1;
    return { [word]: inner };
  };
  const selection = group();
  if (at < fields.length) throw new Refusal(400, "invalidParameter", "Invalid field selection");
  return selection;
}
