import { codeSpans, type Draft, linksIn, type WrittenLink, withoutCode } from "../../kit/index.ts";
import { contentOf } from "../code/file-content.ts";
import type { Repository } from "../schema.ts";
import type { PackedFile } from "./tree-files.ts";

type Relation = NonNullable<Draft["relations"]>[number];

/** The markups that GitHub shows as pages. https://docs.github.com/communities/documenting-your-project-with-wikis, 2026-11. */
const PAGE = /\.(md|markdown|mdown|mkdn?|asciidoc|adoc|asc|rst|textile|mediawiki|wiki|org|creole|rdoc|pod|txt)$/i;
const MARKDOWN = /\.(md|markdown|mdown|mkdn?)$/i;
/** Of one page. Bytes. */
export const LARGEST_PAGE = 2_000_000;

export function isPage(path: string): boolean {
  return PAGE.test(path);
}

/** Pages are linked by name: without folder and ending, capitals, or a difference between spaces and dashes. */
export type PageNames = ReadonlyMap<string, string>;

export function pageNames(repository: Repository, paths: readonly string[]): PageNames {
  return new Map(paths.map((path) => [nameKey(path), pageId(repository, path)]));
}

/** A page of a wiki as an item. */
export function wikiPage(repository: Repository, file: PackedFile, names: PageNames): Draft {
  const stem = stemOf(file.path);
  const content = file.bytes === undefined ? { unread: "It is too large to read." } : contentOf(file.bytes);
  return {
    id: pageId(repository, file.path),
    kind: "wiki_page",
    title: stem.replaceAll("-", " "),
    version: file.sha,
    url: `${wikiUrl(repository)}/${encodeURIComponent(stem)}`,
    container: String(repository.id),
    aliases: [`${repository.full_name}.wiki:${file.path}`],
    fields: { path: file.path, ...("unread" in content && { unread: content.unread }) },
    ...("text" in content && {
      text: content.text,
      relations: MARKDOWN.test(file.path)
        ? relationsOf(repository, content.text, names)
        : wikilinks(content.text, names),
    }),
  };
}

export function pageId(repository: Repository, path: string): string {
  return `${repository.id}.wiki:${path}`;
}

function wikiUrl(repository: Repository): string {
  return `${repository.html_url}/wiki`;
}

function relationsOf(repository: Repository, text: string, names: PageNames): Relation[] {
  const prose = withoutCode(text, codeSpans(text));
  return unique(
    linksIn(prose).flatMap((link) => {
      const end = endOf(repository, link, names);
      return end === undefined ? [] : [{ rel: link.embeds ? "embeds" : "links", ...end }];
    }),
  );
}

function wikilinks(text: string, names: PageNames): Relation[] {
  const links = linksIn(text).filter((link) => link.sort === "wiki");
  return unique(links.flatMap((link) => ({ rel: "links", ...wikiEnd(link, names) })));
}

function endOf(repository: Repository, link: WrittenLink, names: PageNames): Omit<Relation, "rel"> | undefined {
  const text = link.text !== undefined && { text: link.text };
  if (link.sort === "wiki") return wikiEnd(link, names);
  if (link.sort === "path") {
    const id = names.get(nameKey(link.target));
    return id === undefined ? undefined : { id, ...text };
  }
  const wiki = `${wikiUrl(repository)}/`;
  const page = link.target.startsWith(wiki) ? link.target.slice(wiki.length).split(/[?#]/, 1)[0] : undefined;
  const id = page === undefined ? undefined : names.get(nameKey(decoded(page)));
  return id === undefined ? { url: link.target, ...text } : { id, ...text };
}

/** `[[Page]]`, or `[[words|Page]]`: here the words stand first; other wikis have it the other way round. */
function wikiEnd(link: WrittenLink, names: PageNames): Omit<Relation, "rel"> {
  const [first, second] = [link.target, link.text];
  if (second === undefined) return { id: names.get(nameKey(first)) ?? first };
  const [page, other] = [names.get(nameKey(second)), names.get(nameKey(first))];
  if (page === undefined && other !== undefined) return { id: other, text: second };
  return { id: page ?? second, text: first };
}

function unique(relations: Relation[]): Relation[] {
  return [
    ...new Map(relations.map((relation) => [`${relation.rel} ${relation.id ?? relation.url}`, relation])).values(),
  ];
}

function stemOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(PAGE, "");
}

/** What a page is known by, whoever writes it. */
export function nameKey(written: string): string {
  return stemOf(written)
    .replace(/[\s-]+/g, "-")
    .toLowerCase();
}

function decoded(page: string): string {
  try {
    return decodeURIComponent(page);
  } catch {
    return page;
  }
}
