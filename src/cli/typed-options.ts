import { parseDocument } from "yaml";
import type { Connector } from "../connectors/kit/index.ts";
import { ConnectorError } from "../model/index.ts";
import { absolutePath } from "../sources/references.ts";
import { type OptionField, optionFields } from "./option-fields.ts";

/**
 * What a command line says of a connector's options: words behind its name go into its main option, and `--some-option value`
 * or `--set someOption=value` into that one. Names are not checked here. Throws `usage`.
 */
export function typedOptions(
  connector: Connector,
  words: readonly string[],
  pairs: readonly string[],
): Record<string, unknown> {
  const fields = new Map(optionFields(connector).map((field) => [field.name, field]));
  const options: Record<string, unknown> = {};
  const rest = takeFlags(connector, fields, words, options);
  for (const pair of pairs) {
    const [, key, written] = /^([A-Za-z][\w.-]*)=(.*)$/s.exec(pair) ?? [];
    if (key === undefined || written === undefined)
      throw wrong(connector, `--set needs key=value, got ${JSON.stringify(pair)}.`);
    options[key] = typedValue(fields.get(key), written);
  }
  return { ...mainOptionOf(connector, [...fields.values()], rest), ...options };
}

/** Puts `--option value` into `options`; answers the words that belong to none. */
function takeFlags(
  connector: Connector,
  fields: ReadonlyMap<string, OptionField>,
  words: readonly string[],
  options: Record<string, unknown>,
): string[] {
  const rest: string[] = [];
  for (let at = 0; at < words.length; ) {
    const word = words[at++] ?? "";
    if (!word.startsWith("-")) {
      rest.push(word);
      continue;
    }
    const [, no, kebab, inline] = /^--(no-)?([A-Za-z][\w-]*)(?:=(.*))?$/s.exec(word) ?? [];
    if (kebab === undefined) throw wrong(connector, `${JSON.stringify(word)} is no option of headwater add.`);
    const name = kebab.replace(/-(\w)/g, (_dash, letter: string) => letter.toUpperCase());
    const field = fields.get(name);
    const values = inline === undefined ? [] : [inline];
    const most = inline !== undefined || no !== undefined ? 0 : mostValues(field, words[at]);
    while (values.length < most && at < words.length && !words[at]?.startsWith("--")) values.push(words[at++] ?? "");
    put(connector, options, name, field, no === undefined ? values : ["false"]);
  }
  return rest;
}

function mostValues(field: OptionField | undefined, next: string | undefined): number {
  if (field?.type === "list") return Number.POSITIVE_INFINITY;
  return field?.type === "yes or no" && next !== "true" && next !== "false" ? 0 : 1;
}

function put(
  connector: Connector,
  options: Record<string, unknown>,
  name: string,
  field: OptionField | undefined,
  values: readonly string[],
): void {
  const [first] = values;
  if (field?.type === "list" && first !== undefined) {
    const more = values.length === 1 ? [typedValue(field, first)].flat() : values;
    options[name] = [...[options[name] ?? []].flat(), ...more];
  } else if (first !== undefined) options[name] = typedValue(field, first);
  else if (field === undefined || field.type === "yes or no") options[name] = true;
  else throw wrong(connector, `--${kebabOf(name)} needs a value.`);
}

function mainOptionOf(connector: Connector, fields: readonly OptionField[], words: readonly string[]): object {
  if (words.length === 0) return {};
  const main = fields.find((field) => field.main);
  if (main === undefined)
    throw wrong(connector, `${connector.title} takes options only, no ${JSON.stringify(words[0])}.`);
  const values = main.localPath ? words.map((path) => absolutePath(path, process.cwd())) : words;
  return { [main.name]: main.type === "list" ? values : values.join(" ") };
}

/** Lists and maps are written as in YAML, [a, b]; numbers, true and false are what they seem; the rest is text. */
function typedValue(field: OptionField | undefined, written: string): unknown {
  if (field?.secret) return written;
  const value = readValue(written);
  if (field?.type !== "list") return value;
  return Array.isArray(value) ? value : [written];
}

function readValue(written: string): unknown {
  if (!/^(true|false|-?\d+(\.\d+)?|[[{].*[\]}])$/s.test(written)) return written;
  const document = parseDocument(written);
  return document.errors.length > 0 ? written : document.toJS();
}

/** `includeCode` as it is typed: `include-code`. */
export function kebabOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function wrong(connector: Connector, message: string): ConnectorError {
  return new ConnectorError("usage", message, { hint: `See the options: headwater connectors ${connector.id}` });
}
