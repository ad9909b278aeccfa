/** A link as it is written. */
export interface WrittenLink {
  /** `wiki`: a note's name or path. `path`: relative to the note. `url`: an address. */
  sort: "wiki" | "path" | "url";
  target: string;
  embeds: boolean;
  text?: string;
}

// Bounded classes that exclude what opens the next link: each character is looked at a fixed number of times.
const WIKILINK = /\[\[([^[\]|\n]{1,500})(?:\|([^[\]\n]{0,500}))?\]\]/g;
const INLINE =
  /\[([^[\]\n]{0,500})\]\([ \t]{0,4}(<[^<>\n]{1,2000}>|[^\s()<>]{1,2000}(?:\([^\s()]{0,200}\)[^\s()<>]{0,500}){0,3})(?:[ \t]+(?:"[^"\n]{0,300}"|'[^'\n]{0,300}'))?[ \t]{0,4}\)/g;
const REFERENCE = /^[ ]{0,3}\[([^[\]\n]{1,300})\]:[ \t]{1,8}(<[^<>\n]{1,2000}>|[^\s<>]{1,2000})/gm;
const BARE = /\bhttps?:\/\/[^\s<>"'`\])]{1,2000}/g;

/** All links of a Markdown text whose code was blanked out, in the order of their sorts. */
export function linksIn(text: string): WrittenLink[] {
  const links: WrittenLink[] = [];
  if (text.includes("[["))
    for (const match of text.matchAll(WIKILINK)) addWikilink(links, match, text[match.index - 1] === "!");
  if (text.includes("]("))
    for (const match of text.matchAll(INLINE))
      addInline(links, text[match.index - 1] === "!", match[2] ?? "", match[1]);
  if (text.includes("]:"))
    for (const match of text.matchAll(REFERENCE))
      if (!match[1]?.startsWith("^")) addInline(links, false, match[2] ?? "", match[1]);
  const known = new Set(links.map((link) => link.target));
  if (text.includes("://")) {
    const rest = text.includes("](") ? text.replace(INLINE, " ") : text;
    for (const [address] of rest.matchAll(BARE)) {
      const target = address.replace(/[.,;:!?]+$/, "");
      if (!known.has(target)) links.push({ sort: "url", target, embeds: false });
      known.add(target);
    }
  }
  return links;
}

function addWikilink(links: WrittenLink[], [, inner = "", label]: RegExpMatchArray, embeds: boolean): void {
  const target = inner.replace(/\\$/, "").split("#")[0]?.split("^")[0]?.trim() ?? ""; // in tables the bar is escaped
  if (target === "") return; // a heading of the same note
  const shown = label?.trim();
  links.push({
    sort: "wiki",
    target,
    embeds,
    ...(shown && !(embeds && /^\d+(?:x\d+)?$/.test(shown)) && { text: shown }),
  });
}

function addInline(links: WrittenLink[], embeds: boolean, written: string, label: string | undefined): void {
  const target = written.startsWith("<") ? written.slice(1, -1).trim() : written;
  const text = label?.trim();
  const shown = text !== undefined && text !== "" && { text };
  if (/^https?:\/\//i.test(target)) {
    links.push({ sort: "url", target, embeds, ...shown });
    return;
  }
  if (target.startsWith("#") || /^[a-z][a-z0-9+.-]*:/i.test(target) || target.startsWith("//")) return;
  const path = decoded(target.split("#")[0]?.split("?")[0] ?? "");
  if (path !== "") links.push({ sort: "path", target: path, embeds, ...shown });
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
