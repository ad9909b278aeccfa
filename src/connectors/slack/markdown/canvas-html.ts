import type { Names } from "./names.ts";

/** Ids that a canvas mentions, which `canvasHtml` puts into words. */
export function mentionedIn(html: string): { people: string[]; channels: string[] } {
  const ids = (pattern: RegExp) => [...new Set([...html.matchAll(pattern)].map((match) => match[1] ?? ""))];
  return { people: ids(/[<>]@([UW][A-Z0-9]{2,})[<>]/g), channels: ids(/[<>]#([CG][A-Z0-9]{2,})[<>]/g) };
}

/**
 * What Slack gives of a canvas, as HTML that anybody reads: names for ids, emoji, numbered lists and checklists (Slack writes
 * every list as the same one, in a section of another style), and links where files and pages are shown. No method tells
 * the text of a canvas; Slack's own help points to the file's download, https://docs.slack.dev/surfaces/canvases, 2026-11.
 */
export function canvasHtml(html: string, names: Names): string {
  const named = html
    .replaceAll("\u200b", "")
    .replace(/(?:<a>|<)@([UW][A-Z0-9]{2,})(?:<\/a>|>)/g, (_, id: string) => `@${escaped(names.person(id))}`)
    .replace(/(?:<a>|<)#([CG][A-Z0-9]{2,})(?:<\/a>|>)/g, (_, id: string) => `#${escaped(names.channel(id))}`)
    .replace(
      /<img\b[^<>]*\balt=["']([^"'<>]{1,100})["'][^<>]*>(?::[^:<>\s]{1,100}:)?(?=\s*(?:<\/img>)?\s*<\/control>)/g,
      ":$1:",
    )
    .replace(
      /(<p\b[^<>]*class=["']embedded-(?:file|link)["'][^<>]*>)([^<]{0,4000})<\/p>/g,
      (_, open: string, said: string) => `${open}${shownLink(said)}</p>`,
    );
  return withRealLists(named);
}

/** `File ID: F0123 File URL: https://…/plan.md`, `Link URL: https://…` */
function shownLink(said: string): string {
  const url = /\b(?:File|Link) URL:\s*(https:\/\/[^\s"'<>]+)/.exec(said)?.[1];
  if (url === undefined) return said.replace(/^\s*File ID:\s*/, "file ");
  return said.includes("File URL:") ? `<a href="${url}">${escaped(decodedName(url))}</a>` : url;
}

function decodedName(url: string): string {
  const last = url.split(/[?#]/)[0]?.split("/").filter(Boolean).at(-1) ?? url;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

const NUMBERED = "6";
const CHECKLIST = "7";

/** Lists as HTML means them: numbers, boxes to check, and an inner list inside the line that it belongs to. */
function withRealLists(html: string): string {
  const parts: string[] = [];
  const open: { tag: string; isInner: boolean }[] = [];
  let [at, style, lineIsOpen] = [0, "", false];
  for (const match of html.matchAll(/<(\/?)(div|ul|ol|li)\b([^<>]*)>/gi)) {
    const [whole, slash, name = "", attributes = ""] = match;
    const tag = name.toLowerCase();
    const between = html.slice(at, match.index);
    at = match.index + whole.length;
    const goesOn = between.trim() === "" && slash === "" && (tag === "ul" || tag === "ol");
    if (lineIsOpen && !goesOn) parts.push("</li>");
    parts.push(between);
    const wasOpen = lineIsOpen;
    lineIsOpen = false;
    if (tag === "div") {
      if (slash === "") style = /data-section-style=["'](\d+)/.exec(attributes)?.[1] ?? style;
      parts.push(whole);
    } else if (tag === "li") {
      if (slash === "") parts.push("<li>", style === CHECKLIST ? box(attributes) : "");
      lineIsOpen = slash !== "";
    } else if (slash === "") {
      open.push({ tag: style === NUMBERED ? "ol" : tag, isInner: wasOpen && goesOn });
      parts.push(`<${open.at(-1)?.tag}>`);
    } else {
      const list = open.pop();
      parts.push(`</${list?.tag ?? tag}>`);
      lineIsOpen = list?.isInner === true;
    }
  }
  return parts.join("") + (lineIsOpen ? "</li>" : "") + html.slice(at);
}

function box(attributes: string): string {
  return /class=["'][^"']*\bchecked\b/.test(attributes) ? '<input type="checkbox" checked>' : '<input type="checkbox">';
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
