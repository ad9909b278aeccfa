import { notFound, type Route } from "./exchange.ts";

/** Parameters that may hold slashes. */
const WIDE = new Set(["path", "ref", "basehead", "branch"]);

interface Compiled {
  route: Route;
  pattern: RegExp;
  names: string[];
  weight: string;
}

/** Finds the route of a path; a fixed word wins over a parameter in the same place. */
export class Router {
  readonly #compiled: Compiled[];

  constructor(routes: readonly Route[]) {
    this.#compiled = routes.map(compile).sort((a, b) => (a.weight < b.weight ? -1 : 1));
  }

  find(method: string, path: string): { route: Route; params: Record<string, string> } | undefined {
    for (const { route, pattern, names } of this.#compiled) {
      if (route.method !== method) continue;
      const match = pattern.exec(path);
      if (match === null) continue;
      const params = names.map((name, at) => [name, decoded(match[at + 1] as string)]);
      return { route, params: Object.fromEntries(params) as Record<string, string> };
    }
    return undefined;
  }
}

/** What is no proper percent encoding names nothing. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw notFound();
  }
}

function compile(route: Route): Compiled {
  const names: string[] = [];
  const source = route.template.replace(/\{(\w+)\}/g, (_, name: string) => {
    names.push(name);
    return WIDE.has(name) ? "(.+)" : "([^/]+)";
  });
  const weight = route.template.replace(/\{\w+\}/g, "~");
  return { route, pattern: new RegExp(`^${source}$`), names, weight };
}
