import { fromMrkdwn, link, unescaped } from "./mrkdwn.ts";
import type { Names } from "./names.ts";
import { fromRichText, isNode, type Node, nodes, textOf } from "./rich-text.ts";

/** Block Kit as Markdown: https://docs.slack.dev/reference/block-kit/blocks, 2026-11. Buttons and inputs are no content. */
export function fromBlocks(blocks: readonly unknown[], names: Names): string {
  return nodes(blocks)
    .map((block) => fromBlock(block, names).trim())
    .filter((text) => text !== "")
    .join("\n\n");
}

function fromBlock(block: Node, names: Names): string {
  switch (block.type) {
    case "rich_text":
      return fromRichText(block, names);
    case "header":
      return `**${textObject(block.text, names)}**`;
    case "section":
      return [
        textObject(block.text, names),
        ...nodes(block.fields).map((field) => textObject(field, names)),
        accessory(block.accessory),
      ]
        .filter(Boolean)
        .join("\n\n");
    case "context":
      return nodes(block.elements)
        .map((one) => (one.type === "image" ? textOf(one.alt_text) : textObject(one, names)))
        .filter(Boolean)
        .join(" · ");
    case "markdown":
      return textOf(block.text);
    case "image":
      return image(block, names);
    case "video":
      return link(textOf(block.title_url) || textOf(block.video_url), textObject(block.title, names) || undefined);
    case "divider":
      return "---";
    case "table":
      return table(block, names);
    case "call":
      return "(a call)";
    default:
      return "";
  }
}

function textObject(value: unknown, names: Names): string {
  if (!isNode(value)) return "";
  return value.type === "mrkdwn" ? fromMrkdwn(textOf(value.text), names) : unescaped(textOf(value.text));
}

function accessory(value: unknown): string {
  return isNode(value) && value.type === "image" ? `(image: ${textOf(value.alt_text)})` : "";
}

function image(block: Node, names: Names): string {
  const words = textObject(block.title, names) || textOf(block.alt_text) || "image";
  const url = textOf(block.image_url);
  return url === "" ? `(image: ${words})` : link(url, words);
}

/** Rows of cells; the first one is the head. */
function table(block: Node, names: Names): string {
  const rows = (Array.isArray(block.rows) ? block.rows : []).map((row) =>
    nodes(row).map((cell) => cellText(cell, names)),
  );
  const [head, ...rest] = rows;
  if (head === undefined) return "";
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rest.map(line)].join("\n");
}

function cellText(cell: Node, names: Names): string {
  const text = cell.type === "rich_text" ? fromRichText(cell, names) : unescaped(textOf(cell.text));
  return text.replaceAll("|", "\\|").replace(/\s*\n\s*/g, " ");
}
