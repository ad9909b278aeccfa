import type { Relation, WrittenLink } from "../kit/index.ts";

import type { NameIndex } from "./names.ts";

const MOST_RELATIONS = 5000;

/** Each target once for links and once for embeds, with the first words it was linked by. */
export function relationsOf(links: WrittenLink[], path: string, names: NameIndex): Relation[] {
  const relations = new Map<string, Relation>();
  for (const link of links) {
    const end = endOf(link, path, names);
    if (end === undefined) continue;
    const rel = link.embeds ? "embeds" : "links";
    const key = `${rel} ${end.id ?? end.url}`;
    if (!relations.has(key)) relations.set(key, { rel, ...end, ...(link.text !== undefined && { text: link.text }) });
    if (relations.size >= MOST_RELATIONS) break;
  }
  return [...relations.values()];
}

function endOf(link: WrittenLink, path: string, names: NameIndex): { id?: string; url?: string } | undefined {
  if (link.sort === "url") return { url: link.target };
  const id = link.sort === "wiki" ? names.resolve(link.target, path) : names.resolvePath(link.target, path);
  return id === undefined ? undefined : { id };
}
