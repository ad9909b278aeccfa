import { CONNECTORS } from "../connectors/index.ts";
import type { Connector } from "../connectors/kit/index.ts";
import { ConnectorError } from "../model/index.ts";
import { optionsSchema } from "../sources/config-schema.ts";
import { didYouMean } from "../sources/nearest.ts";
import { type OptionField, optionFields } from "./option-fields.ts";
import type { Session } from "./session.ts";
import { table, wrapped } from "./table.ts";

/** `headwater connectors [id]`: the kinds of sources there are, or the options of one. */
export async function connectors(session: Session, id: string | undefined): Promise<undefined> {
  const { terminal, globals } = session;
  if (id !== undefined) {
    const connector = await loadConnector(id);
    if (globals.json) terminal.json({ ...factsOf(connector), options: optionsSchema(connector) });
    else tellOptions(session, connector);
    return undefined;
  }
  const all = await Promise.all(Object.values(CONNECTORS).map((load) => load()));
  if (globals.json) terminal.json({ connectors: all.map(factsOf) });
  else {
    const rows = all.map((connector) => [terminal.style.bold(connector.id), connector.title, connector.summary]);
    for (const row of table(rows, { columns: terminal.columns })) terminal.line(row);
    terminal.line(terminal.style.dim("Options of one: headwater connectors <id>"));
  }
  return undefined;
}

/** A connector by its name; throws `usage` naming the nearest. */
export async function loadConnector(id: string): Promise<Connector> {
  const known = Object.keys(CONNECTORS);
  const load = Object.hasOwn(CONNECTORS, id) ? CONNECTORS[id] : undefined;
  if (load) return load();
  throw new ConnectorError("usage", `There is no connector ${JSON.stringify(id)}.${didYouMean(id, known)}`, {
    hint: "See them: headwater connectors",
  });
}

function factsOf({ id, title, summary, reference, feed, scope }: Connector) {
  return { id, title, summary, reference, feed, scope };
}

function tellOptions({ terminal }: Session, connector: Connector): void {
  const { bold, dim } = terminal.style;
  terminal.line(`${bold(connector.title)} (${connector.id})`);
  terminal.line(connector.summary);
  terminal.line();
  for (const field of optionFields(connector)) {
    terminal.line(`  ${bold(field.name)}  ${dim(remarks(field).join(" · "))}`);
    terminal.line(wrapped(field.description, terminal.columns, "      "));
  }
  terminal.line();
  const main = optionFields(connector).find((field) => field.main);
  terminal.line(
    dim(`Add one: headwater add ${connector.id}${main ? ` <${main.name}>` : ""}    From: ${connector.reference}`),
  );
}

function remarks(field: OptionField): string[] {
  return [
    field.type,
    ...(field.required ? ["required"] : []),
    ...(field.fallback !== undefined ? [`default ${JSON.stringify(field.fallback)}`] : []),
    ...(field.choices.length > 0 ? [`one of ${field.choices.join(", ")}`] : []),
    ...(field.secret ? ["credential"] : []),
  ];
}
