import { codeSpans, linksIn, type WrittenLink, withoutCode } from "../../kit/index.ts";
import { withoutComments } from "./comments.ts";
import { splitFrontMatter } from "./front-matter.ts";
import { factsOf, type NoteFacts } from "./properties.ts";
import { tagsIn } from "./tags.ts";

/** A Markdown note, read. */
export interface Note extends NoteFacts {
  /** Markdown without front matter and comments. */
  text: string;
  links: WrittenLink[];
}

/** Reads a Markdown note. Never throws, takes time in proportion to its length, runs nothing. */
export function readNote(source: string, parseFrontmatter: boolean): Note {
  const { properties, body, warning } = parseFrontmatter ? splitFrontMatter(source) : { properties: {}, body: source };
  const facts = factsOf(properties);
  const text = withoutComments(body);
  const prose = withoutCode(text, codeSpans(text));
  const tags = [...new Set([...facts.tags, ...tagsIn(prose)])];
  const warnings = [warning, facts.warning].filter((one) => one !== undefined).join(" ");
  return {
    ...facts,
    text,
    tags,
    links: [...linksIn(prose), ...linksOfFields(facts.fields)],
    ...(warnings !== "" && { warning: warnings }),
  };
}

/** Obsidian takes wikilinks in properties for links too. */
function linksOfFields(fields: NoteFacts["fields"]): WrittenLink[] {
  const written = JSON.stringify(fields);
  return written.includes("[[") ? linksIn(written).filter((link) => link.sort === "wiki") : [];
}
