import { z } from "zod";

const Box = { x: z.number().catch(0), y: z.number().catch(0), width: z.number().catch(0), height: z.number().catch(0) };
const Node = z.object({
  id: z.string().catch(""),
  type: z.string().catch("text"),
  text: z.string().optional().catch(undefined),
  file: z.string().optional().catch(undefined),
  subpath: z.string().optional().catch(undefined),
  url: z.string().optional().catch(undefined),
  label: z.string().optional().catch(undefined),
  ...Box,
});
const Edge = z.object({ fromNode: z.string(), toNode: z.string(), label: z.string().optional().catch(undefined) });
const Canvas = z.object({ nodes: z.array(Node).catch([]), edges: z.array(Edge).catch([]) });
type Node = z.output<typeof Node>;

const MOST_GROUPS = 500;

/**
 * An Obsidian canvas (https://jsoncanvas.org/spec/1.0/) as Markdown: cards in reading order under the groups they lie in,
 * then the arrows. What is not a canvas is kept as text, with a warning.
 */
export function canvasText(source: string): { text: string; warning?: string } {
  const canvas = parsed(source);
  if (canvas === undefined) return { text: source, warning: "This is not a readable canvas, so it was kept as text." };
  const groups = canvas.nodes
    .filter((node) => node.type === "group")
    .sort(byArea)
    .slice(0, MOST_GROUPS);
  const cards = canvas.nodes.filter((node) => node.type !== "group").sort(byPlace);
  const held = new Map<Node | undefined, Node[]>([[undefined, []]]);
  for (const group of [...groups].sort(byPlace)) held.set(group, []);
  for (const card of cards) held.get(groups.find((group) => lies(card, group)))?.push(card);
  const sections = [...held].flatMap(([group, inside]) => section(group, inside));
  const arrows = arrowsOf(canvas);
  if (arrows.length > 0) sections.push(`## Connections\n\n${arrows.join("\n")}`);
  return { text: sections.join("\n\n") };
}

function parsed(source: string): z.output<typeof Canvas> | undefined {
  if (source.trim() === "") return { nodes: [], edges: [] }; // a new canvas is an empty file
  try {
    return Canvas.parse(JSON.parse(source));
  } catch {
    return undefined;
  }
}

function section(group: Node | undefined, cards: Node[]): string[] {
  const bodies = cards.map(cardText).filter((text) => text !== "");
  const heading = group === undefined ? [] : [`## ${oneLine(group.label ?? "") || "Group"}`];
  return bodies.length === 0 && !group?.label ? [] : [[...heading, ...bodies].join("\n\n")];
}

function cardText(card: Node): string {
  if (card.file !== undefined) return `![[${card.file}${card.subpath ?? ""}]]`;
  if (card.url !== undefined) return `<${card.url}>`;
  return card.text?.trim() ?? "";
}

function arrowsOf(canvas: z.output<typeof Canvas>): string[] {
  const names = new Map(canvas.nodes.map((node) => [node.id, nameOf(node)]));
  return canvas.edges.flatMap(({ fromNode, toNode, label }) => {
    const [from, to] = [names.get(fromNode), names.get(toNode)];
    if (from === undefined || to === undefined) return [];
    return [`- ${from} → ${to}${label ? `: ${oneLine(label)}` : ""}`];
  });
}

function nameOf(node: Node): string {
  const name = node.label ?? node.file?.split("/").at(-1)?.replace(/\.md$/, "") ?? node.url ?? node.text ?? "";
  const line = oneLine(name.trim().split("\n")[0] ?? "").replace(/^#+ /, "");
  return line.length > 80 ? `${line.slice(0, 79)}…` : line || "(empty card)";
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** Smaller groups first: a card belongs to the innermost. */
function byArea(left: Node, right: Node): number {
  return left.width * left.height - right.width * right.height;
}

function byPlace(left: Node, right: Node): number {
  return left.y - right.y || left.x - right.x;
}

function lies(card: Node, group: Node): boolean {
  const [x, y] = [card.x + card.width / 2, card.y + card.height / 2];
  return x >= group.x && x <= group.x + group.width && y >= group.y && y <= group.y + group.height;
}
