import type { Draft } from "../kit/index.ts";
import { readNote } from "./markdown/note.ts";
import type { NameIndex } from "./names.ts";
import type { FilesConfig } from "./options.ts";
import { relationsOf } from "./relations.ts";

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
