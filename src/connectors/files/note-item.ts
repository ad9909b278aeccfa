import { posix } from "node:path";
import type { Draft, Relation } from "../kit/index.ts";
import type { WrittenLink } from "./markdown/links.ts";
import { readNote } from "./markdown/note.ts";
import type { NameIndex } from "./names.ts";
import type { FilesConfig } from "./options.ts";

const MOST_RELATIONS = 5000;

/** The listed item of a note, completed by what the note says, and its text. */
export function noteItem(
  listed: Draft,
  source: string,
  path: string,
  config: FilesConfig,
  names: NameIndex,
): { item: Draft; text: string } {
  const note = readNote(source, config.parseFrontmatter);
  const item: Draft = {
    ...listed,
    title: note.title ?? listed.title,
    tags: note.tags,
    authors: note.authors,
    aliases: [...new Set([...(listed.aliases ?? []), ...note.aliases])],
    fields: { ...note.fields, ...(note.warning !== undefined && { warning: note.warning }) },
    relations: config.resolveLinks ? relationsOf(note.links, path, names) : [],
  };
  if (note.createdAt !== undefined) item.createdAt = note.createdAt;
  if (note.updatedAt !== undefined) item.updatedAt = note.updatedAt;
  return { item, text: note.text };
}

/** Each target once for links and once for embeds, with the first words it was linked by. */
function relationsOf(links: WrittenLink[], path: string, names: NameIndex): Relation[] {
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
  if (link.sort === "wiki") return { id: names.resolve(link.target, path) };
  const below = link.target.startsWith("/")
    ? posix.normalize(link.target.slice(1))
    : posix.join(posix.dirname(path), link.target);
  if (below === ".." || below.startsWith("../") || below === ".") return undefined; // leads out of the root
  return { id: names.exact(below) ?? names.resolve(link.target.replace(/^(?:\.\.?\/)+/, ""), path) };
}
