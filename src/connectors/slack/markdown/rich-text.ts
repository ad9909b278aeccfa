import { codeBlock, inlineCode, link } from "./mrkdwn.ts";
import type { Names } from "./names.ts";

export type Node = { readonly [name: string]: unknown };

/** What people write in Slack's own editor: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block, 2026-11. */
export function fromRichText(block: Node, names: Names): string {
  const parts: string[] = [];
  for (const element of nodes(block.elements)) {
    const shown = element.type === "rich_text_list" ? listItems(element, names) : paragraph(element, names);
    const continues = element.type === "rich_text_list" && parts.at(-1)?.match(/(?:^|\n)\s*(?:- |\d+\. )[^\n]*$/);
    if (shown !== "") parts.push(continues ? `\n${shown}` : `${parts.length > 0 ? "\n\n" : ""}${shown}`);
  }
  return parts.join("");
}

function paragraph(element: Node, names: Names): string {
  if (element.type === "rich_text_preformatted")
    return codeBlock(
      nodes(element.elements)
        .map((one) => bare(one, names))
        .join(""),
    ).trim();
  const text = inline(element, names).trim();
  if (element.type !== "rich_text_quote") return text.replace(/^(\s{0,3})(#{1,6}\s)/gm, "$1\\$2");
  return text
    .split("\n")
    .map((line) => `> ${line}`)
    .join("\n");
}

function listItems(element: Node, names: Names): string {
  const indent = "   ".repeat(Math.min(8, numberOf(element.indent) ?? 0));
  const first = (numberOf(element.offset) ?? 0) + 1;
  const items = nodes(element.elements).map((item, at) => {
    const mark = element.style === "ordered" ? `${first + at}.` : "-";
    return `${indent}${mark} ${inline(item, names).trim().replaceAll("\n", `\n${indent}  `)}`;
  });
  return items.join("\n");
}

function inline(element: Node, names: Names): string {
  return nodes(element.elements)
    .map((one) => styled(one, names))
    .join("");
}

function styled(one: Node, names: Names): string {
  const style = isNode(one.style) ? one.style : {};
  const text = bare(one, names);
  if (style.code === true && text.trim() !== "") return inlineCode(text);
  if (one.type === "emoji" || text.trim() === "") return text;
  const marks = [style.bold === true && "**", style.italic === true && "_", style.strike === true && "~~"].filter(
    (mark) => mark !== false,
  );
  if (marks.length === 0) return text;
  const [before = "", inner = "", after = ""] = /^(\s*)([\s\S]*?)(\s*)$/.exec(text)?.slice(1) ?? [];
  return `${before}${marks.join("")}${inner}${marks.reverse().join("")}${after}`;
}

function bare(one: Node, names: Names): string {
  switch (one.type) {
    case "text":
      return textOf(one.text);
    case "link":
      return link(textOf(one.url), textOf(one.text) || undefined);
    case "user":
    case "canvas_user_mention":
      return `@${names.person(textOf(one.user_id))}`;
    case "channel":
      return `#${names.channel(textOf(one.channel_id))}`;
    case "usergroup":
      return `@${names.group(textOf(one.usergroup_id)).replace(/^@/, "")}`;
    case "team":
      return textOf(one.team_id);
    case "broadcast":
      return `@${textOf(one.range)}`;
    case "emoji":
      return emoji(one);
    case "date":
      return textOf(one.fallback) || dateOf(one.timestamp);
    case "color":
      return textOf(one.value);
    default:
      return textOf(one.text) || textOf(one.label) || textOf(one.title) || textOf(one.url);
  }
}

/** Slack gives the characters of those that Unicode has, in hexadecimal; the others are a workspace's own. */
function emoji(one: Node): string {
  const points = textOf(one.unicode)
    .split("-")
    .map((point) => Number.parseInt(point, 16));
  if (points.every((point) => point > 0 && point <= 0x10ffff)) return String.fromCodePoint(...points);
  return `:${textOf(one.name)}:`;
}

function dateOf(timestamp: unknown): string {
  const seconds = numberOf(timestamp);
  return seconds === undefined ? "" : new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ");
}

export function nodes(value: unknown): Node[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
