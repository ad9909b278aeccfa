import { readFileSync } from "node:fs";
import { z } from "zod";

const FEEDS = {
  changes: "The service tells edits and deletions; only those are read after the first sync.",
  edits: "The service tells edits; deletions are found by a full pass, once a day unless you say otherwise.",
  listing: "Every sync walks over everything, reads only what changed, and so sees deletions at once.",
};
const SCOPES = {
  source: "One feed for the whole source.",
  container:
    "Each container (a folder, a channel, a table) is followed on its own: a broken one never holds up the others.",
};

/**
 * docs/connectors.md as text. What a person reads first is written by hand in docs/connectors/<id>.md; the options and
 * facts come from the connector itself, so they cannot go stale.
 */
export function connectorsPage(connectors, root, engine) {
  const parts = connectors.map((connector) => section(connector, prose(root, connector.id)));
  return [
    "# Connectors",
    "",
    "<!-- Made by `npm run docs` from the connectors' schemas and docs/connectors/*.md. Edit those, not this page. -->",
    "",
    "| connector | what it brings |",
    "|---|---|",
    ...connectors.map(({ id, title, summary }) => `| [\`${id}\`](#${anchor(title)}) | ${cell(summary)} |`),
    "",
    "Every source also takes [these](#options-of-every-source). `headwater config schema` prints all options for your editor, and",
    "`headwater connectors <name>` for you; in `headwater add`, `includeCode` is `--include-code`.",
    "",
    ...parts,
    "## Options of every source",
    "",
    "| option | type | default | meaning |",
    "|---|---|---|---|",
    ...optionRows(engine.keys.omit({ connector: true }), engine.defaults),
    "",
  ].join("\n");
}

function section(connector, written) {
  return [
    `## ${connector.title}`,
    "",
    connector.summary,
    "",
    written,
    "",
    "### Options",
    "",
    "| option | type | default | meaning |",
    "|---|---|---|---|",
    ...optionRows(connector.config),
    "",
    "### How it syncs",
    "",
    ...facts(connector).map((fact) => `- ${fact}`),
    "",
    `Written from: <${connector.reference}>`,
    "",
  ].join("\n");
}

function facts(connector) {
  return [
    FEEDS[connector.feed],
    SCOPES[connector.scope],
    connector.search
      ? "`search` with `live: true` asks the service itself."
      : "Search is answered by the local index; the source has no search of its own.",
    newsOf(connector),
    `At most ${connector.limits.concurrency} parts are read at once.`,
  ];
}

function newsOf({ live, webhook }) {
  if (live) return "Changes can be noticed while headwater serves.";
  return webhook
    ? "With a webhook news comes at once, else on the next sync."
    : "News is met on the next scheduled sync.";
}

function optionRows(config, defaults = {}) {
  return rowsOf(z.toJSONSchema(config, { io: "input", unrepresentable: "any" }), "", defaults);
}

/** What stands inside an option that is a map has a row of its own. */
function rowsOf(schema, before, defaults) {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties).flatMap(([name, option]) => {
    if (option.properties) return rowsOf(option, `${before}${name}.`, defaults[name] ?? {});
    const usual = option.default ?? defaults[name];
    const fallback = required.has(name) ? "required" : usual === undefined ? "" : code(usual);
    return [`| \`${before}${name}\` | ${typeOf(option)} | ${fallback} | ${cell(option.description ?? "")} |`];
  });
}

function typeOf(option) {
  if (option.secret) return "credential";
  if (option.localPath) return "path";
  if (option.enum) return option.enum.map(code).join(" or ");
  if (option.anyOf) return [...new Set(option.anyOf.map(typeOf))].join(" or ");
  if (option.type === "array") return `list of ${typeOf(option.items ?? {})}s`;
  return (
    { string: "text", boolean: "true or false", integer: "number", object: "map" }[option.type] ?? option.type ?? "any"
  );
}

function prose(root, id) {
  try {
    return readFileSync(`${root}docs/connectors/${id}.md`, "utf8").trim();
  } catch {
    throw new Error(
      `docs/connectors/${id}.md is missing: write how a person sets ${id} up, what is synced and its limits.`,
    );
  }
}

function code(value) {
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

function cell(text) {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

function anchor(title) {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s-]/gu, "")
    .replace(/\s/g, "-");
}
