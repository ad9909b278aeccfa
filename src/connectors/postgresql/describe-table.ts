import { createHash } from "node:crypto";
import type { Draft } from "../kit/index.ts";
import type { Relation } from "./catalogue.ts";
import type { Plan } from "./plan.ts";

export const KINDS: Readonly<Record<Relation["kind"], string>> = {
  r: "table",
  p: "partitioned table",
  v: "view",
  m: "materialized view",
  f: "foreign table",
};

/** The description of a table as an item of its own: so that an assistant knows what there is to ask for. */
export function describeTable(plan: Plan): Draft {
  const { container, relation, query, key, links } = plan;
  const what = relation === undefined ? "query" : KINDS[relation.kind];
  const lines = plan.columns.map(
    ({ name, type, comment }) => `- ${name}: ${type}${comment ? `: ${oneLine(comment)}` : ""}`,
  );
  const text = [
    relation?.comment ?? "",
    `Columns of the ${what}:\n${lines.join("\n")}`,
    key.length > 0 ? `Rows are known by ${key.join(", ")}.` : "Rows have no key: they are known by all their values.",
    ...links.map((link) => `${link.columns.join(", ")} points to ${link.container}.`),
    query === undefined ? "" : `\`\`\`sql\n${query.sql.trim()}\n\`\`\``,
  ]
    .filter((part) => part !== "")
    .join("\n\n");
  return {
    id: container,
    kind: "table",
    title: query?.name ?? container,
    version: createHash("sha256").update(text).digest("hex").slice(0, 16),
    container,
    text,
    fields: { type: what },
    relations: links.map((link) => ({ rel: "links", id: link.container, text: link.columns.join(", ") })),
  };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
