import type { Names } from "./names.ts";

const CODE = /```([\s\S]*?)```|`([^`\n]+)`/g;
const ANGLES = /<([^<>\n]{1,3000})>/g;

/** Slack's own markup as Markdown: https://docs.slack.dev/messaging/formatting-message-text, 2026-11. Linear in its length. */
export function fromMrkdwn(text: string, names: Names): string {
  const parts: string[] = [];
  let at = 0;
  for (const match of text.matchAll(CODE)) {
    parts.push(prose(text.slice(at, match.index), names));
    parts.push(match[1] === undefined ? inlineCode(plain(match[2] ?? "", names)) : codeBlock(plain(match[1], names)));
    at = match.index + match[0].length;
  }
  parts.push(prose(text.slice(at), names));
  return parts
    .join("")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

/** Bold, italic and struck words; links, names and times between angles. */
function prose(text: string, names: Names): string {
  const held: string[] = [];
  const hold = (shown: string) => `\u0000${held.push(shown) - 1}\u0000`;
  return quoted(
    unescaped(
      text
        .replaceAll("\u0000", "")
        .replace(ANGLES, (_, inner: string) => hold(angle(inner, names)))
        .replace(/(?<![\p{L}\p{N}*])\*([^\s*](?:[^*\n]{0,500}[^\s*])?)\*(?![\p{L}\p{N}*])/gu, "**$1**")
        .replace(/(?<![\p{L}\p{N}~])~([^\s~](?:[^~\n]{0,500}[^\s~])?)~(?![\p{L}\p{N}~])/gu, "~~$1~~"),
    ),
  )
    .replace(/^(\s{0,3})(#{1,6}\s)/gm, "$1\\$2") // a heading to Markdown, not to Slack
    .replace(/^(\s*)[•◦▪]\s+/gm, "$1- ")
    .replace(/\u0000(\d+)\u0000/g, (_, index: string) => held[Number(index)] ?? "");
}

/** `>>>` quotes everything that follows. */
function quoted(text: string): string {
  const at = text.search(/^>>>/m);
  if (at < 0) return text;
  return (
    text.slice(0, at) +
    text
      .slice(at + 3)
      .trimStart()
      .split("\n")
      .map((line) => `> ${line}`)
      .join("\n")
  );
}

function angle(inner: string, names: Names): string {
  const bar = inner.indexOf("|");
  const target = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? undefined : unescaped(inner.slice(bar + 1)).trim() || undefined;
  if (target.startsWith("@")) return `@${known(names.person(target.slice(1)), target.slice(1), label)}`;
  if (target.startsWith("#")) return `#${known(names.channel(target.slice(1)), target.slice(1), label)}`;
  if (target.startsWith("!subteam^"))
    return `@${known(names.group(target.slice(9)), target.slice(9), label).replace(/^@/, "")}`;
  if (target.startsWith("!date^")) return label ?? dateOf(target);
  if (target.startsWith("!")) return `@${label?.replace(/^@/, "") ?? target.slice(1).split("^")[0]}`;
  return link(unescaped(target), label);
}

/** What the label says stands in for a name that could not be had. */
function known(name: string, id: string, label: string | undefined): string {
  return name === id ? (label ?? id) : name;
}

function dateOf(target: string): string {
  const seconds = Number(target.split("^")[1]);
  return Number.isFinite(seconds) ? new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ") : "";
}

export function link(url: string, label: string | undefined): string {
  if (url.startsWith("mailto:") && (label === undefined || `mailto:${label}` === url)) return url.slice(7);
  if (label === undefined || label === url) return url;
  return `[${label.replace(/[[\]\n]/g, " ").trim()}](${/[\s()]/.test(url) ? `<${url}>` : url})`;
}

/** In code nothing but names and links is marked up. */
function plain(text: string, names: Names): string {
  return unescaped(
    text.replace(ANGLES, (_, inner: string) =>
      /^[@#!]/.test(inner) ? angle(inner, names) : (inner.split("|")[0] as string),
    ),
  );
}

export function inlineCode(text: string): string {
  const fence = "`".repeat(longestRun(text) + 1);
  const space = text.startsWith("`") || text.endsWith("`") ? " " : "";
  return `${fence}${space}${text}${space}${fence}`;
}

/** A block whose content cannot close it. */
export function codeBlock(text: string): string {
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `\n${fence}\n${text.replace(/^\n+|\s+$/g, "")}\n${fence}\n`;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
}

export function unescaped(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
